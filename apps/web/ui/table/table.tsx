'use client'
import {
  createColumnHelper,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { cx } from '../cx.ts'
import { VisuallyHidden } from '../text/visually-hidden.tsx'
import { heldOrder, type Sort } from './sort-state.ts'
import styles from './table.module.css'

const FEATURES = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
})

/** From this many rows on only those in sight are in the document (with `height` alone: it needs its own scroller). */
const VIRTUAL_FROM = 100

export interface TableColumn<Row> {
  readonly id: string
  /** The heading; an empty one (buttons) needs `label`. */
  readonly header: string
  /** The column's name for screen readers, where the heading is empty. */
  readonly label?: string
  readonly cell: (row: Row) => ReactNode
  /** What it is sorted by; null comes last both ways. Without it the column does not sort. */
  readonly sortValue?: (row: Row) => string | number | null
  /** The way of the first click. Default: numbers begin with the highest, texts with A. */
  readonly firstSort?: 'asc' | 'desc'
  /** Right-aligned, in mono. */
  readonly numeric?: boolean
  /** A least width in px, so that a number that grows does not push. */
  readonly minWidth?: number
  /** Takes the width that is left, and cuts its text with an ellipsis. */
  readonly grow?: boolean
}

export interface TableProps<Row extends RowData> {
  /** What the table lists, for screen readers: `Jobs`. */
  readonly label: string
  /** Keep it in a module or a memo. */
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  /** Null: as the rows come. See `useTableSort` for one that lives in the address. */
  readonly sort: Sort | null
  readonly onSort: (sort: Sort | null) => void
  /** The row's id that is selected. */
  readonly selected?: string | null
  /** A click on a row. Also give a link or button in a cell: rows take no focus. */
  readonly onRowClick?: (row: Row) => void
  /** 32 px rows. */
  readonly tight?: boolean
  /** A height (px, or a CSS length) makes it scroll by itself, with the head staying, and virtual when long. */
  readonly height?: number | string
}

/**
 * A table whose headings sort. Live rows keep their order while the pointer is over them. Empty ones are the caller's:
 * show an EmptyState instead.
 */
export function Table<Row extends RowData>(props: TableProps<Row>) {
  const { label, columns, rows, rowId, sort, onSort, selected = null, onRowClick, tight = false, height } = props
  const [held, setHeld] = useState<readonly string[] | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof FEATURES, Row>()
    return columns.map(column =>
      helper.accessor((row): unknown => column.sortValue?.(row) ?? undefined, {
        id: column.id,
        enableSorting: column.sortValue !== undefined,
        sortUndefined: 'last',
        sortDescFirst: column.firstSort === undefined ? column.numeric === true : column.firstSort === 'desc',
        sortFn: column.numeric === true ? 'basic' : 'alphanumeric',
      }),
    )
  }, [columns])
  const table = useTable({
    features: FEATURES,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowId,
    state: { sorting: sort === null ? [] : [{ id: sort.column, desc: sort.descending }] },
    enableMultiSort: false,
  })
  const sortedRows = table.getRowModel().rows.map(row => row.original)
  const ordered = held === null ? sortedRows : heldOrder(sortedRows, rowId, held)

  const toggle = (column: TableColumn<Row>): void => {
    setHeld(null)
    const first = (column.firstSort ?? (column.numeric === true ? 'desc' : 'asc')) === 'desc'
    onSort({ column: column.id, descending: sort?.column === column.id ? !sort.descending : first })
  }

  const virtual = height !== undefined && ordered.length >= VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (tight ? 32 : 36),
    overscan: 12,
    enabled: virtual,
  })
  const items = virtual ? virtualizer.getVirtualItems() : null
  const shown = items === null ? ordered : items.map(item => ordered[item.index]!)
  const before = items?.[0]?.start ?? 0
  const after = items === null ? 0 : virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      style={height === undefined ? undefined : { height }}
      {...(height === undefined ? {} : { tabIndex: 0, role: 'region', 'aria-label': label })}
    >
      <table
        className={cx(styles.table, tight && styles.tight, height !== undefined && styles.sticky)}
        aria-label={label}
        aria-rowcount={virtual ? ordered.length + 1 : undefined}
      >
        <thead>
          <tr>
            {columns.map(column => (
              <HeaderCell key={column.id} column={column} sort={sort} onToggle={() => toggle(column)} />
            ))}
          </tr>
        </thead>
        <tbody onPointerEnter={() => setHeld(ordered.map(rowId))} onPointerLeave={() => setHeld(null)}>
          {before > 0 && <Filler height={before} columns={columns.length} />}
          {shown.map(row => (
            <tr
              key={rowId(row)}
              className={cx(selected === rowId(row) && styles.selected, onRowClick && styles.clickable)}
              onClick={onRowClick === undefined ? undefined : () => onRowClick(row)}
            >
              {columns.map(column => (
                <td
                  key={column.id}
                  className={cx(column.numeric && styles.numeric, column.grow && styles.grow)}
                  style={column.minWidth === undefined ? undefined : { minWidth: column.minWidth }}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && <Filler height={after} columns={columns.length} />}
        </tbody>
      </table>
    </div>
  )
}

interface HeaderCellProps<Row> {
  readonly column: TableColumn<Row>
  readonly sort: Sort | null
  readonly onToggle: () => void
}

function HeaderCell<Row>({ column, sort, onToggle }: HeaderCellProps<Row>) {
  const active = sort?.column === column.id
  const descending = active ? sort.descending : (column.firstSort ?? (column.numeric ? 'desc' : 'asc')) === 'desc'
  const Arrow = descending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      className={cx(column.numeric && styles.numeric, active && styles.sorted)}
      style={column.minWidth === undefined ? undefined : { minWidth: column.minWidth }}
      aria-sort={active ? (descending ? 'descending' : 'ascending') : undefined}
    >
      {column.sortValue === undefined ? (
        column.header === '' ? (
          <VisuallyHidden>{column.label}</VisuallyHidden>
        ) : (
          column.header
        )
      ) : (
        <button type="button" className={styles.sort} onClick={onToggle}>
          {column.header}
          <Arrow aria-hidden="true" />
        </button>
      )}
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
