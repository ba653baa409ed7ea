import type { RowItem } from '@weir/proto/web/job-details'
import { formatInteger } from '../../lib/format.ts'
import { cellText, type RowColumn, valueIn } from './row-columns.ts'

/** Rows that are looked at for the width of a column. */
const SAMPLE = 100
/** The part of the texts that stand in full. */
const FITTING = 0.85
const MIN_PX = 72
const MAX_PX = 320
/** No column of texts gives up more than down to this. */
const TEXT_MIN_PX = 128
/** Of the mono font of 12 px, and of the heading's two fonts. */
const CELL_CHARACTER_PX = 7.25
const NAME_CHARACTER_PX = 7
const TYPE_CHARACTER_PX = 6.7
const PADDING_PX = 24
/** Arrow of the sort, and the gaps in a heading. */
const HEAD_EXTRA_PX = 24

/** How wide a column wants to be: its heading in full, most of its values up to a limit. */
export function columnWidth(column: RowColumn, items: readonly RowItem[], now: number): number {
  const lengths = items.slice(0, SAMPLE).map(({ row }) => cellText(valueIn(row, column), column, now).length)
  // Numbers are never cut; of texts a few long ones must not make all others wide.
  const place = column.type === 'number' ? lengths.length - 1 : Math.floor((lengths.length - 1) * FITTING)
  const length = lengths.sort((a, b) => a - b)[place] ?? 0
  const wanted = Math.max(headWidth(column), length * CELL_CHARACTER_PX + PADDING_PX)
  return Math.round(Math.min(Math.max(wanted, MIN_PX), MAX_PX))
}

/** How narrow a column of this width may become so that all columns are in sight: texts are cut, numbers and headings are not. */
export function narrowestWidth(column: RowColumn, width: number): number {
  return column.type === 'number' ? width : Math.min(width, Math.max(Math.round(headWidth(column)), TEXT_MIN_PX))
}

function headWidth(column: RowColumn): number {
  const letters = column.name.length * NAME_CHARACTER_PX + typeLabel(column).length * TYPE_CHARACTER_PX
  return letters + HEAD_EXTRA_PX + PADDING_PX
}

/** How wide the column of the rows' numbers is. */
export function numberColumnWidth(highest: number): number {
  return Math.max(MIN_PX, Math.ceil(formatInteger(highest).length * CELL_CHARACTER_PX + 1.5 * PADDING_PX) + 4)
}

/**
 * The columns so that they fill the room: what is left is shared out by their width; where a little is missing, those that
 * may be narrower give it. If that does not do, they stay as they want to be, and the table scrolls.
 */
export function fittedWidths(
  widths: readonly number[],
  narrowest: readonly number[],
  roomPx: number,
): readonly number[] {
  const missing = widths.reduce((total, width) => total + width, 0) - roomPx
  const spare = widths.map((width, at) => width - (narrowest[at] ?? width))
  const allSpare = spare.reduce((total, each) => total + each, 0)
  if (missing <= 0 || allSpare < missing) return spreadWidths(widths, roomPx)
  const taken = sharedOut(spare, allSpare, missing)
  return widths.map((width, at) => width - taken[at]!)
}

/** The columns with the room that is left shared out among them by their width, in whole pixels; as they are if there is none. */
export function spreadWidths(widths: readonly number[], roomPx: number): readonly number[] {
  const sum = widths.reduce((total, width) => total + width, 0)
  return sum === 0 || roomPx <= sum ? widths : sharedOut(widths, sum, roomPx)
}

/** So much in whole pixels, by the weights, whose sum is `sum`. */
function sharedOut(weights: readonly number[], sum: number, px: number): readonly number[] {
  let given = 0
  let wanted = 0
  return weights.map(weight => {
    wanted += (weight * px) / sum
    const share = Math.round(wanted) - given
    given += share
    return share
  })
}

/** `number`, `time`, or `string?` where some rows have none. */
export function typeLabel({ type, isOptional, isTime }: Pick<RowColumn, 'type' | 'isOptional' | 'isTime'>): string {
  const word = isTime ? 'time' : type
  return isOptional ? `${word}?` : word
}

/**
 * The widths of all columns, none of them narrower than it was: values come and go every second, and a column that
 * follows them in both ways would not let anybody read. The same object when nothing has grown.
 */
export function grownWidths(
  before: Readonly<Record<string, number>>,
  columns: readonly RowColumn[],
  items: readonly RowItem[],
  now: number,
): Readonly<Record<string, number>> {
  let after: Record<string, number> | null = null
  for (const column of columns) {
    const width = columnWidth(column, items, now)
    if (width > (before[column.id] ?? 0)) {
      after ??= { ...before }
      after[column.id] = width
    }
  }
  return after ?? before
}
