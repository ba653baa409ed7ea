import type { RowItem } from '@weir/proto/web/job-details'
import { type RowColumn, textOf, valueIn } from './row-columns.ts'

/** Rows that are looked at for the width of a column. */
const SAMPLE = 100
/** The part of the texts that stand in full. */
const FITTING = 0.85
const MIN_PX = 72
const MAX_PX = 320
/** Of the mono font of 12 px, and of the heading's two fonts. */
const CELL_CHARACTER_PX = 7.25
const NAME_CHARACTER_PX = 7
const TYPE_CHARACTER_PX = 6.7
const PADDING_PX = 24
/** Arrow of the sort, and the gaps in a heading. */
const HEAD_EXTRA_PX = 24

/** How wide a column wants to be: its heading in full, most of its values up to a limit. */
export function columnWidth(column: RowColumn, items: readonly RowItem[]): number {
  const head = column.name.length * NAME_CHARACTER_PX + typeLabel(column).length * TYPE_CHARACTER_PX + HEAD_EXTRA_PX
  const lengths = items.slice(0, SAMPLE).map(({ row }) => textOf(valueIn(row, column)).length)
  // Numbers are never cut; of texts a few long ones must not make all others wide.
  const place = column.type === 'number' ? lengths.length - 1 : Math.floor((lengths.length - 1) * FITTING)
  const length = lengths.sort((a, b) => a - b)[place] ?? 0
  const wanted = Math.max(head, length * CELL_CHARACTER_PX) + PADDING_PX
  return Math.round(Math.min(Math.max(wanted, MIN_PX), MAX_PX))
}

/** The columns with the room that is left shared out among them by their width, in whole pixels; as they are if there is none. */
export function spreadWidths(widths: readonly number[], roomPx: number): readonly number[] {
  const sum = widths.reduce((total, width) => total + width, 0)
  if (sum === 0 || roomPx <= sum) return widths
  let given = 0
  let wanted = 0
  return widths.map(width => {
    wanted += (width * roomPx) / sum
    const share = Math.round(wanted) - given
    given += share
    return share
  })
}

/** `number`, or `string?` where some rows have none. */
export function typeLabel({ type, isOptional }: Pick<RowColumn, 'type' | 'isOptional'>): string {
  return isOptional ? `${type}?` : type
}

/**
 * The widths of all columns, none of them narrower than it was: values come and go every second, and a column that
 * follows them in both ways would not let anybody read. The same object when nothing has grown.
 */
export function grownWidths(
  before: Readonly<Record<string, number>>,
  columns: readonly RowColumn[],
  items: readonly RowItem[],
): Readonly<Record<string, number>> {
  let after: Record<string, number> | null = null
  for (const column of columns) {
    const width = columnWidth(column, items)
    if (width > (before[column.id] ?? 0)) {
      after ??= { ...before }
      after[column.id] = width
    }
  }
  return after ?? before
}
