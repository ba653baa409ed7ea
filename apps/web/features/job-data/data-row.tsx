import type { RowItem } from '@weir/proto/web/job-details'
import { memo } from 'react'
import { formatDateTime, formatInteger } from '@/lib/format.ts'
import { cx } from '@/ui'
import { CellValue } from './cell-value.tsx'
import styles from './data-grid.module.css'
import { type RowColumn, valueIn } from './row-columns.ts'

interface DataRowProps {
  readonly item: RowItem
  readonly columns: readonly RowColumn[]
  /** Its place among all rows that are shown. */
  readonly index: number
  readonly isFresh: boolean
  /** Any moment of the day that it is. */
  readonly today: number
  /** In words. */
  readonly age: string
  readonly onOpen: (item: RowItem, button: HTMLElement) => void
}

/** One row of the grid; the page draws several times a second, a row only when something of it is another. */
export const DataRow = memo(function DataRow({ item, columns, index, isFresh, today, age, onOpen }: DataRowProps) {
  return (
    <tr className={cx(isFresh && styles.fresh)} aria-rowindex={index + 2}>
      <td className={styles.numeric}>
        <button
          type="button"
          className={styles.number}
          aria-label={`Show row ${formatInteger(item.seq)} as JSON`}
          onClick={event => onOpen(item, event.currentTarget)}
        >
          {formatInteger(item.seq)}
        </button>
      </td>
      {columns.map(column => (
        <td key={column.id} className={cx(column.type === 'number' && styles.numeric)}>
          <CellValue value={valueIn(item.row, column)} column={column} today={today} />
        </td>
      ))}
      <td className={cx(styles.numeric, styles.dim)}>{item.subtask}</td>
      <td className={cx(styles.numeric, styles.dim)} title={formatDateTime(item.at)}>
        {age}
      </td>
    </tr>
  )
})
