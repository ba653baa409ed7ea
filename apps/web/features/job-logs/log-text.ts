import type { LogItem } from '@weir/proto/web/job-details'
import { visibleText } from '../../lib/visible-text.ts'

/** Where a line comes from: `parse[2]` for a subtask, else the process. */
export function originOf({ operator, subtask, process }: LogItem): string {
  if (operator === null) return process
  return subtask === null ? operator : `${operator}[${subtask}]`
}

/**
 * Lines as text, for files and other programs: time in UTC, level, process, operator and subtask, attempt, message. Further
 * lines of a message are indented, so that a line that begins with a time is the beginning of one; control characters
 * are made visible, so that the file is safe to show in a terminal.
 */
export function logText(items: readonly LogItem[]): string {
  return items.map(item => `${lineOf(item)}\n`).join('')
}

function lineOf(item: LogItem): string {
  const { at, level, process, operator, attempt, message } = item
  const from = operator === null ? process : `${process} ${originOf(item)}`
  const origin = visibleText(attempt === null ? from : `${from} attempt ${attempt}`).replaceAll('\n', ' ')
  const time = Number.isFinite(at) ? new Date(at).toISOString() : '-'
  return `${time} ${level.toUpperCase().padEnd(5)} ${origin}: ${visibleText(message).replaceAll('\n', '\n    ')}`
}

/** A text in pieces: which of them are what was searched for (in any case), and which stand between. Joined it is the text. */
export function markedParts(
  text: string,
  wanted: string,
): readonly { readonly text: string; readonly isMarked: boolean }[] {
  if (wanted === '') return [{ text, isMarked: false }]
  const pattern = new RegExp(`(${wanted.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')})`, 'iu')
  // What stands in the brackets of the pattern comes at every second place.
  return text
    .split(pattern)
    .map((part, place) => ({ text: part, isMarked: place % 2 === 1 }))
    .filter(part => part.text !== '')
}
