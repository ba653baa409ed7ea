import { WeirError } from '@weir/engine/base/errors'
import { filePlace } from './file-place.ts'
import { LineFormat } from './text-lines.ts'

/** What is done with a record that cannot be read: throws the error, or counts the record as left out. */
export type Refuse = (error: () => WeirError) => void

/** One JSON document a line. Blank lines are passed over. */
export function jsonLines(path: string, refuse: Refuse): LineFormat {
  return new LineFormat((line, offset) => {
    try {
      return JSON.parse(line)
    } catch (cause) {
      if (line.trim() !== '') refuse(() => notJson(path, offset(), line, cause))
      return undefined
    }
  })
}

function notJson(path: string, offset: number, line: string, cause: unknown): WeirError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const shown = line.length > 80 ? `${line.slice(0, 80)}…` : line
  return new WeirError(
    'INPUT_FORMAT',
    `${filePlace(path, offset)}: not one JSON document a line: ${why}; the line is ${JSON.stringify(shown)}. Correct it, or set onError: 'skip'`,
    { cause, place: { file: path } },
  )
}
