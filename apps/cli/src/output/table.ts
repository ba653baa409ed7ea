import { stripVTControlCharacters } from 'node:util'

export interface Column {
  readonly title: string
  /** Numbers read best aligned right. */
  readonly align?: 'left' | 'right'
}

/** Columns as wide as their widest cell, two spaces apart. Cells may be coloured; a line break in one becomes a space. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(column => column.title), ...rows.map(row => row.map(oneLine))]
  const widths = columns.map((_, index) => Math.max(...cells.map(row => widthOf(row[index] ?? ''))))
  return cells.map(row =>
    columns
      .map((column, index) => {
        const cell = row[index] ?? ''
        const padding = ' '.repeat((widths[index] ?? 0) - widthOf(cell))
        return column.align === 'right' ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd(),
  )
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ')
}
