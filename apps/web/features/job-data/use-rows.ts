import type { RowItem } from '@weir/proto/web/job-details'
import { useMemo, useState } from 'react'
import { countAfter } from '@/lib/count-after.ts'
import { useLiveList } from '@/lib/live'
import { useTyped } from '@/lib/use-typed.ts'
import { changeUrl, useUrlState } from '@/lib/use-url-state.ts'
import { columnsOf, inShownOrder, type RowColumn } from './row-columns.ts'
import { type Condition, formatConditions, parseCondition, parseConditions } from './row-filter.ts'
import { filterRows, parseRowSort, type RowSort, rowSortText, sortRows } from './row-order.ts'
import { useFreshAbove } from './use-fresh-above.ts'

/** Rows that the page keeps of a sink. */
const ROWS_MAX = 10_000
/** A pause in typing this long, and the rows are filtered. */
const TYPING_PAUSE_MS = 150

/** The rows of one sink: what has come, what of it is shown and in which order (both in the address), and Pause. */
export function useRows(jobId: string, operator: string) {
  const live = useLiveList<RowItem>({ kind: 'rows', jobId, operator }, { limit: ROWS_MAX })
  const [held, setHeld] = useState<readonly RowItem[] | null>(null)
  const items = held ?? live.items
  const [find, setFind] = useUrlState('find', { fallback: '' })
  const [search, setSearch] = useTyped(find, TYPING_PAUSE_MS, setFind)
  const [where, setWhere] = useUrlState('where', { fallback: '' })
  const [sortText, setSortText] = useUrlState('rowsort')
  const sort = useMemo(() => parseRowSort(sortText), [sortText])
  const conditions = useMemo(() => parseConditions(where), [where])
  const { columns: found, leftOut } = useMemo(() => columnsOf(items.map(({ row }) => row)), [items])
  const columns = useShownOrder(found)
  // What is typed is a condition as soon as it names a column; until then it is searched for.
  const typed = useMemo(() => {
    const condition = parseCondition(find)
    return condition !== null && columns.some(({ name }) => name === condition.column) ? condition : null
  }, [find, columns])
  const shown = useMemo(() => {
    const all = typed === null ? conditions : [...conditions, typed]
    return sortRows(filterRows(items, columns, all, typed === null ? find : ''), columns, sort)
  }, [items, columns, conditions, typed, find, sort])

  const setConditions = (next: readonly Condition[]): void => setWhere(formatConditions(next))
  return {
    state: live.state,
    message: live.message,
    items,
    shown,
    columns,
    leftOut,
    sort,
    setSort: (next: RowSort) => setSortText(rowSortText(next)),
    search,
    setSearch,
    conditions,
    /** The condition that is being typed; `keepTyped` makes a chip of it. */
    typed,
    keepTyped: () => {
      const condition = parseCondition(search)
      if (condition === null || !columns.some(({ name }) => name === condition.column)) return
      setSearch('')
      changeUrl({ where: formatConditions([...conditions, condition]), find: null })
    },
    remove: (index: number) => setConditions(conditions.filter((_, at) => at !== index)),
    clear: () => {
      setSearch('')
      changeUrl({ where: null, find: null })
    },
    freshAbove: useFreshAbove(items),
    isPaused: held !== null,
    /** Rows that have come since the page was paused. */
    waiting: held === null ? 0 : countAfter(live.items, held.at(-1)?.seq ?? 0),
    setPaused: (paused: boolean) => setHeld(paused ? live.items : null),
  }
}

function useShownOrder(found: readonly RowColumn[]): readonly RowColumn[] {
  const [shown, setShown] = useState<readonly string[]>([])
  const columns = useSame(useMemo(() => inShownOrder(found, shown), [found, shown]))
  // What has gone is forgotten, or names from the data would gather without end.
  if (columns.length !== shown.length || columns.some(({ id }, place) => id !== shown[place])) {
    setShown(columns.map(({ id }) => id))
  }
  return columns
}

/** The same array as before while it says the same, so that rows which have not changed are not drawn again. */
function useSame(columns: readonly RowColumn[]): readonly RowColumn[] {
  const [kept, setKept] = useState(columns)
  if (kept === columns || JSON.stringify(kept) === JSON.stringify(columns)) return kept
  setKept(columns)
  return columns
}

export type Rows = ReturnType<typeof useRows>
