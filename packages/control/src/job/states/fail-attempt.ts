import { ERROR_CODES, WeirError } from '@weir/engine/base/errors'
import type { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'
import type { JobFault } from '../job-effect.ts'
import type { TaskManagerRef } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import { Teardown } from '../teardown.ts'
import { endTeardown } from './ending.ts'

/** An attempt has failed: the restart strategy says whether there is another. */
export function failAttempt(
  run: AttemptRun,
  error: WeirError,
  context: JobContext,
): StateOf<'restarting'> | StateOf<'failing'> {
  const cause: JobFault = { error, attempt: run.attempt, atMs: context.at.wallMs }
  context.exception(run.attempt, error)
  context.emit({ type: 'attempt-ended', attempt: run.attempt, status: 'FAILED', cause: error, atMs: cause.atMs })
  const decision = context.restartPolicy.onFailure(error, context.at.monotonicMs)
  const teardown = new Teardown(run, context.timings.failureGraceMs, context)
  if (!decision.restart) {
    context.history(
      'FAILING',
      `attempt ${run.attempt} failed and there is no other (${decision.why}): ${error.message}`,
    )
    return { name: 'failing', error: cause, ending: endTeardown(teardown, context) }
  }
  const delay = `${Math.round(decision.delayMs)} ms`
  context.history('RESTARTING', `attempt ${run.attempt} failed, the next comes in ${delay}: ${error.message}`)
  if (teardown.done) context.emit({ type: 'release-slots', attempt: run.attempt })
  return { name: 'restarting', teardown, delayTimer: context.timer(decision.delayMs), cause }
}

export function lostError(taskManager: TaskManagerRef, why: string): WeirError {
  return new WeirError('TASK_MANAGER_LOST', `TaskManager ${taskManager.id} was lost: ${why}`)
}

/** Of errors that make no sense to meet a second time, in a step that is otherwise repeated without limit. */
export function isFinal(error: WeirError): boolean {
  return ERROR_CODES[error.code].domain === 'user' || error.code === 'ASSERTION'
}
