import type { JobContext } from '../job-context.ts'
import type { JobEvent } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import type { Next } from '../transitions.ts'
import { endTeardown } from './ending.ts'
import { waitForSlots } from './waiting-for-slots.ts'

/** There is no next attempt before the last one holds nothing any more: two never run at once. */
export function restarting(state: StateOf<'restarting'>, event: JobEvent, context: JobContext): Next<'restarting'> {
  const { teardown } = state
  if (event.type === 'cancel-requested') {
    if (state.delayTimer !== null) context.emit({ type: 'cancel-timer', timer: state.delayTimer })
    return { name: 'cancelling', ending: endTeardown(teardown, context) }
  }
  if (event.type === 'timer' && event.timer === state.delayTimer) {
    return nextAttempt({ ...state, delayTimer: null }, context)
  }
  const wasDone = teardown.done
  if (!teardown.handle(event, context)) {
    context.ignored(event.type === 'timer' ? 'stale-timer' : 'not-expected')
    return state
  }
  if (!wasDone && teardown.done) context.emit({ type: 'release-slots', attempt: teardown.run.attempt })
  return nextAttempt(state, context)
}

function nextAttempt(state: StateOf<'restarting'>, context: JobContext): Next<'restarting'> {
  if (!state.teardown.done || state.delayTimer !== null) return state
  return waitForSlots(state.teardown.run.attempt + 1, state.cause, context)
}
