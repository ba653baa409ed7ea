import { type ErrorCode, type ErrorPlace, type Problem, WeirError } from '@weir/engine/base/errors'

/** `file:line:column`, as editors and terminals read it (columns from 1), or as much of it as is known. */
export function shownPlace(place: ErrorPlace): string {
  if (place.file === undefined) return ''
  if (place.line === undefined) return place.file
  return `${place.file}:${place.line}:${(place.column ?? 0) + 1}`
}

/** More than anybody reads: a graph of thousands of operators may have each of them wrong. */
const MAX_PROBLEMS = 100

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
      problems: problems.slice(0, MAX_PROBLEMS),
    },
  )
}

/** Where operators are described in the user's files, by uid. */
export type OperatorPlaces = ReadonlyMap<string, ErrorPlace>

/** A problem of an operator with the place where that is described; one that has a line already stays as it is. */
export function placed(problem: Problem, places: OperatorPlaces): Problem {
  const place = problem.operator === undefined || problem.line !== undefined ? undefined : places.get(problem.operator)
  return place === undefined ? problem : { ...place, ...problem }
}

/** An error of an operator with the place where that is described, in its message too. */
export function placedError(error: WeirError, places: OperatorPlaces): WeirError {
  const problem = placed({ ...error.place, message: error.message }, places)
  if (problem.line === undefined || error.place.line !== undefined) return error
  const { message, ...place } = problem
  return new WeirError(error.code, `${shownPlace(place)}: ${message}`, {
    place,
    problems: error.problems.map(one => placed(one, places)),
    cause: error,
  })
}
