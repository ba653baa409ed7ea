import type { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'
import type { JobEvent } from '../job-event.ts'
import type { Ending } from '../job-state.ts'
import { Teardown } from '../teardown.ts'

/** The last things of a job, whatever its end: slots are ended and given back, leftovers of its sinks removed. */
export function beginEnding(run: AttemptRun, graceMs: number, context: JobContext): Ending {
  return endTeardown(new Teardown(run, graceMs, context), context)
}

/** The same with a teardown that is under way already. */
export function endTeardown(teardown: Teardown, context: JobContext): Ending {
  const ending: Ending = { step: 'releasing', attempt: teardown.run.attempt, teardown }
  return teardown.done ? slotsReleased(ending, context) : ending
}

/** For a job without slots that had some before. */
export function beginCleaning(attempt: number, context: JobContext, tries = 1): Ending {
  context.emit({ type: 'abort-leftovers', attempt })
  const timer = context.timer(context.timings.cleanTimeoutMs)
  return { step: 'cleaning', attempt, timer, waitingFor: 'answer', tries }
}

/** Null when the end is reached. */
export function advance(ending: Ending, event: JobEvent, context: JobContext): Ending | null {
  if (ending.step === 'releasing') {
    if (!ending.teardown.handle(event, context))
      context.ignored(event.type === 'timer' ? 'stale-timer' : 'not-expected')
    return ending.teardown.done ? slotsReleased(ending, context) : ending
  }
  switch (event.type) {
    case 'leftovers-aborted':
      context.emit({ type: 'cancel-timer', timer: ending.timer })
      return null
    case 'leftovers-failed':
      if (ending.waitingFor === 'retry') break
      context.emit({ type: 'cancel-timer', timer: ending.timer })
      return cleaningFailed(ending, event.error.message, context)
    case 'timer':
      if (event.timer !== ending.timer) break
      return ending.waitingFor === 'retry'
        ? beginCleaning(ending.attempt, context, ending.tries + 1)
        : cleaningFailed(ending, 'no answer in time', context)
    default:
      break
  }
  context.ignored(event.type === 'timer' ? 'stale-timer' : 'not-expected')
  return ending
}

function slotsReleased(ending: Extract<Ending, { step: 'releasing' }>, context: JobContext): Ending {
  context.emit({ type: 'release-slots', attempt: ending.attempt })
  return beginCleaning(ending.attempt, context)
}

function cleaningFailed(
  ending: Extract<Ending, { step: 'cleaning' }>,
  why: string,
  context: JobContext,
): Ending | null {
  if (ending.tries < context.timings.cleanTries) {
    return { ...ending, waitingFor: 'retry', timer: context.timer(context.timings.cleanRetryMs) }
  }
  context.history('LEFTOVERS', `hidden files of unfinished output may be left: ${why}`)
  return null
}
