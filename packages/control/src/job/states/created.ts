import { CommitToken } from '../commit-token.ts'
import type { JobContext } from '../job-context.ts'
import type { EventOf, JobEvent } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import { isOrderly } from '../public-status.ts'
import type { Next } from '../transitions.ts'
import { repeatCommit } from './committing.ts'
import { beginCleaning } from './ending.ts'
import { waitForSlots } from './waiting-for-slots.ts'

export function created(state: StateOf<'created'>, event: JobEvent, context: JobContext): Next<'created'> {
  switch (event.type) {
    case 'start':
      return waitForSlots(1, null, context)
    case 'recover':
      return recover(event, context)
    case 'cancel-requested':
      return { name: 'canceled', attempt: 0 }
    default:
      context.ignored('not-expected')
      return state
  }
}

/** Slots of earlier attempts are not its own: the JobManager ends what TaskManagers still hold of them. */
function recover(event: EventOf<'recover'>, context: JobContext): Next<'created'> {
  const { lastAttempt, cause, how } = event
  switch (how.as) {
    case 'new-attempt': {
      if (lastAttempt === 0) return waitForSlots(1, null, context)
      const fault = { error: cause, attempt: lastAttempt, atMs: context.at.wallMs }
      const atMs = context.at.wallMs
      if (isOrderly(cause)) {
        // Nothing went wrong: no exception, and no restart that anybody would look into.
        context.emit({ type: 'attempt-ended', attempt: lastAttempt, status: 'CANCELED', cause, atMs })
        context.history('STOPPED', `${cause.message} during attempt ${lastAttempt}; the next one goes on`)
        return waitForSlots(lastAttempt + 1, fault, context)
      }
      context.emit({ type: 'attempt-ended', attempt: lastAttempt, status: 'FAILED', cause, atMs })
      context.exception(lastAttempt, cause)
      context.history('RESTARTING', `attempt ${lastAttempt} cannot be followed up: ${cause.message}`)
      return waitForSlots(lastAttempt + 1, fault, context)
    }
    case 'committing':
      context.history('COMMITTING', `the commit of attempt ${lastAttempt} is repeated: ${cause.message}`)
      return repeatCommit(CommitToken.ofRecorded(how.record), context)
    case 'cancelling':
      return { name: 'cancelling', ending: beginCleaning(lastAttempt, context) }
    case 'failing': {
      const fault = { error: how.error, attempt: lastAttempt, atMs: context.at.wallMs }
      return { name: 'failing', error: fault, ending: beginCleaning(lastAttempt, context) }
    }
  }
}
