/** A TaskManager as placement sees it. */
export interface PlacementCandidate {
  readonly taskManagerId: string
  readonly free: number
  readonly total: number
}

/**
 * Chooses a TaskManager for each of `count` slots of a job: answer[i] is where the job's slot i goes. Null when there are
 * too few free slots. Deterministic: ties go to the lower id.
 */
export type Placement = (candidates: readonly PlacementCandidate[], count: number) => readonly string[] | null

export type PlacementName = 'bin-packing' | 'spread'

/**
 * Fills one TaskManager after the other, on as few as possible, so that exchanges stay inside a process: the fullest one
 * that can take the whole rest, and where none can, the one with the most room.
 */
export const binPacking: Placement = (candidates, count) => {
  if (totalFree(candidates) < count) return null
  const left = copy(candidates)
  const placed: string[] = []
  while (placed.length < count) {
    const missing = count - placed.length
    const whole = left.filter(candidate => candidate.free >= missing).sort((a, b) => a.free - b.free || byId(a, b))
    const chosen = whole[0] ?? left.sort((a, b) => b.free - a.free || byId(a, b))[0]!
    const taken = Math.min(chosen.free, missing)
    for (let i = 0; i < taken; i++) placed.push(chosen.taskManagerId)
    chosen.free -= taken
  }
  return placed
}

/** One slot after the other to the TaskManager with the smallest share of slots in use, so that load is even. */
export const spread: Placement = (candidates, count) => {
  if (totalFree(candidates) < count) return null
  const left = copy(candidates)
  const placed: string[] = []
  while (placed.length < count) {
    const open = left.filter(candidate => candidate.free > 0)
    const chosen = open.sort((a, b) => used(a) - used(b) || b.free - a.free || byId(a, b))[0]!
    placed.push(chosen.taskManagerId)
    chosen.free--
  }
  return placed
}

export function placementOf(name: PlacementName): Placement {
  return name === 'spread' ? spread : binPacking
}

interface Mutable {
  readonly taskManagerId: string
  free: number
  readonly total: number
}

function copy(candidates: readonly PlacementCandidate[]): Mutable[] {
  return candidates.map(candidate => ({ ...candidate }))
}

function totalFree(candidates: readonly PlacementCandidate[]): number {
  return candidates.reduce((sum, candidate) => sum + candidate.free, 0)
}

function used(candidate: Mutable): number {
  return 1 - candidate.free / candidate.total
}

function byId(a: Mutable, b: Mutable): number {
  return a.taskManagerId < b.taskManagerId ? -1 : a.taskManagerId > b.taskManagerId ? 1 : 0
}
