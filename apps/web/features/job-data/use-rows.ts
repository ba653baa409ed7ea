import type { RowItem } from '@weir/proto/web/job-details'
import { useMemo, useState } from 'react'
import { useLiveList } from '@/lib/live'
import { changeUrl, useUrlState } from '@/lib/use-url-state.ts'
import { columnsOf } from './row-columns.ts'
import { type Condition, formatConditions, parseCondition, parseConditions } from './row-filter.ts'
import { countAfter, filterRows, parseRowSort, type RowSort, rowSortText, sortRows } from './row-order.ts'
import { useFreshAbove } from './use-fresh-above.ts'

/** Rows that the page keeps of a sink. */
const ROWS_MAX = 10_000

/** The rows of one sink: what has come, what of it is shown and in which order (both in the address), and Pause. */
export function useRows(jobId: string, operator: string) {
  const live = useLiveList<RowItem>({ kind: 'rows', jobId, operator }, { limit: ROWS_MAX })
  const [held, setHeld] = useState<readonly RowItem[] | null>(null)
  const items = held ?? live.items
  const [search, setSearch] = useUrlState('find', { fallback: '' })
  const [where, setWhere] = useUrlState('where', { fallback: '' })
  const [sortText, setSortText] = useUrlState('rowsort')
  const sort = useMemo(() => parseRowSort(sortText), [sortText])
  const conditions = useMemo(() => parseConditions(where), [where])
  const { columns, leftOut } = useMemo(() => columnsOf(items.map(({ row }) => row)), [items])
  // What is typed is a condition as soon as it names a column; until then it is searched for.
  const typed = useMemo(() => {
    const condition = parseCondition(search)
    return condition !== null && columns.some(({ name }) => name === condition.column) ? condition : null
  }, [search, columns])
  const shown = useMemo(() => {
    const all = typed === null ? conditions : [...conditions, typed]
    return sortRows(filterRows(items, columns, all, typed === null ? search : ''), columns, sort)
  }, [items, columns, conditions, typed, search, sort])

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
      if (typed !== null) changeUrl({ where: formatConditions([...conditions, typed]), find: null })
    },
    remove: (index: number) => setConditions(conditions.filter((_, at) => at !== index)),
    clear: () => changeUrl({ where: null, find: null }),
    freshAbove: useFreshAbove(items),
    isPaused: held !== null,
    /** Rows that have come since the page was paused. */
    waiting: held === null ? 0 : countAfter(live.items, held.at(-1)?.seq ?? 0),
    setPaused: (paused: boolean) => setHeld(paused ? live.items : null),
  }
}

export type Rows = ReturnType<typeof useRows>
