import { describe, expect, test } from 'vitest'
import { WeirError } from '../../base/errors.ts'
import { keyGroupOf, keyGroupRange } from '../../record/key-group.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { MemorySegments } from '../../testing/memory-segments.ts'
import { MemorySpillStore } from '../../testing/memory-spill-store.ts'
import { MemoryTier } from '../memory-tier.ts'
import { StateRoom } from '../state-room.ts'
import {
  assignManifest,
  decodeManifest,
  encodeManifest,
  mergeFrom,
  type SegmentHandle,
  type StateManifest,
  unreferencedSegments,
} from './manifest.ts'
import { mergingSegments } from './merge-segments.ts'
import { crc32, plainCodec } from './segment-codec.ts'
import { loadChain, runSteps } from './segment-io.ts'

const MAX_PARALLELISM = 128
const NONE: StateManifest = { maxParallelism: MAX_PARALLELISM, range: { first: 0, last: 127 }, segments: [] }

function tier(room?: StateRoom): MemoryTier {
  return new MemoryTier({
    maxParallelism: MAX_PARALLELISM,
    ownsKeyGroup: () => true,
    clock: new ManualClock(),
    inSegments: true,
    ...(room === undefined ? {} : { room }),
  })
}

/** A state of so many keys with a long text each, in one snapshot. */
function written(keys: number): { segments: MemorySegments; manifest: StateManifest } {
  const state = tier()
  const table = state.table<string>('texts')
  for (let key = 0; key < keys; key++) table.insert(key, key, `${key}`.padStart(100, '.'))
  const segments = new MemorySegments()
  return { segments, manifest: segments.finish(state.freeze(), NONE) }
}

async function contentsOf(manifest: StateManifest, segments: MemorySegments, name = 'texts'): Promise<unknown[]> {
  const state = tier()
  state.restoreChain(await loadChain(manifest, segments, plainCodec))
  return [...state.table(name).rows()].map(({ key }) => key)
}

test('the checksum is that of zip files', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
})

test('a subtask reads the blocks of its own key groups and not the others', async () => {
  const { segments, manifest } = written(60_000)
  const total = manifest.segments[0]?.sizeBytes as number
  segments.bytesRead = 0
  const own = assignManifest([manifest], 7, MAX_PARALLELISM, 16)
  const keys = await contentsOf(own, segments)
  const { first, last } = keyGroupRange(7, MAX_PARALLELISM, 16)
  const expected = Array.from({ length: 60_000 }, (_, key) => key).filter(key => {
    const group = keyGroupOf(key, MAX_PARALLELISM)
    return group >= first && group <= last
  })
  expect([...keys].sort()).toEqual(expected.sort())
  // A sixteenth, and what is left of the blocks at both ends.
  expect(segments.bytesRead).toBeLessThan(total / 5)
})

describe('a snapshot with nothing changed', () => {
  test('writes nothing', () => {
    const { segments } = written(10)
    const state = tier()
    state.table<number>('t').insert(1, 1, 1)
    const first = segments.finish(state.freeze(), NONE)
    const second = segments.finish(state.freeze(), first)
    expect(second).toEqual(first)
  })

  test('writes nothing where rows are on disk alone, whether they are read or not', () => {
    const store = new MemorySpillStore()
    const segments = new MemorySegments()
    const state = tier(new StateRoom(2_000, store))
    const table = state.table<number>('t')
    for (let key = 0; key < 500; key++) table.insert(key, key, key)
    const first = segments.finish(state.freeze(), NONE)
    expect(store.writes).toBeGreaterThan(400)
    for (let key = 0; key < 500; key += 3) expect(table.get(key)?.value).toBe(key)
    expect(segments.finish(state.freeze(), first)).toEqual(first)
    expect(store.openViews).toBe(0)
  })
})

test('the snapshot after changes of rows that have left for the disk holds these and no others', async () => {
  const store = new MemorySpillStore()
  const segments = new MemorySegments()
  const state = tier(new StateRoom(2_000, store))
  const table = state.table<number>('t')
  for (let key = 0; key < 500; key++) table.insert(key, key, key)
  const first = segments.finish(state.freeze(), NONE)
  for (let key = 0; key < 500; key += 10) table.update(table.get(key) as never, -1)
  for (let key = 1; key < 500; key += 10) table.get(key)
  const second = segments.finish(state.freeze(), first)
  expect(second.segments.length).toBe(first.segments.length + 1)
  expect(second.segments.at(-1)?.entries).toBe(50)
})

test('a key that is deleted is gone after a restore, and one that came back has its new value', async () => {
  const segments = new MemorySegments()
  const state = tier()
  const table = state.table<number>('t')
  for (const key of ['kept', 'deleted', 'again']) table.insert(key, key, 1)
  let manifest = segments.finish(state.freeze(), NONE)
  table.delete('deleted')
  table.delete('again')
  table.insert('again', 'again', 2)
  manifest = segments.finish(state.freeze(), manifest)
  const restored = tier()
  restored.restoreChain(await loadChain(manifest, segments, plainCodec))
  const rows = [...restored.table<number>('t').rows()].map(({ key, value }) => [key, value])
  expect(new Map(rows as [string, number][])).toEqual(
    new Map([
      ['kept', 1],
      ['again', 2],
    ]),
  )
})

