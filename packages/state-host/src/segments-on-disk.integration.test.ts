import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { MemoryTier } from '@weir/engine/state/memory-tier'
import { unreferencedSegments } from '@weir/engine/state/segments/manifest'
import { crc32 } from '@weir/engine/state/segments/segment-codec'
import { loadChain } from '@weir/engine/state/segments/segment-io'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { StateSnapshots } from '@weir/engine/state/state-snapshots'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderSegmentStore } from './folder-segment-store.ts'
import { SegmentClient } from './segment-client.ts'
import { SegmentHost } from './segment-host.ts'
import { StateHost } from './state-host.ts'
import { zstdCodec } from './zstd-codec.ts'

let folder: string
let store: FolderSegmentStore
let host: StateHost | undefined
let segmentHost: SegmentHost
let client: SegmentClient

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-segments-'))
  store = new FolderSegmentStore(join(folder, 'segments'))
  segmentHost = new SegmentHost({ folder: join(folder, 'segments'), writer: 'test' })
  client = new SegmentClient(segmentHost.lease())
})

afterEach(async () => {
  await host?.stop()
  client.close()
  await segmentHost.stop()
  host = undefined
  rmSync(folder, { recursive: true, force: true })
})

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const range = { first: 0, last: 127 }

function tier(room?: StateRoom): MemoryTier {
  return new MemoryTier({
    maxParallelism: 128,
    ownsKeyGroup: () => true,
    clock,
    inSegments: true,
    ...(room === undefined ? {} : { room }),
  })
}

function snapshotsOf(state: MemoryTier): StateSnapshots {
  return new StateSnapshots({
    state,
    maxParallelism: 128,
    range,
    segments: client,
    clock,
    nameOf: serial => `job/operator/${serial}.segment`,
  })
}

async function take(snapshots: StateSnapshots, between: () => void = () => undefined) {
  const snapshot = snapshots.begin()
  while (!snapshot.step(0.2)) {
    between()
    await new Promise(resolve => setImmediate(resolve))
  }
  return await snapshot.done
}

test('state that is mostly on disk is in a snapshot as it was at the freeze, though it changes while it is written', async () => {
  host = new StateHost({
    folder: join(folder, 'state'),
    writeBufferBytes: 4 << 20,
    writeBuffersMax: 2,
    cacheBytes: 1 << 20,
  })
  const room = new StateRoom(100_000, new SharedSpillStore(host.lease().memory))
  const state = tier(room)
  const table = state.table<{ n: number; text: string }>('t')
  const text = 'some text that can be compressed '.repeat(3)
  const count = 5_000
  for (let key = 0; key < count; key++) table.insert(key, key, { n: 1, text })
  expect(room.counters.diskWrites).toBeGreaterThan(3_000)
  const snapshots = snapshotsOf(state)
  const change = (n: number) => {
    let next = 0
    return () => {
      for (let i = 0; i < 50; i++) {
        const key = (next++ * 7_919) % count
        const row = table.get(key)
        if (row === undefined) continue
        if (key % 5 === 0) table.delete(key)
        else {
          row.value.n = n
          table.touch(row)
        }
      }
    }
  }
  const first = await take(snapshots, change(2))
  // What the first snapshot was of is not what there is now.
  const second = await take(snapshots, change(3))
  const at = async (manifest: typeof first) => {
    const restored = tier()
    restored.restoreChain(await loadChain(manifest, store, zstdCodec))
    return new Map([...restored.table<{ n: number }>('t').rows()].map(({ key, value }) => [key as number, value.n]))
  }
  const before = await at(first)
  expect(before.size).toBe(count)
  expect(new Set(before.values())).toEqual(new Set([1]))
  const after = await at(second)
  expect(after.size).toBeLessThan(count)
  expect(new Set(after.values())).toEqual(new Set([1, 2]))
  const third = await take(snapshots)
  expect(await at(third)).toEqual(
    new Map([...table.rows()].map(({ key, value }) => [key as number, (value as { n: number }).n])),
  )
}, 60_000)

