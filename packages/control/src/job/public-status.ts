import type { WeirError } from '@weir/engine/base/errors'
import type { JobFault } from './job-effect.ts'
import type { JobState } from './job-state.ts'

/** What people and the API see. */
export type PublicStatus = 'CREATED' | 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELLING' | 'CANCELED' | 'FINISHED'

export function isEnded(status: PublicStatus): boolean {
  return status === 'FINISHED' || status === 'FAILED' || status === 'CANCELED'
}

/** Whether an attempt ended because somebody stopped the cluster: that is no failure, and counts as no restart. */
export function isOrderly(cause: Pick<WeirError, 'code'>): boolean {
  return cause.code === 'CLUSTER_STOPPED'
}

export interface PublicState {
  readonly status: PublicStatus
  /** Another attempt is on its way; `cause` says why. */
  readonly restarting: boolean
  readonly cause: JobFault | null
}

/** The public status is derived from the state, never kept beside it. A job that has failed once stays RUNNING while it restarts. */
export function publicState(state: JobState): PublicState {
  switch (state.name) {
    case 'created':
      return { status: 'CREATED', restarting: false, cause: null }
    case 'waiting-for-slots':
    case 'deploying':
      return state.cause === null
        ? { status: 'CREATED', restarting: false, cause: null }
        : { status: 'RUNNING', restarting: true, cause: state.cause }
    case 'running':
    case 'finishing':
      return { status: 'RUNNING', restarting: false, cause: null }
    case 'restarting':
      return { status: 'RUNNING', restarting: true, cause: state.cause }
    case 'committing':
      return { status: state.cancelRequested ? 'CANCELLING' : 'RUNNING', restarting: false, cause: state.error }
    case 'failing':
      return { status: 'FAILING', restarting: false, cause: state.error }
    case 'cancelling':
      return { status: 'CANCELLING', restarting: false, cause: null }
    case 'finished':
      return { status: 'FINISHED', restarting: false, cause: null }
    case 'failed':
      return { status: 'FAILED', restarting: false, cause: state.error }
    case 'canceled':
      return { status: 'CANCELED', restarting: false, cause: null }
  }
}

/** Why a job is not (fully) running, in words for people; null when there is nothing to say. */
export function reasonOf(state: JobState, slotsNeeded: number): string | null {
  switch (state.name) {
    case 'waiting-for-slots': {
      if (state.free === null) return null
      const free = state.free === 1 ? '1 is free' : `${state.free} are free`
      return `needs ${slotsNeeded} ${slotsNeeded === 1 ? 'slot' : 'slots'}, ${free}`
    }
    case 'deploying':
      return state.undiscovered.size > 0 ? 'finding the input' : 'starting its slots'
    case 'running': {
      const first = [...state.stuck.values()].sort((a, b) => b.ms - a.ms)[0]
      return first === undefined ? null : `no progress for ${seconds(first.ms)} s in operator ${first.operator}`
    }
    case 'restarting':
      return state.teardown.done ? 'waiting before the next attempt' : 'ending the slots of the failed attempt'
    case 'committing':
      return state.error === null
        ? 'making the output visible'
        : `making the output visible failed and is tried again: ${state.error.error.message}`
    default:
      return null
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
