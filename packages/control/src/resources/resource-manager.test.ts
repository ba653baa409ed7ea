import { describe, expect, it } from 'vitest'
import { binPacking } from '../scheduling/placement.ts'
import { ResourceManager } from './resource-manager.ts'

const TIMEOUT_MS = 1000
const one = { id: 'tm-1', incarnation: 'a', slots: 4 }
const two = { id: 'tm-2', incarnation: 'b', slots: 2 }

const manager = () => new ResourceManager(binPacking, TIMEOUT_MS)

describe('ResourceManager', () => {
  it('grants all slots of a job at once, and tells one that waits how many are free', () => {
    const subject = manager()
    subject.register(one, 0)
    subject.request('big', 1, 8, 1)
    expect(subject.allocate()).toEqual({ granted: [], waiting: [{ jobId: 'big', attempt: 1, free: 4 }] })
    expect(subject.allocate().waiting).toEqual([])
    subject.register({ ...two, slots: 4 }, 0)
    const { granted } = subject.allocate()
    expect(granted[0]?.slots).toHaveLength(8)
    expect(granted[0]?.slots[7]).toEqual({
      slot: 7,
      taskManager: { id: 'tm-2', incarnation: 'b' },
      taskManagerSlot: 3,
    })
    expect(subject.freeSlots).toBe(0)
  })

  it('serves waiting jobs in their order, whoever asked first', () => {
    const subject = manager()
    subject.request('second', 1, 4, 2)
    subject.request('first', 3, 4, 1)
    subject.register(one, 0)
    expect(subject.allocate().granted.map(grant => grant.jobId)).toEqual(['first'])
    subject.release('first', 3)
    expect(subject.allocate().granted.map(grant => grant.jobId)).toEqual(['second'])
  })

  it('does not let a job that is too large hold back a smaller one', () => {
    const subject = manager()
    subject.register(one, 0)
    subject.request('large', 1, 5, 1)
    subject.request('small', 1, 2, 2)
    const { granted, waiting } = subject.allocate()
    expect(granted.map(grant => grant.jobId)).toEqual(['small'])
    expect(waiting).toEqual([{ jobId: 'large', attempt: 1, free: 2 }])
  })

  it('keeps its place in the registry as long as heartbeats come within the time-out', () => {
    const subject = manager()
    subject.register(one, 0)
    expect(subject.heartbeat(one, 900)).toBe(true)
    expect(subject.loseSilent(1900)).toEqual([])
    const lost = subject.loseSilent(1901)
    expect(lost.map(({ taskManager }) => taskManager.id)).toEqual(['tm-1'])
    expect(subject.totalSlots).toBe(0)
  })

  it('refuses a lost incarnation for good, its heartbeats and its registration', () => {
    const subject = manager()
    subject.register(one, 0)
    subject.lose(one, 'test')
    expect(subject.heartbeat(one, 1)).toBe(false)
    expect(subject.register(one, 2)).toEqual({ accepted: false, lost: null })
    expect(subject.register({ ...one, incarnation: 'a2' }, 3)).toEqual({ accepted: true, lost: null })
  })

  it('takes a new incarnation under the same id as the end of the old one', () => {
    const subject = manager()
    subject.register(one, 0)
    subject.request('job', 1, 4, 1)
    subject.allocate()
    const { lost } = subject.register({ ...one, incarnation: 'a2' }, 5)
    expect(lost?.taskManager.incarnation).toBe('a')
    expect(subject.freeSlots).toBe(4)
    expect(subject.heartbeat(one, 6)).toBe(false)
  })

  it('takes a repeated registration of the same incarnation as one', () => {
    const subject = manager()
    subject.register(one, 0)
    subject.request('job', 1, 3, 1)
    subject.allocate()
    subject.register(one, 5)
    expect(subject.slotsOf('tm-1')).toEqual(['job', 'job', 'job', null])
  })

  it('counts no slot as free where attempts of an earlier JobManager still run', () => {
    const subject = manager()
    subject.register(one, 0)
    subject.setOrphans(one, 1)
    expect(subject.freeSlots).toBe(0)
    subject.setOrphans(one, 0)
    expect(subject.freeSlots).toBe(4)
  })

  it('takes back a request that is withdrawn', () => {
    const subject = manager()
    subject.request('job', 1, 1, 1)
    subject.release('job', 1)
    subject.register(one, 0)
    expect(subject.allocate().granted).toEqual([])
  })
})