test('files are compressed, complete, and listed when nobody needs them any more', async () => {
  const state = tier()
  const table = state.table<string>('t')
  for (let key = 0; key < 5_000; key++) table.insert(key, key, `the text of ${key} `.repeat(5))
  const snapshots = snapshotsOf(state)
  let manifest = await take(snapshots)
  const { sizeBytes, rawBytes, name } = manifest.segments[0]!
  expect(sizeBytes).toBeLessThan(rawBytes / 3)
  expect(readFileSync(join(folder, 'segments', name)).length).toBe(sizeBytes)
  for (let round = 0; round < 8; round++) {
    for (let key = 0; key < 5_000; key += 2) table.update(table.get(key)!, `the text of round ${round} `.repeat(5))
    manifest = await take(snapshots)
    if (await snapshots.merge()) break
  }
  manifest = await take(snapshots)
  expect(manifest.segments.length).toBe(1)
  const names = await store.names()
  expect(unreferencedSegments(names, [manifest]).sort()).toEqual(
    names.filter(other => other !== manifest.segments[0]?.name).sort(),
  )
  expect(names.length).toBeGreaterThan(4)
})

test('a damaged file is refused by name', async () => {
  const state = tier()
  for (let key = 0; key < 1_000; key++) state.table<number>('t').insert(key, key, key)
  const manifest = await take(snapshotsOf(state))
  const path = join(folder, 'segments', manifest.segments[0]!.name)
  const bytes = readFileSync(path)
  const load = () => loadChain(manifest, store, zstdCodec)
  bytes[50]! ^= 1
  writeFileSync(path, bytes)
  await expect(load()).rejects.toThrow(/'job\/operator\/0\.segment' of a snapshot of state is damaged/)
  truncateSync(path, 40)
  await expect(load()).rejects.toThrow(/is cut off/)
  rmSync(path)
  await expect(load()).rejects.toThrow(/is missing.*restore from another one/)
})

test('a folder that cannot be written fails the snapshot, and the next one has what that one had', async () => {
  const state = tier()
  const table = state.table<number>('t')
  table.insert('a', 'a', 1)
  const snapshots = snapshotsOf(state)
  // A file where the folder should be: also root cannot write there.
  writeFileSync(join(folder, 'segments'), '')
  const failed = await take(snapshots).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(WeirError)
  expect((failed as WeirError).code).toBe('FILE_ACCESS')
  rmSync(join(folder, 'segments'))
  table.insert('b', 'b', 2)
  const manifest = await take(snapshots)
  const restored = tier()
  restored.restoreChain(await loadChain(manifest, store, zstdCodec))
  expect([...restored.table<number>('t').rows()].map(({ key }) => key).sort()).toEqual(['a', 'b'])
  expect(
    readdirSync(join(folder, 'segments'), { recursive: true }).some(name => `${name}`.includes('unfinished')),
  ).toBe(false)
})

test('the checksum of the runtime is that of the portable codec', () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => (i * 31) & 0xff)
  expect(zstdCodec.checksum(bytes)).toBe(crc32(bytes))
})

test('a view of the disk is asked without waiting, and its answer is the one of the freeze whatever is asked in between', () => {
  host = new StateHost({
    folder: join(folder, 'state'),
    writeBufferBytes: 4 << 20,
    writeBuffersMax: 2,
    cacheBytes: 1 << 20,
  })
  const spills = new SharedSpillStore(host.lease().memory)
  const room = new StateRoom(Number.POSITIVE_INFINITY, spills)
  const prefix = new Uint8Array([0, 0, 0, 1])
  const keyOf = (n: number) => new Uint8Array([n >> 8, n & 0xff])
  const large = 4_000
  const write = (from: number, to: number, fill: number) => {
    for (let n = from; n < to; n++) room.put(prefix, keyOf(n), 2, new Uint8Array(large).fill(fill))
    room.flush()
  }
  const full = (n: number) => new Uint8Array([...prefix, ...keyOf(n)])
  write(0, 1_000, 1)
  const view = room.openView()
  const answer = view.scan(prefix, null, 1_000)
  // 4 MB each way, more than either pipe holds: nobody waits for somebody who waits for him.
  write(0, 1_000, 2)
  expect(room.getOne(prefix, keyOf(7), 2)?.[0]).toBe(2)
  expect(answer.isThere).toBe(true)
  const entries = answer.take()
  expect(entries.length).toBe(1_000)
  expect(entries.every(({ value }) => value.length === large && value[0] === 1)).toBe(true)
  const second = room.openView()
  const older = view.get([full(3), full(2_000)])
  const newer = second.get([full(3)])
  expect(newer.take()[0]?.[0]).toBe(2)
  expect(older.take().map(value => value?.[0])).toEqual([1, undefined])
  view.close()
  second.close()
  expect(room.getOne(prefix, keyOf(999), 2)?.[0]).toBe(2)
}, 60_000)
