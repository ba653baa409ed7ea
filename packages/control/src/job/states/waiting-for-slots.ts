import { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'
import type { JobFault } from '../job-effect.ts'
import type { JobEvent } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import type { Next } from '../transitions.ts'
import { deploy } from './deploying.ts'
import { beginCleaning } from './ending.ts'

export function waitForSlots(
  attempt: number,
  cause: JobFault | null,
  context: JobContext,
): StateOf<'waiting-for-slots'> {
  context.emit({ type: 'request-slots', attempt, count: context.graph.slotCount })
  return { name: 'waiting-for-slots', attempt, free: null, cause }
}

export function waitingForSlots(
  state: StateOf<'waiting-for-slots'>,
  event: JobEvent,
  context: JobContext,
): Next<'waiting-for-slots'> {
  switch (event.type) {
    case 'slots-waiting':
      return { ...state, free: event.free }
    case 'slots-allocated':
      return deploy(new AttemptRun(state.attempt, context.graph, event.slots), state.cause, context)
    case 'cancel-requested':
      context.emit({ type: 'release-slots', attempt: state.attempt })
      // The first attempt has written nothing yet that could be left over.
      if (state.attempt === 1) return { name: 'canceled', attempt: 0 }
      return { name: 'cancelling', ending: beginCleaning(state.attempt - 1, context) }
    case 'task-manager-lost':
      return state
    default:
      context.ignored(event.type === 'timer' ? 'stale-timer' : 'not-expected')
      return state
  }
}