test('a window that comes and goes between two snapshots leaves no trace in the segments', () => {
  const segments = new MemorySegments()
  const state = tier()
  const windows = state.namespacedTable<number>('w')
  const first = segments.finish(state.freeze(), NONE)
  for (let key = 0; key < 1_000; key++) windows.ensure(10).insert(key, key, 1)
  windows.drop(10)
  expect(segments.finish(state.freeze(), first)).toEqual(first)
})

test('a window that is dropped costs one line in the next segment, whatever it held', () => {
  const segments = new MemorySegments()
  const state = tier()
  const windows = state.namespacedTable<number>('w')
  for (let key = 0; key < 10_000; key++) windows.ensure(10).insert(key, key, 1)
  const first = segments.finish(state.freeze(), NONE)
  windows.drop(10)
  const second = segments.finish(state.freeze(), first)
  expect(second.segments.at(-1)?.sizeBytes).toBeLessThan(300)
})

test('a row is in a snapshot as it was at the freeze, though it is changed in place before its turn comes', async () => {
  const segments = new MemorySegments()
  const state = tier()
  const table = state.table<{ n: number }>('t')
  for (let key = 0; key < 100; key++) table.insert(key, key, { n: key })
  const frozen = state.freeze()
  for (let key = 0; key < 100; key++) {
    const row = table.get(key)
    if (row === undefined) throw new Error('gone')
    row.value.n = -1
    table.touch(row)
  }
  const manifest = segments.finish(frozen, NONE)
  const restored = tier()
  restored.restoreChain(await loadChain(manifest, segments, plainCodec))
  for (const { key, value } of restored.table<{ n: number }>('t').rows()) expect(value.n).toBe(key)
})

test('a value that cannot be encoded is named with its operator and key', () => {
  const state = tier()
  state.table<unknown>('t').insert('bad', 'bad', () => 1)
  expect(() => new MemorySegments().finish(state.freeze(), NONE)).toThrow(
    /the state of an operator for the key "bad" cannot be part of a snapshot: .*function/,
  )
})

describe('a segment that', () => {
  const failing = async (change: (bytes: Uint8Array, handle: SegmentHandle) => Uint8Array | undefined) => {
    const { segments, manifest } = written(2_000)
    const handle = manifest.segments[0] as SegmentHandle
    const bytes = change((segments.files.get(handle.name) as Uint8Array).slice(), handle)
    if (bytes === undefined) segments.files.delete(handle.name)
    else segments.files.set(handle.name, bytes)
    const error = await loadChain(manifest, segments, plainCodec).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(WeirError)
    expect((error as WeirError).code).toBe('STATE_SEGMENT')
    expect((error as WeirError).message).toContain(`'${handle.name}'`)
    expect((error as WeirError).message).toContain('restore from another one')
    return (error as WeirError).message
  }

  test('is missing is named', async () => expect(await failing(() => undefined)).toContain('is missing'))

  test('is cut off anywhere is named', async () => {
    for (const part of [0, 0.3, 0.9, 0.999]) {
      expect(await failing(bytes => bytes.subarray(0, Math.floor(bytes.length * part)))).toContain('is cut off')
    }
  })

  test('has a flipped bit anywhere is named', async () => {
    const { manifest } = written(2_000)
    const size = manifest.segments[0]?.sizeBytes as number
    // But for the first 8 bytes, which nobody reads.
    for (const at of [8, 9, 5_000, Math.floor(size / 2), size - 300, size - 20, size - 12, size - 7, size - 1]) {
      const message = await failing(bytes => {
        bytes[at]! ^= 4
        return bytes
      })
      expect(message).toMatch(/damaged/)
    }
  })

  test('is another one under the same name is told apart', async () => {
    const message = await failing((_, { sizeBytes, indexBytes }) => {
      const other = written(1_999)
      const { name, ...handle } = other.manifest.segments[0] as SegmentHandle
      const bytes = new Uint8Array(sizeBytes)
      const theirs = other.segments.files.get(name) as Uint8Array
      // Its end where the end of the right one would be.
      bytes.set(theirs.subarray(theirs.length - Math.min(indexBytes, handle.indexBytes)), sizeBytes - handle.indexBytes)
      return bytes
    })
    expect(message).toMatch(/another file|damaged/)
  })
})

test('a manifest comes back from its bytes', () => {
  const { manifest } = written(10)
  expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest)
  expect(() => decodeManifest(encodeManifest({ ...manifest }).subarray(3))).toThrow(WeirError)
})

test('a snapshot of another max parallelism is refused', () => {
  const { manifest } = written(1)
  expect(() => assignManifest([manifest], 0, 64, 1)).toThrow('set the max parallelism of the job to 128')
})

test('segments that no manifest names are found', () => {
  const { manifest } = written(10)
  const name = manifest.segments[0]?.name as string
  expect(unreferencedSegments(['old', name, 'older'], [NONE, manifest])).toEqual(['old', 'older'])
  expect(unreferencedSegments([name], [])).toEqual([name])
})

