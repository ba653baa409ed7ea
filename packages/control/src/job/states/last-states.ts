import type { JobContext } from '../job-context.ts'
import type { JobEvent } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import type { Next } from '../transitions.ts'
import { advance } from './ending.ts'

/** The output is visible: nothing can fail the job any more. */
export function finishing(state: StateOf<'finishing'>, event: JobEvent, context: JobContext): Next<'finishing'> {
  if (event.type === 'cancel-requested') return state
  const ending = advance(state.ending, event, context)
  if (ending !== null) return { name: 'finishing', ending }
  context.history('FINISHED', 'all input is read and all output is visible')
  return { name: 'finished', attempt: state.ending.attempt }
}

export function failing(state: StateOf<'failing'>, event: JobEvent, context: JobContext): Next<'failing'> {
  if (event.type === 'cancel-requested') return state
  const ending = advance(state.ending, event, context)
  if (ending !== null) return { ...state, ending }
  context.history('FAILED', state.error.error.message)
  return { name: 'failed', attempt: state.ending.attempt, error: state.error }
}

export function cancelling(state: StateOf<'cancelling'>, event: JobEvent, context: JobContext): Next<'cancelling'> {
  if (event.type === 'cancel-requested') return state
  const ending = advance(state.ending, event, context)
  if (ending !== null) return { name: 'cancelling', ending }
  const { attempt } = state.ending
  context.emit({ type: 'attempt-ended', attempt, status: 'CANCELED', cause: null, atMs: context.at.wallMs })
  context.history('CANCELED', 'all its slots are free')
  return { name: 'canceled', attempt }
}
