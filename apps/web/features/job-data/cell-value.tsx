import { visibleText } from '@/lib/visible-text.ts'
import { VisuallyHidden } from '@/ui'
import styles from './data-grid.module.css'
import { type RowColumn, textOf } from './row-columns.ts'
import { timeTitle, timeWords } from './time-values.ts'

/** No cell shows more; what is cut stands in the row's drawer. */
const SHOWN_CHARACTERS_MAX = 400
const TITLE_CHARACTERS_MAX = 2_000
/** Shorter texts stand in full in the narrowest column. */
const TITLE_FROM_CHARACTERS = 8

interface CellValueProps {
  readonly value: unknown
  readonly column: Pick<RowColumn, 'isTime'>
  /** Any moment of the day that it is. */
  readonly today: number
}

/** A value of user code, as text: none of it is ever markup. What is not there does not look like the words for it. */
export function CellValue({ value, column, today }: CellValueProps) {
  if (value === undefined) {
    return (
      <span className={styles.none} title="This row has no such field">
        <span aria-hidden="true">—</span>
        <VisuallyHidden>missing</VisuallyHidden>
      </span>
    )
  }
  if (value === null) return <span className={styles.none}>null</span>
  if (value === '') return <span className={styles.none}>empty text</span>
  if (column.isTime && typeof value === 'number') return <span title={timeTitle(value)}>{timeWords(value, today)}</span>
  const text = textOf(value)
  const shown = visibleText(text.slice(0, SHOWN_CHARACTERS_MAX))
  return <span title={text.length < TITLE_FROM_CHARACTERS ? undefined : titleOf(value, text)}>{shown}</span>
}

/** The whole value, nested ones in lines. */
function titleOf(value: unknown, text: string): string {
  const whole = typeof value === 'object' ? JSON.stringify(value, null, 2) : text
  const cut = whole.length > TITLE_CHARACTERS_MAX ? `${whole.slice(0, TITLE_CHARACTERS_MAX)}…` : whole
  return visibleText(cut)
}
