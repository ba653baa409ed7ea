import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { keyGroupOf, keyGroupRange } from '../record/key-group.ts'
import type { ChannelWriter } from './channel-writer.ts'
import type { StreamEvent } from './record-batch.ts'
import { BroadcastWriter, ForwardWriter, HashWriter, RoundRobinWriter } from './record-writer.ts'

/** Channels that keep what they are given. */
function channels(count: number): { lists: unknown[][]; writers: ChannelWriter[] } {
  const lists: unknown[][] = Array.from({ length: count }, () => [])
  const writers = lists.map(list => ({
    add: (value: unknown) => void list.push(value),
    event: (event: StreamEvent) => void list.push(event),
  }))
  return { lists, writers: writers as unknown as ChannelWriter[] }
}

const end: StreamEvent = { type: 'end' }

describe('a hash writer', () => {
  it('sends each record to the subtask that owns the key group of its key', () => {
    const key = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.tuple(fc.string(), fc.integer()))
    const shape = fc
      .integer({ min: 1, max: 300 })
      .chain(max => fc.tuple(fc.constant(max), fc.integer({ min: 1, max: Math.min(max, 12) })))
    fc.assert(
      fc.property(shape, fc.array(key, { maxLength: 50 }), ([maxParallelism, parallelism], keys) => {
        const { lists, writers } = channels(parallelism)
        const writer = new HashWriter(writers, value => (value as { key: unknown }).key, maxParallelism)
        for (const one of keys) writer.emit({ key: one }, 0)
        expect(lists.reduce((sum, list) => sum + list.length, 0)).toBe(keys.length)
        for (const [subtask, list] of lists.entries()) {
          const { first, last } = keyGroupRange(subtask, maxParallelism, parallelism)
          for (const record of list as { key: unknown }[]) {
            const group = keyGroupOf(record.key, maxParallelism)
            expect(group >= first && group <= last).toBe(true)
          }
        }
      }),
    )
  })

  it('gives events to every channel', () => {
    const { lists, writers } = channels(3)
    new HashWriter(writers, () => 1, 128).event(end)
    expect(lists).toEqual([[end], [end], [end]])
  })

  it('refuses a key that cannot be one', () => {
    for (const subtasks of [1, 2]) {
      for (const key of [Number.NaN, Number.POSITIVE_INFINITY, undefined, null, () => 1, new Date(0)]) {
        const { lists, writers } = channels(subtasks)
        expect(() => new HashWriter(writers, () => key, 128).emit({}, 0)).toThrow(WeirError)
        expect(lists.flat()).toEqual([])
      }
    }
  })
})

describe('a round-robin writer', () => {
  it('begins at its own place and takes all channels in turn', () => {
    const { lists, writers } = channels(3)
    const writer = new RoundRobinWriter(writers, 5)
    for (let i = 0; i < 7; i++) writer.emit(i, 0)
    writer.event(end)
    expect(lists).toEqual([
      [1, 4, end],
      [2, 5, end],
      [0, 3, 6, end],
    ])
  })
})

it('a broadcast writer gives every record and event to all, a forward writer to one', () => {
  const { lists, writers } = channels(2)
  const all = new BroadcastWriter(writers)
  all.emit('a', 0)
  all.event(end)
  const one = new ForwardWriter(writers[1])
  one.emit('b', 0)
  one.event(end)
  expect(lists).toEqual([
    ['a', end],
    ['a', end, 'b', end],
  ])
})
