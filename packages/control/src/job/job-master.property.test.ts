import { WeirError } from '@weir/engine/base/errors'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SimulatedCluster, SPLITS, testGraph } from '../testing/simulated-cluster.ts'
import { isEnded } from './public-status.ts'

type Fault =
  | { readonly kind: 'kill' | 'start' | 'user-error' | 'platform-error'; readonly taskManager: number }
  | { readonly kind: 'deploy-refused' | 'deploy-lost' | 'commit-fails' | 'no-input' | 'cancel' }

const taskManager = fc.integer({ min: 1, max: 3 })
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('kill' as const), taskManager }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), taskManager }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('platform-error' as const), taskManager }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('deploy-refused', 'deploy-lost', 'commit-fails') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('no-input' as const) }) },
)
/** Those that may make the job end otherwise than FINISHED. */
const ending: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('cancel' as const) }),
  fc.record({ kind: fc.constant('user-error' as const), taskManager }),
)

function inject(simulated: SimulatedCluster, drawn: Fault): void {
  switch (drawn.kind) {
    case 'kill':
      simulated.killTaskManager(`tm-${drawn.taskManager}`)
      return
    case 'start':
      simulated.addTaskManager(`tm-${drawn.taskManager}`, 2)
      return
    case 'user-error':
      simulated.failSlot(`tm-${drawn.taskManager}`, new WeirError('USER_FUNCTION', 'boom'))
      return
    case 'platform-error':
      simulated.failSlot(`tm-${drawn.taskManager}`, new WeirError('CONNECTION_LOST', 'cut'))
      return
    case 'deploy-refused':
      simulated.deployFailures.push('refused')
      return
    case 'deploy-lost':
      simulated.deployFailures.push('lost')
      return
    case 'commit-fails':
      simulated.commitFailures.push(new WeirError('CONNECTION_LOST', 'cut'))
      return
    case 'no-input':
      simulated.discoverFailures.push(new WeirError('FILE_ACCESS', 'not mounted'))
      return
    case 'cancel':
      simulated.handle({ type: 'cancel-requested' })
      return
  }
}

/** In the schedule of such a test a time-out may come before any message: these never do. */
const timings = { releaseTimeoutMs: 1e12, deployTimeoutMs: 1e12 }

function run(schedule: readonly (number | Fault)[], graph = testGraph()): SimulatedCluster {
  const simulated = new SimulatedCluster({ timings, graph })
  simulated.addTaskManager('tm-1', 2)
  simulated.addTaskManager('tm-2', 2)
  simulated.handle({ type: 'start' })
  for (const entry of schedule) {
    if (typeof entry === 'number') simulated.step(entry)
    else inject(simulated, entry)
  }
  // Healed: everything that is left to happen happens.
  for (const id of ['tm-1', 'tm-2', 'tm-3']) if (!simulated.taskManagerIds.includes(id)) simulated.addTaskManager(id, 2)
  simulated.settle()
  return simulated
}

const steps = (entry: fc.Arbitrary<Fault>) =>
  fc.array(fc.oneof({ weight: 12, arbitrary: fc.nat(1000) }, { weight: 1, arbitrary: entry }), { maxLength: 300 })

it('whatever the platform does, the job finishes with the output of exactly one attempt and every split read once', () => {
  fc.assert(
    fc.property(steps(fault), schedule => {
      const simulated = run(schedule)
      const { status, attempt, error } = simulated.job.record
      expect({ status, error }).toEqual({ status: 'FINISHED', error: null })
      expect([...simulated.committed].sort()).toEqual([`${attempt}/0`, `${attempt}/1`, `${attempt}/2`])
      expect(simulated.read.get(attempt)?.sort()).toEqual(SPLITS)
      expect(simulated.workers).toBe(0)
      expect(simulated.resources.freeSlots).toBe(simulated.resources.totalSlots)
    }),
    { numRuns: 400 },
  )
})

it('whatever users do besides, the job ends, holds nothing afterwards, and commits only when it is FINISHED', () => {
  fc.assert(
    fc.property(steps(fc.oneof({ weight: 6, arbitrary: fault }, { weight: 1, arbitrary: ending })), schedule => {
      const simulated = run(schedule)
      const { status, attempt } = simulated.job.record
      expect(isEnded(status)).toBe(true)
      expect(simulated.committed.length).toBe(status === 'FINISHED' ? 3 : 0)
      expect(simulated.committed.every(part => part.startsWith(`${attempt}/`))).toBe(true)
      expect(simulated.workers).toBe(0)
      expect(simulated.resources.freeSlots).toBe(simulated.resources.totalSlots)
      // Nothing that comes now changes it.
      simulated.handle({ type: 'cancel-requested' })
      simulated.handle({ type: 'start' })
      expect(simulated.job.record.status).toBe(status)
    }),
    { numRuns: 400 },
  )
})

it('the same holds where its source is aligned, and every word of the slowest is of an attempt that then ran', () => {
  const plain = testGraph()
  const [source, ...others] = plain.nodes
  const alignment = { group: 'g', maxDriftMs: 10 }
  const aligned = { ...source!, watermarks: { strategy: 'monotonous' as const, alignment } }
  const graph = { ...plain, nodes: [aligned, ...others] }
  let words = 0
  fc.assert(
    fc.property(steps(fault), schedule => {
      const simulated = run(schedule, graph)
      const { status, attempt } = simulated.job.record
      expect(status).toBe('FINISHED')
      expect([...simulated.committed].sort()).toEqual([`${attempt}/0`, `${attempt}/1`, `${attempt}/2`])
      for (const word of simulated.aligned) {
        expect(word.attempt).toBeLessThanOrEqual(attempt)
        expect(word.slowest).toBeGreaterThanOrEqual(1)
      }
      words += simulated.aligned.length
    }),
    { numRuns: 200 },
  )
  expect(words).toBeGreaterThan(0)
})