describe('which segments are merged', () => {
  const runs = (...sizes: number[]): SegmentHandle[] =>
    sizes.map((rawBytes, generation) => {
      const rest = { sizeBytes: 0, indexBytes: 0, checksum: 0, entries: 0, range: NONE.range }
      return { ...rest, name: `${generation}`, generation, rawBytes }
    })

  test('a few: none', () => expect(mergeFrom(runs(10, 10, 10))).toBeUndefined())
  test('all, when what came later outweighs the oldest', () => expect(mergeFrom(runs(100, 40, 40, 40))).toBe(0))
  test('none, while small changes come to a large state', () => {
    expect(mergeFrom(runs(10_000, 1, 1, 1, 1, 1, 1, 1))).toBeUndefined()
  })
  test('those at the end, when they are many', () => {
    expect(mergeFrom(runs(10_000, 100, 1, 1, 1, 1, 1, 1, 1))).toBe(2)
  })
  test('the files of one snapshot count as one', () => {
    const files = runs(10, 10, 10, 10, 10, 10).map(handle => ({ ...handle, generation: 1 }))
    expect(mergeFrom(files)).toBeUndefined()
  })

  test('a state that changes by a tenth again and again is never much larger in segments than it is', async () => {
    const segments = new MemorySegments()
    const state = tier()
    const table = state.table<number>('t')
    for (let key = 0; key < 1_000; key++) table.insert(key, key, 0)
    let manifest = segments.finish(state.freeze(), NONE)
    const whole = manifest.segments[0]?.rawBytes as number
    for (let round = 1; round < 60; round++) {
      for (let key = round % 10; key < 1_000; key += 10) table.update(table.get(key) as never, round)
      manifest = segments.finish(state.freeze(), manifest)
      expect(manifest.segments.reduce((sum, { rawBytes }) => sum + rawBytes, 0)).toBeLessThan(2.3 * whole)
    }
    expect((await contentsOf(manifest, segments, 't')).length).toBe(1_000)
  })
})

test('what is gone stays gone when the segments that say so are merged without the older ones', async () => {
  const segments = new MemorySegments()
  const state = tier()
  const table = state.table<number>('t')
  const windows = state.namespacedTable<number>('w')
  for (let key = 0; key < 100; key++) {
    table.insert(key, key, 1)
    windows.ensure(10).insert(key, key, 1)
  }
  const first = segments.finish(state.freeze(), NONE)
  for (let key = 0; key < 100; key += 2) table.delete(key)
  const second = segments.finish(state.freeze(), first)
  windows.drop(10)
  table.insert(0, 0, 2)
  const third = segments.finish(state.freeze(), second)
  const merged = await runSteps(
    mergingSegments(
      {
        segments: third.segments.slice(1),
        maxParallelism: MAX_PARALLELISM,
        range: NONE.range,
        oldest: false,
        nowMs: 0,
        name: 'merged',
      },
      plainCodec,
    ),
    segments,
  )
  const manifest = { ...NONE, segments: [...first.segments, ...merged] }
  expect((await contentsOf(manifest, segments, 't')).length).toBe(51)
  const restored = tier()
  restored.restoreChain(await loadChain(manifest, segments, plainCodec))
  expect([...restored.namespacedTable('w').namespaces()]).toEqual([])
})

test('what one subtask dropped is not dropped from the key groups of another when their segments are merged', async () => {
  const segments = new MemorySegments()
  const halves = [0, 1].map(subtask => {
    const range = keyGroupRange(subtask, MAX_PARALLELISM, 2)
    const state = tier()
    const windows = state.namespacedTable<number>('w')
    for (let key = 0; key < 200; key++) {
      const group = keyGroupOf(key, MAX_PARALLELISM)
      if (group >= range.first && group <= range.last) windows.ensure(10).insert(key, key, subtask)
    }
    let manifest = segments.finish(state.freeze(), { ...NONE, range })
    if (subtask === 1) return manifest
    windows.drop(10)
    manifest = segments.finish(state.freeze(), manifest)
    return manifest
  })
  const both = assignManifest(halves, 0, MAX_PARALLELISM, 1)
  // The segment of the other half stands first, as the oldest; the drop is merged without it.
  const [a, drop, b] = both.segments as [SegmentHandle, SegmentHandle, SegmentHandle]
  const merged = await runSteps(
    mergingSegments(
      {
        segments: [drop],
        maxParallelism: MAX_PARALLELISM,
        range: both.range,
        oldest: false,
        nowMs: 0,
        name: 'merged',
      },
      plainCodec,
    ),
    segments,
  )
  const state = tier()
  state.restoreChain(await loadChain({ ...both, segments: [b, a, ...merged] }, segments, plainCodec))
  const rows = [...(state.namespacedTable<number>('w').at(10)?.rows() ?? [])]
  expect(rows.length).toBeGreaterThan(50)
  expect(rows.every(({ value }) => value === 1)).toBe(true)
})
