import { WeirError } from '@weir/engine/base/errors'
import type { TaskEvent } from '@weir/proto/generated/weir/v1/cluster'
import { decodeError, encodeError } from '@weir/proto/rpc-errors'
import { expect, test } from 'vitest'
import { TaskEventQueue } from './task-event-queue.ts'

const BYTES_MAX = 20_000

const event = (slot: number, kind: TaskEvent['kind']): TaskEvent => ({ jobId: 'job_1', attempt: 3, slot, kind })
const deployed = (slot: number): TaskEvent => event(slot, { $case: 'deployed', value: {} })
const finished = (slot: number, bytes: number): TaskEvent =>
  event(slot, {
    $case: 'subtaskFinished',
    value: { vertex: 1, subtask: slot, committables: [{ operator: 'files', committables: Buffer.alloc(bytes) }] },
  })

function filled(events: readonly TaskEvent[]): TaskEventQueue {
  const queue = new TaskEventQueue(BYTES_MAX)
  for (const one of events) queue.push(one)
  return queue
}

/** Gives calls to a receiver that takes so many bytes at most, until everything has arrived. */
function delivered(queue: TaskEventQueue): TaskEvent[] {
  const arrived: TaskEvent[] = []
  for (let calls = 0; !queue.isEmpty; calls++) {
    expect(calls).toBeLessThan(1_000)
    const events = queue.next()
    if (JSON.stringify(events).length > BYTES_MAX * 4) {
      expect(queue.tooLarge(events.length)).toBe(true)
      continue
    }
    arrived.push(...events)
    queue.taken(events.length)
  }
  return arrived
}

test('events go in order, many in one call', () => {
  const events = Array.from({ length: 450 }, (_, slot) => deployed(slot))
  const queue = filled(events)
  expect(queue.next()).toHaveLength(200)
  expect(delivered(queue)).toEqual(events)
})

test('a call that is too large is divided until it is not, and nothing is lost', () => {
  const events = Array.from({ length: 30 }, (_, slot) => finished(slot, 6_000))
  expect(delivered(filled(events))).toEqual(events)
})

test('an event that is too large by itself fails its slot by name, in its place among the others', () => {
  const arrived = delivered(filled([deployed(0), finished(1, 2 * BYTES_MAX), deployed(2)]))
  expect(arrived.map(({ jobId, attempt, slot, kind }) => [jobId, attempt, slot, kind?.$case])).toEqual([
    ['job_1', 3, 0, 'deployed'],
    ['job_1', 3, 1, 'failed'],
    ['job_1', 3, 2, 'deployed'],
  ])
  const kind = arrived[1]!.kind as Extract<TaskEvent['kind'], { $case: 'failed' }>
  const error = decodeError(kind.value.error)
  expect(error).toMatchObject({ code: 'JOB_TOO_LARGE', place: { subtask: 1 } })
  expect(error?.message).toMatch(
    /^what subtask 1 of vertex 1 has made ready to commit \('files'\) takes 1 MiB, .*larger files/,
  )
})

test('an error that is too large keeps its code, its place and the beginning of its message', () => {
  const thrown = new WeirError('USER_FUNCTION', `it went wrong ${'x'.repeat(2 * BYTES_MAX)}`, {
    place: { operator: 'm' },
  })
  const queue = filled([event(0, { $case: 'failed', value: { error: encodeError(thrown) } })])
  expect(queue.tooLarge(1)).toBe(true)
  const kind = queue.next()[0]!.kind as Extract<TaskEvent['kind'], { $case: 'failed' }>
  const error = decodeError(kind.value.error)
  expect(error).toMatchObject({ code: 'USER_FUNCTION', place: { operator: 'm' } })
  expect(error?.message).toMatch(/^it went wrong x{9986} … \(the whole error takes 1 MiB/)
})

test('an event that was refused though it is small is left as it is, and so is an empty queue', () => {
  const queue = filled([deployed(0)])
  expect(queue.tooLarge(1)).toBe(false)
  expect(queue.next()).toEqual([deployed(0)])
  queue.clear()
  expect(queue.tooLarge(1)).toBe(false)
  expect(queue.isEmpty).toBe(true)
})
