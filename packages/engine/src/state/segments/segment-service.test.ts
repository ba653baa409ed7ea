import { describe, expect, test } from 'vitest'
import { mapState, valueState } from '../../functions/state-descriptors.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { MemorySegments } from '../../testing/memory-segments.ts'
import { MemorySpillStore } from '../../testing/memory-spill-store.ts'
import { MemoryTier } from '../memory-tier.ts'
import { StateRoom } from '../state-room.ts'
import type { SegmentHandle, StateManifest } from './manifest.ts'
import type { MergeOrder } from './merge-segments.ts'
import { SegmentBuilder } from './segment-builder.ts'
import { plainCodec } from './segment-codec.ts'
import { LocalSegmentService } from './segment-service.ts'

const range = { first: 0, last: 127 }
const NONE: StateManifest = { maxParallelism: 128, range, segments: [] }
const KEY = new Uint8Array([1])

function draftOf(group: number, value: Uint8Array) {
  const builder = new SegmentBuilder()
  builder.put('s', group, KEY, 1, KEY, 1, value)
  return builder.take()!
}

function orderOf(segments: readonly SegmentHandle[], rest: Partial<MergeOrder> = {}): MergeOrder {
  return { segments, maxParallelism: 128, range, oldest: true, nowMs: 0, name: 'merged', ...rest }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

class SlowSegments extends MemorySegments {
  holdBack: Promise<void> | undefined

  override async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    if (name === 'now') await this.holdBack
    await super.write(name, parts)
  }
}

describe('the service in the thread that calls', () => {
  test('writes a snapshot before it goes on with a merge', async () => {
    const store = new SlowSegments()
    const service = new LocalSegmentService(store, plainCodec, nextTurn)
    const handles: SegmentHandle[] = []
    for (let group = 0; group < 100; group++) {
      const { draft } = draftOf(group, new Uint8Array(10).fill(group))
      handles.push(await service.write(draft, { name: `${group}`, generation: group, range }))
    }
    let merged = false
    const merging = service.merge(orderOf(handles)).then(result => {
      merged = true
      return result
    })
    for (let i = 0; i < 10; i++) await nextTurn()
    const held = Promise.withResolvers<void>()
    const writing = service.write(draftOf(0, KEY).draft, { name: 'now', generation: 100, range })
    store.holdBack = held.promise
    for (let i = 0; i < 300; i++) await nextTurn()
    expect(merged).toBe(false)
    held.resolve()
    await writing
    const [handle] = await merging
    expect(handle?.entries).toBe(100)
    expect(store.files.has('merged.0')).toBe(true)
  })

  test('does the next merge though the one before it has failed', async () => {
    const store = new MemorySegments()
    const service = new LocalSegmentService(store, plainCodec)
    const handle = await service.write(draftOf(3, KEY).draft, { name: 'a', generation: 1, range })
    store.failure = new Error('the store is down')
    const first = service.merge(orderOf([handle], { name: 'first' }))
    const second = service.merge(orderOf([handle], { name: 'second' }))
    await expect(first).rejects.toThrow('the store is down')
    expect((await second).map(({ name }) => name)).toEqual(['second.0'])
  })
})

test('entries of all sizes come back from the pieces that they were collected in', async () => {
  const store = new MemorySegments()
  const service = new LocalSegmentService(store, plainCodec)
  const sizes = [0, 1, 255, 256, 257, 4_000, 65_535, 65_536, 300_000, 7, 100]
  for (let round = 0; round < 3; round++) {
    const builder = new SegmentBuilder()
    for (const [i, size] of sizes.entries()) {
      builder.put(
        's',
        5,
        KEY,
        1,
        new Uint8Array([i]),
        1,
        new Uint8Array(size).fill(i + round),
        i % 2 === 0 ? 1e15 + i : undefined,
      )
    }
    const { draft, release } = builder.take()!
    const handle = await service.write(draft, { name: `${round}`, generation: round, range })
    // The next round uses the same memory.
    release()
    const found = [...store.load({ ...NONE, segments: [handle] }).entries('s')]
    expect(found.map(({ key, value }) => [key[0], value])).toEqual(
      sizes.map((size, i) => [i, new Uint8Array(size).fill(i + round)]),
    )
  }
})

describe('values whose time to live is over', () => {
  const start = 1_000_000
  const make = (clock: ManualClock, room?: StateRoom) => {
    const state = new MemoryTier({
      maxParallelism: 128,
      ownsKeyGroup: () => true,
      clock,
      inSegments: true,
      ...(room === undefined ? {} : { room }),
    })
    const value = state.getState(valueState<string>('v', { ttlMs: 1_000 }))
    const map = state.getState(mapState<string, number>('m', { ttlMs: 1_000 }))
    const put = (from: number, to: number): void => {
      for (let key = from; key < to; key++) {
        state.setCurrentKey(key)
        value.update(`${key}`)
        map.put('a', key)
      }
    }
    return { state, put }
  }

  test('are left out of a snapshot, in memory and on disk alike', () => {
    for (const room of [undefined, new StateRoom(2_000, new MemorySpillStore())]) {
      const clock = new ManualClock(start)
      const { state, put } = make(clock, room)
      put(0, 100)
      clock.set(start + 500)
      put(100, 130)
      if (room !== undefined) expect(room.counters.diskWrites).toBeGreaterThan(100)
      clock.set(start + 1_000)
      const segments = new MemorySegments()
      const manifest = segments.finish(state.freeze(), NONE)
      const chain = segments.load(manifest)
      expect([...chain.entries('user/value+ttl/v')]).toHaveLength(30)
      expect([...chain.entries('user/map+ttl/m')]).toHaveLength(30)
    }
  })

  test.each([true, false])('are left out of a merge, oldest: %s', async oldest => {
    const clock = new ManualClock(start)
    const { state, put } = make(clock)
    put(0, 100)
    const segments = new MemorySegments()
    const older = segments.finish(state.freeze(), NONE)
    clock.set(start + 500)
    put(50, 130)
    const newer = segments.finish(state.freeze(), older)
    const from = oldest ? 0 : older.segments.length
    const service = new LocalSegmentService(segments, plainCodec)
    const at = async (nowMs: number, name: string) => {
      const merged = await service.merge(orderOf(newer.segments.slice(from), { oldest, nowMs, name }))
      const chain = segments.load({ ...NONE, segments: [...newer.segments.slice(0, from), ...merged] })
      return {
        entries: merged.reduce((sum, { entries }) => sum + entries, 0),
        left: [...chain.entries('user/map+ttl/m')].length,
      }
    }
    // Of both states: all, those of the second snapshot, none. Where there are older segments what is gone is said.
    expect(await at(start + 999, 'x')).toEqual({ entries: oldest ? 260 : 160, left: 130 })
    expect(await at(start + 1_000, 'y')).toEqual({ entries: 160, left: oldest ? 80 : 130 })
    expect(await at(start + 1_500, 'z')).toEqual({ entries: oldest ? 0 : 160, left: oldest ? 0 : 50 })
  })
})
