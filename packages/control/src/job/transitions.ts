import { WeirError } from '@weir/engine/base/errors'
import type { JobState, StateName } from './job-state.ts'

/** The one table of edges: which state may follow which. Staying in a state is always allowed. */
export const EDGES = {
  created: ['waiting-for-slots', 'committing', 'failing', 'cancelling', 'canceled'],
  'waiting-for-slots': ['deploying', 'cancelling', 'canceled'],
  deploying: ['running', 'restarting', 'failing', 'cancelling'],
  running: ['committing', 'finishing', 'restarting', 'failing', 'cancelling'],
  restarting: ['waiting-for-slots', 'cancelling'],
  committing: ['finishing', 'failing', 'cancelling'],
  finishing: ['finished'],
  failing: ['failed'],
  cancelling: ['canceled'],
  finished: [],
  failed: [],
  canceled: [],
} as const satisfies Record<StateName, readonly StateName[]>

type Successor<From extends StateName> = (typeof EDGES)[From][number]

/** What a handler of state `From` may answer: the state itself, or one that an edge leads to. Others do not compile. */
export type Next<From extends StateName> = Extract<JobState, { name: From | Successor<From> }>

export function isTerminal(state: JobState): boolean {
  return EDGES[state.name].length === 0
}

/** The same rule at run time. */
export function checkEdge(from: StateName, to: StateName): void {
  const allowed: readonly StateName[] = EDGES[from]
  if (from !== to && !allowed.includes(to)) {
    throw new WeirError('ASSERTION', `a job may not go from ${from} to ${to}`)
  }
}
