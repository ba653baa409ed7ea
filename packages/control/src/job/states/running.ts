import type { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'
import type { EventOf, JobEvent } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import type { Next } from '../transitions.ts'
import { alignmentTimer, alignWithoutFinished, watermarkReported } from './align-sources.ts'
import { assignSplits } from './assign-splits.ts'
import { beginCommit } from './committing.ts'
import { endedUnasked } from './deploying.ts'
import { beginEnding } from './ending.ts'
import { failAttempt, lostError } from './fail-attempt.ts'

export function running(state: StateOf<'running'>, event: JobEvent, context: JobContext): Next<'running'> {
  const { run } = state
  switch (event.type) {
    case 'subtask-finished': {
      run.finished.add(event)
      const token = run.finished.token()
      if (token !== null) return beginCommit(run, token, context)
      alignWithoutFinished(run, event.vertex, event.subtask, context)
      return state
    }
    case 'watermark-reported':
      watermarkReported(run, event, context)
      return state
    case 'timer':
      if (!alignmentTimer(run, event.timer, context)) context.ignored('stale-timer')
      return state
    case 'split-requested':
      return splitRequested(state, event, context)
    case 'progress':
      return { ...state, stuck: stuckAfter(state, event) }
    case 'slot-released':
      run.released(event.slot)
      return run.slotFinished(event.slot) ? state : failAttempt(run, endedUnasked(run, event.slot), context)
    case 'slot-failed':
      run.failedSlot = event.slot
      return failAttempt(run, event.error, context)
    case 'command-failed':
      // What a TaskManager without any worker of ours left did not get, it does not need.
      return run.heldOn(event.taskManager).length === 0 ? state : failAttempt(run, event.error, context)
    case 'task-manager-lost':
      return lost(state, run, event, context)
    case 'cancel-requested':
      return { name: 'cancelling', ending: beginEnding(run, context.timings.cancelGraceMs, context) }
    default:
      context.ignored('not-expected')
      return state
  }
}

function lost(
  state: StateOf<'running'>,
  run: AttemptRun,
  event: EventOf<'task-manager-lost'>,
  context: JobContext,
): Next<'running'> {
  // Slots that had finished and were released are no loss: all they made has been given on or is in their committables.
  if (run.heldOn(event.taskManager).length === 0) return state
  run.releasedAllOn(event.taskManager)
  return failAttempt(run, lostError(event.taskManager, event.why), context)
}

function splitRequested(
  state: StateOf<'running'>,
  event: EventOf<'split-requested'>,
  context: JobContext,
): StateOf<'running'> {
  const enumerator = state.run.enumerators.get(event.operator)
  if (enumerator === undefined) context.ignored('not-expected')
  else assignSplits(state.run, event.operator, enumerator.request(event.subtask), context)
  return state
}

function stuckAfter(state: StateOf<'running'>, event: EventOf<'progress'>): StateOf<'running'>['stuck'] {
  const stuck = new Map(state.stuck)
  if (event.operator === null) stuck.delete(event.slot)
  else stuck.set(event.slot, { operator: event.operator, ms: event.stuckMs })
  return stuck
}
