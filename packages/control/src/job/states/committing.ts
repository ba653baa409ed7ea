import type { WeirError } from '@weir/engine/base/errors'
import type { AttemptRun } from '../attempt-run.ts'
import type { CommitToken } from '../commit-token.ts'
import type { JobContext } from '../job-context.ts'
import type { JobEvent } from '../job-event.ts'
import type { Ending, StateOf } from '../job-state.ts'
import type { Next } from '../transitions.ts'
import { beginCleaning, beginEnding } from './ending.ts'
import { isFinal } from './fail-attempt.ts'

/**
 * Every subtask has finished. What is to be committed is written down first: a JobManager that dies between two files of a
 * commit would otherwise begin the job again, and its output would be there twice.
 */
export function beginCommit(
  run: AttemptRun,
  token: CommitToken,
  context: JobContext,
): StateOf<'committing'> | StateOf<'finishing'> {
  const { attempt } = token.record
  if (token.isEmpty) return finish(run, attempt, context)
  context.emit({ type: 'record-commit', attempt, token })
  return commitState(run, token, 'recording')
}

/** The JobManager died after the commit was recorded: the slots are long gone. */
export function repeatCommit(token: CommitToken, context: JobContext): StateOf<'committing'> {
  context.emit({ type: 'commit', attempt: token.record.attempt, token })
  return commitState(null, token, 'committing')
}

function commitState(
  run: AttemptRun | null,
  token: CommitToken,
  step: 'recording' | 'committing',
): StateOf<'committing'> {
  return { name: 'committing', run, token, step, failures: 0, timer: null, error: null, cancelRequested: false }
}

export function committing(state: StateOf<'committing'>, event: JobEvent, context: JobContext): Next<'committing'> {
  const { run, token, step } = state
  const { attempt } = token.record
  switch (event.type) {
    case 'commit-recorded':
      if (step !== 'recording') break
      // Written, though not begun: a cancellation is still in time.
      if (state.cancelRequested) return cancel(state, context)
      context.emit({ type: 'commit', attempt, token })
      return { ...state, step: 'committing' }
    case 'committed':
      if (step !== 'committing') break
      return finish(run, attempt, context)
    case 'commit-failed':
      if (step !== 'committing') break
      return commitFailed(state, event.error, context)
    case 'timer':
      if (event.timer !== state.timer) break
      context.emit({ type: 'commit', attempt, token })
      return { ...state, step: 'committing', timer: null }
    case 'cancel-requested':
      if (step !== 'waiting') return { ...state, cancelRequested: true }
      return cancel(state, context)
    case 'slot-released':
      run?.released(event.slot)
      return state
    case 'task-manager-lost':
      // Nothing is lost with it: all is prepared, and any TaskManager can commit it.
      run?.releasedAllOn(event.taskManager)
      return state
    default:
      break
  }
  context.ignored(event.type === 'timer' ? 'stale-timer' : 'not-expected')
  return state
}

function finish(run: AttemptRun | null, attempt: number, context: JobContext): StateOf<'finishing'> {
  context.emit({ type: 'attempt-ended', attempt, status: 'FINISHED', cause: null, atMs: context.at.wallMs })
  return { name: 'finishing', ending: endSlots(run, attempt, context.timings.failureGraceMs, context) }
}

function endSlots(run: AttemptRun | null, attempt: number, graceMs: number, context: JobContext): Ending {
  return run === null ? beginCleaning(attempt, context) : beginEnding(run, graceMs, context)
}

function cancel(state: StateOf<'committing'>, context: JobContext): StateOf<'cancelling'> {
  if (state.timer !== null) context.emit({ type: 'cancel-timer', timer: state.timer })
  const { cancelGraceMs } = context.timings
  return { name: 'cancelling', ending: endSlots(state.run, state.token.record.attempt, cancelGraceMs, context) }
}

function commitFailed(state: StateOf<'committing'>, error: WeirError, context: JobContext): Next<'committing'> {
  const { attempt } = state.token.record
  const fault = { error, attempt, atMs: context.at.wallMs }
  // The same failure again and again is told once.
  if (state.error?.error.message !== error.message) context.exception(attempt, error)
  if (state.cancelRequested) return cancel(state, context)
  if (isFinal(error)) {
    const atMs = context.at.wallMs
    context.emit({ type: 'attempt-ended', attempt, status: 'FAILED', cause: error, atMs })
    context.history('FAILING', `the output of attempt ${attempt} could not be made visible: ${error.message}`)
    const ending = endSlots(state.run, attempt, context.timings.failureGraceMs, context)
    return { name: 'failing', error: fault, ending }
  }
  const { commitRetryMs, commitRetryMaxMs } = context.timings
  const delayMs = Math.min(commitRetryMaxMs, commitRetryMs * 2 ** Math.min(state.failures, 20))
  return {
    ...state,
    step: 'waiting',
    failures: state.failures + 1,
    timer: context.timer(delayMs),
    error: fault,
  }
}
