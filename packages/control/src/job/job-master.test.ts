import { WeirError } from '@weir/engine/base/errors'
import { describe, expect, it } from 'vitest'
import { SimulatedCluster, SPLITS, testGraph } from '../testing/simulated-cluster.ts'
import type { JobMasterOptions } from './job-master.ts'

const thrown = new WeirError('USER_FUNCTION', 'boom', { place: { operator: 'count', subtask: 1 } })
const unreachable = new WeirError('CONNECTION_LOST', 'no route')

function cluster(options: Partial<JobMasterOptions> = {}): SimulatedCluster {
  const simulated = new SimulatedCluster(options)
  simulated.addTaskManager('tm-1', 2)
  simulated.addTaskManager('tm-2', 2)
  return simulated
}

function runningCluster(options: Partial<JobMasterOptions> = {}): SimulatedCluster {
  const simulated = cluster(options)
  simulated.handle({ type: 'start' })
  simulated.until(() => simulated.job.state.name === 'running')
  return simulated
}

describe('JobMaster', () => {
  it('runs a bounded job to its end and commits what each sink subtask made, once', () => {
    const simulated = cluster()
    simulated.handle({ type: 'start' })
    simulated.settle()
    expect(simulated.job.record).toMatchObject({
      status: 'FINISHED',
      attempt: 1,
      restarts: 0,
      error: null,
      reason: null,
    })
    expect([...simulated.committed].sort()).toEqual(['1/0', '1/1', '1/2'])
    expect(simulated.read.get(1)?.sort()).toEqual(SPLITS)
    expect(simulated.resources.freeSlots).toBe(4)
    expect(simulated.history).toEqual(['DEPLOYING', 'RUNNING', 'FINISHED'])
    expect(simulated.job.vertices().every(vertex => vertex.status === 'FINISHED')).toBe(true)
  })

  it('waits as CREATED with a reason while there are too few slots', () => {
    const simulated = new SimulatedCluster()
    simulated.addTaskManager('tm-1', 1)
    simulated.handle({ type: 'start' })
    simulated.deliverAll()
    expect(simulated.job.record).toMatchObject({ status: 'CREATED', reason: 'needs 3 slots, 1 is free' })
    simulated.addTaskManager('tm-2', 2)
    simulated.settle()
    expect(simulated.job.record.status).toBe('FINISHED')
  })

  it('is FINISHED only after the commit, which is recorded before it begins', () => {
    const simulated = cluster()
    simulated.handle({ type: 'start' })
    simulated.until(() => simulated.job.state.name === 'committing')
    expect(simulated.job.state).toMatchObject({ step: 'recording' })
    expect(simulated.committed).toEqual([])
    expect(simulated.job.record.status).toBe('RUNNING')
  })

  it('tries a commit again that failed for an outside reason, and says so meanwhile', () => {
    const simulated = cluster()
    simulated.commitFailures = [unreachable, unreachable, unreachable]
    simulated.handle({ type: 'start' })
    simulated.until(() => simulated.job.record.error !== null)
    expect(simulated.job.record.reason).toBe('making the output visible failed and is tried again: no route')
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', restarts: 0 })
    expect(simulated.committed).toHaveLength(3)
  })

  it('fails when a commit is refused for good', () => {
    const simulated = cluster()
    simulated.commitFailures = [new WeirError('PATH_NOT_ALLOWED', 'not there')]
    simulated.handle({ type: 'start' })
    simulated.settle()
    expect(simulated.job.record.status).toBe('FAILED')
  })

  it('loses nothing when a TaskManager goes after all subtasks have finished', () => {
    const simulated = cluster()
    simulated.handle({ type: 'start' })
    simulated.until(() => simulated.job.state.name === 'committing')
    simulated.killTaskManager('tm-1')
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', restarts: 0 })
  })

  it('starts again from the beginning when a TaskManager is lost, as RUNNING with the cause', () => {
    const simulated = runningCluster()
    simulated.killTaskManager('tm-1')
    simulated.deliverAll()
    expect(simulated.job.record).toMatchObject({ status: 'RUNNING', restarting: true, attempt: 1 })
    expect(simulated.job.record.error?.error.message).toBe('TaskManager tm-1 was lost: its connection closed')
    simulated.addTaskManager('tm-1', 2)
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', attempt: 2, restarts: 1, error: null })
    expect([...simulated.committed].sort()).toEqual(['2/0', '2/1', '2/2'])
    expect(simulated.read.get(2)?.sort()).toEqual(SPLITS)
  })

  it('takes a new incarnation under the same id as the loss of the old one', () => {
    const simulated = runningCluster()
    simulated.addTaskManager('tm-1', 2)
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', restarts: 1 })
  })

  it('fails at once after an error of user code, and names operator and subtask', () => {
    const simulated = runningCluster()
    simulated.failSlot('tm-1', thrown)
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FAILED', restarts: 0 })
    expect(simulated.job.record.error?.error.place).toEqual({ operator: 'count', subtask: 1 })
    expect(simulated.resources.freeSlots).toBe(4)
    expect(simulated.workers).toBe(0)
    const states = simulated.job.vertices().flatMap(vertex => vertex.subtasks.map(subtask => subtask.status))
    expect(states).toContain('FAILED')
    expect(states).not.toContain('RUNNING')
  })

  it('restarts after an error of user code when the job sets a strategy, until the strategy has enough', () => {
    const restart = { type: 'fixed-delay', attempts: 1, delayMs: 10 } as const
    const simulated = runningCluster({ graph: testGraph({ restart }) })
    simulated.failSlot('tm-1', thrown)
    simulated.until(() => simulated.job.state.name === 'running' && simulated.job.attempt === 2)
    simulated.failSlot('tm-1', thrown)
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FAILED', restarts: 1, attempt: 2 })
  })

  it('begins no attempt before all slots of the last one are released', () => {
    const simulated = runningCluster()
    simulated.failSlot('tm-1', unreachable)
    simulated.until(() => simulated.job.state.name === 'restarting')
    expect(simulated.workersOf(1)).toBe(3)
    simulated.until(() => simulated.job.attempt === 2)
    expect(simulated.workersOf(1)).toBe(0)
  })

  it('restarts when a deployment is refused or gets lost', () => {
    const simulated = cluster()
    simulated.deployFailures = ['refused', 'lost', 'lost']
    simulated.handle({ type: 'start' })
    simulated.settle()
    expect(simulated.job.record.status).toBe('FINISHED')
    expect(simulated.job.record.restarts).toBeGreaterThan(0)
  })

  it('makes no worker when the input cannot be listed', () => {
    const simulated = cluster()
    simulated.discoverFailures = [new WeirError('CONNECTOR_CONFIG', 'no such file')]
    simulated.handle({ type: 'start' })
    simulated.settle()
    expect(simulated.job.record.status).toBe('FAILED')
    expect(simulated.read.size).toBe(0)
  })

  it('ends as CANCELED with all slots free when it is cancelled', () => {
    const simulated = runningCluster()
    simulated.handle({ type: 'cancel-requested' })
    expect(simulated.job.record.status).toBe('CANCELLING')
    simulated.handle({ type: 'cancel-requested' })
    simulated.settle()
    expect(simulated.job.record.status).toBe('CANCELED')
    expect(simulated.resources.freeSlots).toBe(4)
    expect(simulated.committed).toEqual([])
  })

  it('is CANCELED at once when it waits for slots', () => {
    const simulated = new SimulatedCluster()
    simulated.handle({ type: 'start' })
    simulated.handle({ type: 'cancel-requested' })
    expect(simulated.job.record.status).toBe('CANCELED')
    simulated.addTaskManager('tm-1', 4)
    expect(simulated.resources.freeSlots).toBe(4)
  })

  it('frees its slots in bounded time though a TaskManager never answers the cancellation', () => {
    const simulated = runningCluster()
    simulated.handle({ type: 'cancel-requested' })
    const before = simulated.nowMs
    // The TaskManagers' messages never arrive: only timers fire, and the clean-up is answered.
    for (let i = 0; i < 100 && !simulated.job.ended; i++) simulated.step(Number.MAX_SAFE_INTEGER)
    expect(simulated.job.record.status).toBe('CANCELED')
    expect(simulated.nowMs - before).toBeLessThan(60_000)
    expect(simulated.history).toContain('SLOTS_NOT_RELEASED')
  })

  it('lets a commit that is under way decide between FINISHED and CANCELED', () => {
    const late = cluster()
    late.handle({ type: 'start' })
    late.until(() => late.job.state.name === 'committing' && late.job.state.step === 'committing')
    late.handle({ type: 'cancel-requested' })
    expect(late.job.record.status).toBe('CANCELLING')
    late.settle()
    expect(late.job.record.status).toBe('FINISHED')

    const failing = cluster()
    failing.commitFailures = [unreachable]
    failing.handle({ type: 'start' })
    failing.until(() => failing.job.state.name === 'committing' && failing.job.state.step === 'committing')
    failing.handle({ type: 'cancel-requested' })
    failing.settle()
    expect(failing.job.record.status).toBe('CANCELED')
    expect(failing.committed).toEqual([])
  })

  it('says which operator makes no progress, until it does', () => {
    const simulated = runningCluster()
    const taskManager = { id: 'tm-1', incarnation: 'i1' }
    const from = { attempt: 1, slot: 0, taskManager }
    simulated.handle({ type: 'progress', ...from, operator: 'count', stuckMs: 5400 })
    expect(simulated.job.record.reason).toBe('no progress for 5 s in operator count')
    simulated.handle({ type: 'progress', ...from, operator: null, stuckMs: 0 })
    expect(simulated.job.record.reason).toBe(null)
  })

  it('refuses and counts messages of older attempts, older incarnations and older timers', () => {
    const simulated = runningCluster()
    const taskManager = { id: 'tm-1', incarnation: 'i1' }
    simulated.handle({ type: 'slot-failed', attempt: 0, slot: 0, taskManager, error: thrown })
    const other = { id: 'tm-1', incarnation: 'before' }
    simulated.handle({ type: 'slot-failed', attempt: 1, slot: 0, taskManager: other, error: thrown })
    simulated.handle({ type: 'timer', timer: 1 })
    expect(simulated.job.state.name).toBe('running')
    expect(simulated.job.ignored).toMatchObject({ 'stale-attempt': 1, 'stale-incarnation': 1, 'stale-timer': 1 })
  })

  it('goes on with the next attempt after a restart of the JobManager', () => {
    const simulated = cluster({ history: { restarts: 2, startedAtMs: 7 } })
    const cause = new WeirError('CONNECTION_LOST', 'the JobManager was restarted')
    simulated.handle({ type: 'recover', lastAttempt: 3, cause, how: { as: 'new-attempt' } })
    expect(simulated.job.record).toMatchObject({ status: 'RUNNING', restarting: true, restarts: 3, attempt: 3 })
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', attempt: 4, restarts: 3, startedAtMs: 7 })
  })

  it('goes on after an orderly stop of the cluster, which is neither a failure nor a restart', () => {
    const simulated = cluster({ history: { restarts: 2, startedAtMs: 7 } })
    const cause = new WeirError('CLUSTER_STOPPED', 'the cluster was stopped')
    simulated.handle({ type: 'recover', lastAttempt: 3, cause, how: { as: 'new-attempt' } })
    expect(simulated.job.record).toMatchObject({ status: 'RUNNING', restarting: true, restarts: 2, attempt: 3 })
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', attempt: 4, restarts: 2 })
    const told = cluster({ history: { restarts: 2, startedAtMs: 7 } }).job.handle({
      type: 'recover',
      lastAttempt: 3,
      cause,
      how: { as: 'new-attempt' },
      at: { wallMs: 9, monotonicMs: 9 },
    })
    expect(told.map(({ type }) => type)).not.toContain('exception')
    expect(told).toContainEqual(expect.objectContaining({ type: 'attempt-ended', attempt: 3, status: 'CANCELED' }))
    expect(told).toContainEqual(expect.objectContaining({ type: 'history', kind: 'STOPPED' }))
  })

  it('counts a restart once that the last JobManager had counted and not begun', () => {
    const simulated = cluster({ history: { restarts: 3, startedAtMs: 7 } })
    const cause = new WeirError('JOBMANAGER_RESTARTED', 'the JobManager was restarted')
    simulated.handle({ type: 'recover', lastAttempt: 3, cause, how: { as: 'new-attempt' } })
    expect(simulated.job.record).toMatchObject({ restarts: 3 })
  })

  it('counts a restart once also after orderly stops, which were none', () => {
    const cause = new WeirError('JOBMANAGER_RESTARTED', 'the JobManager was restarted')
    const takenUp = (restarts: number, orderlyStops: number) => {
      const simulated = cluster({ history: { restarts, startedAtMs: 7, orderlyStops } })
      simulated.handle({ type: 'recover', lastAttempt: 4, cause, how: { as: 'new-attempt' } })
      return simulated.job.record.restarts
    }
    // Of four attempts two ended with a stop: the two failures had been counted before, or only one of them.
    expect(takenUp(2, 2)).toBe(2)
    expect(takenUp(1, 2)).toBe(2)
    expect(takenUp(3, 0)).toBe(4)
  })

  it('repeats a recorded commit after a restart of the JobManager, without running anything again', () => {
    const simulated = cluster()
    const cause = new WeirError('CONNECTION_LOST', 'the JobManager was restarted')
    const record = { attempt: 2, committables: [{ operator: 'sink', committables: ['2/0'] }] }
    simulated.handle({ type: 'recover', lastAttempt: 2, cause, how: { as: 'committing', record } })
    simulated.settle()
    expect(simulated.job.record).toMatchObject({ status: 'FINISHED', attempt: 2 })
    expect(simulated.committed).toEqual(['2/0'])
    expect(simulated.read.size).toBe(0)
  })

  it('ends a cancellation or failure that a restart of the JobManager interrupted', () => {
    const cause = new WeirError('CONNECTION_LOST', 'the JobManager was restarted')
    const cancelled = cluster()
    cancelled.handle({ type: 'recover', lastAttempt: 1, cause, how: { as: 'cancelling' } })
    cancelled.settle()
    expect(cancelled.job.record.status).toBe('CANCELED')
    const failed = cluster()
    failed.handle({ type: 'recover', lastAttempt: 1, cause, how: { as: 'failing', error: thrown } })
    failed.settle()
    expect(failed.job.record).toMatchObject({ status: 'FAILED' })
    expect(failed.job.record.error?.error.message).toBe('boom')
  })
})
