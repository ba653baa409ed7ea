import { type ErrorCode, type ErrorPlace, type Problem, WeirError } from '@weir/engine/base/errors'

/** `file:line:column`, as editors and terminals read it (columns from 1), or as much of it as is known. */
export function shownPlace(place: ErrorPlace): string {
  if (place.file === undefined) return ''
  if (place.line === undefined) return place.file
  return `${place.file}:${place.line}:${(place.column ?? 0) + 1}`
}

/**
 * One error for all that is wrong: its message is the first problem's with its place and how many more there are; its
 * own place is that of the first. `toDo` ends the message where the problems do not say it themselves.
 */
export function problemsError(code: ErrorCode, problems: readonly Problem[], toDo?: string): WeirError {
  const [first] = problems
  const { message, ...place } = first
  const where = shownPlace(place)
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`
  return new WeirError(
    code,
    `${where === '' ? '' : `${where}: `}${message}${more}${toDo === undefined ? '' : `; ${toDo}`}`,
    {
      place,
      problems,
    },
  )
}
