import type { Problem, WeirError } from '@weir/engine/base/errors'
import type { Severity, SourceProblem } from '@weir/proto/web/drafts'
import { sentenceCase } from '@weir/proto/web/sentence-case'
import { type OperatorPlaces, placed, placedError, shownPlace } from '@weir/submission/problems'

/** What is wrong with a source, as rows of the Problems panel. */
export interface ProblemContext {
  /** As it is shown in messages. */
  readonly fileName: string
  /** Empty where there is no graph. */
  readonly places: OperatorPlaces
}

/**
 * One row for each thing that an error names. The place of a row stands beside it, so it is taken out of the message. One
 * without any place is about the file as a whole.
 */
export function problemsOfError(error: WeirError, context: ProblemContext): SourceProblem[] {
  const here = placedError(error, context.places)
  const problems: readonly Problem[] =
    here.problems.length > 0 ? here.problems : [{ ...here.place, message: withoutPlace(here) }]
  return problems.map(problem => problemRow(problem, 'error', context))
}

/** Columns count from 0 in errors and from 1 in editors. A line of another file would be shown on the wrong text. */
export function problemRow(problem: Problem, severity: Severity, { fileName, places }: ProblemContext): SourceProblem {
  const { message, operator, file, line, column } = placed(problem, places)
  const isHere = line !== undefined && (file === undefined || file === fileName)
  return {
    severity,
    message: sentenceCase(message),
    line: isHere ? line : null,
    column: isHere && column !== undefined ? column + 1 : null,
    operator: operator ?? null,
  }
}

function withoutPlace({ message, place }: WeirError): string {
  const where = shownPlace(place)
  return where !== '' && message.startsWith(`${where}: `) ? message.slice(where.length + 2) : message
}
