'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { RowItem } from '@weir/proto/web/job-details'
import { ArrowDown, ArrowUp } from 'lucide-react'
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { formatAge } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live'
import { cx } from '@/ui'
import { fittedWidths, grownWidths, narrowestWidth, numberColumnWidth, typeLabel } from './column-width.ts'
import styles from './data-grid.module.css'
import { DataRow } from './data-row.tsx'
import type { RowColumn } from './row-columns.ts'
import { RowDrawer } from './row-drawer.tsx'
import { inHeldOrder, isByArrival, type RowSort } from './row-order.ts'

const ROW_PX = 32
/** Of what every row has; only the columns of the data grow into room that is left. */
const WIDTHS = { subtask: 92, age: 104 } as const

interface DataGridProps {
  readonly label: string
  readonly items: readonly RowItem[]
  readonly columns: readonly RowColumn[]
  readonly sort: RowSort
  readonly onSort: (sort: RowSort) => void
  /** Rows with a higher number are marked as new. */
  readonly freshAbove: number
}

/** Rows as a table: only those in sight are in the document. */
export function DataGrid({ label, items, columns, sort, onSort, freshAbove }: DataGridProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const now = useServerNow()
  // What was kept before the page was opened comes in several messages, and is not new in any of them.
  const [openedAt] = useState(now)
  const [opened, setOpened] = useState<RowItem | null>(null)
  const opener = useRef<HTMLElement | null>(null)
  const [isAtTop, setAtTop] = useState(true)
  const [isAtLeft, setAtLeft] = useState(true)
  const { rows, hold, letGo } = useHeld(items, sort)
  // Times of today are shown without their day; nothing is drawn again for that before it is over.
  const today = new Date(now).setHours(0, 0, 0, 0)
  const widths = useWidths(columns, items, today)
  const room = useRoom(scroller)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: index => rows[index]!.seq,
    overscan: 10,
    // Whoever has scrolled down reads there: rows that come above must not move what is read.
    anchorTo: isAtTop ? 'start' : 'end',
  })
  const orderKey = `${sort.by} ${sort.descending}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at its top
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [orderKey])

  const shown = virtualizer.getVirtualItems()
  const before = shown[0]?.start ?? 0
  const after = virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0)
  const toggle = (by: string, firstDescending: boolean): void => {
    letGo()
    onSort({ by, descending: sort.by === by ? !sort.descending : firstDescending })
  }
  const numberPx = numberColumnWidth(items.at(-1)?.seq ?? 0)
  const framePx = numberPx + WIDTHS.subtask + WIDTHS.age
  const wanted = columns.map(({ id }) => widths[id] ?? 0)
  const narrowest = columns.map((column, at) => narrowestWidth(column, wanted[at]!))
  const shared = fittedWidths(wanted, narrowest, room - framePx)
  const width = shared.reduce((sum, each) => sum + each, framePx)
  const head = { sort, onToggle: toggle }
  const open = useCallback((item: RowItem, button: HTMLElement) => {
    opener.current = button
    setOpened(item)
  }, [])
  const close = (): void => {
    setOpened(null)
    // The row may be out of sight by now, and its button gone with it.
    const back = opener.current?.isConnected === true ? opener.current : scroller.current
    setTimeout(() => back?.focus({ preventScroll: true }))
  }
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a scroller with a name */}
      <div
        ref={scroller}
        className={cx(styles.scroller, !isAtLeft && styles.moved)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        role="region"
        aria-label={label}
        onScroll={({ currentTarget }) => {
          setAtTop(currentTarget.scrollTop < ROW_PX / 2)
          setAtLeft(currentTarget.scrollLeft === 0)
        }}
      >
        <table className={styles.table} aria-label={label} aria-rowcount={rows.length + 1} style={{ minWidth: width }}>
          <colgroup>
            <col style={{ width: numberPx }} />
            {columns.map(({ id }, at) => (
              <col key={id} style={{ width: shared[at] }} />
            ))}
            <col style={{ width: WIDTHS.subtask }} />
            <col style={{ width: WIDTHS.age }} />
          </colgroup>
          <thead>
            <tr>
              <Head {...head} by="#" isNumeric isDescendingFirst>
                <span title="Counts the rows of all sinks of the job">#</span>
              </Head>
              {columns.map(column => (
                <Head
                  key={column.id}
                  {...head}
                  by={column.id}
                  isNumeric={column.type === 'number'}
                  isDescendingFirst={column.type === 'number'}
                >
                  <span className={styles.name} title={column.name}>
                    {column.name}
                  </span>
                  <span className={styles.type}>{typeLabel(column)}</span>
                </Head>
              ))}
              <Head {...head} by="subtask" isNumeric>
                subtask
              </Head>
              <Head {...head} by="age" isNumeric>
                age
              </Head>
            </tr>
          </thead>
          <tbody onPointerEnter={hold} onPointerLeave={letGo}>
            {before > 0 && <Filler height={before} columns={columns.length + 3} />}
            {shown.map(({ index, key }) => {
              const item = rows[index]!
              return (
                <DataRow
                  key={key}
                  item={item}
                  columns={columns}
                  index={index}
                  isFresh={item.seq > freshAbove && item.at >= openedAt}
                  today={today}
                  age={formatAge(Math.max(0, now - item.at))}
                  onOpen={open}
                />
              )
            })}
            {after > 0 && <Filler height={after} columns={columns.length + 3} />}
          </tbody>
        </table>
      </div>
      <RowDrawer item={opened} onClose={close} />
    </>
  )
}

/** While the pointer is over rows that are sorted by a value, nothing moves: new ones come last until it leaves. */
function useHeld(items: readonly RowItem[], sort: RowSort) {
  const [held, setHeld] = useState<ReadonlyMap<number, number> | null>(null)
  const rows = useMemo(() => (held === null ? items : inHeldOrder(items, held)), [items, held])
  const hold = (): void => {
    if (!isByArrival(sort)) setHeld(new Map(items.map(({ seq }, place) => [seq, place])))
  }
  return { rows, hold, letGo: () => setHeld(null) }
}

/** The width inside of the scroller, without its bar; 0 until it is known. */
function useRoom(scroller: RefObject<HTMLElement | null>): number {
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = (): void => setRoom(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  return room
}

function useWidths(
  columns: readonly RowColumn[],
  items: readonly RowItem[],
  today: number,
): Readonly<Record<string, number>> {
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({})
  const grown = useMemo(() => grownWidths(widths, columns, items, today), [widths, columns, items, today])
  if (grown !== widths) setWidths(grown)
  return grown
}

interface HeadProps {
  readonly by: string
  readonly sort: RowSort
  readonly onToggle: (by: string, firstDescending: boolean) => void
  readonly isNumeric?: boolean
  /** The way of the first click. */
  readonly isDescendingFirst?: boolean
  readonly children: ReactNode
}

function Head({ by, sort, onToggle, isNumeric = false, isDescendingFirst = false, children }: HeadProps) {
  const isSorted = sort.by === by
  const descending = isSorted ? sort.descending : isDescendingFirst
  const Arrow = descending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      className={cx(isNumeric && styles.numeric, isSorted && styles.sorted)}
      aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className={styles.sort} onClick={() => onToggle(by, isDescendingFirst)}>
        {children}
        <Arrow aria-hidden="true" />
      </button>
    </th>
  )
}

/** Stands for the rows out of sight. */
function Filler({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr>
      <td className={styles.filler} colSpan={columns} style={{ height }} />
    </tr>
  )
}
