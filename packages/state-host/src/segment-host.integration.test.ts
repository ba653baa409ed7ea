import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { MemoryTier } from '@weir/engine/state/memory-tier'
import { loadChain } from '@weir/engine/state/segments/segment-io'
import { StateSnapshots } from '@weir/engine/state/state-snapshots'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FolderSegmentStore } from './folder-segment-store.ts'
import { SegmentClient } from './segment-client.ts'
import { SegmentHost } from './segment-host.ts'
import { zstdCodec } from './zstd-codec.ts'

let folder: string
let host: SegmentHost

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-segment-host-'))
  host = new SegmentHost({ folder, writer: 'test' })
})

afterEach(async () => {
  await host.stop()
  rmSync(folder, { recursive: true, force: true })
})

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const range = { first: 0, last: 127 }

function tier(): MemoryTier {
  return new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock, inSegments: true })
}

/** A slot with a table, and its own way to the thread. */
class Slot {
  readonly client = new SegmentClient(host.lease())
  readonly state = tier()
  readonly table = this.state.table<{ n: number }>('t')
  readonly snapshots: StateSnapshots

  constructor(name: string) {
    this.snapshots = new StateSnapshots({
      state: this.state,
      maxParallelism: 128,
      range,
      segments: this.client,
      clock,
      nameOf: serial => `${name}/${serial}.segment`,
    })
  }

  set(from: number, to: number, n: number): void {
    for (let key = from; key < to; key++) {
      const row = this.table.get(key)
      if (row === undefined) this.table.insert(key, key, { n })
      else this.table.update(row, { n })
    }
  }

  async take() {
    const snapshot = this.snapshots.begin()
    while (!snapshot.step(1)) await new Promise(resolve => setImmediate(resolve))
    return await snapshot.done
  }
}

test('a chain of segments is merged beside the task, which goes on with snapshots, and holds what it held', async () => {
  const slot = new Slot('a')
  slot.set(0, 20_000, 0)
  await slot.take()
  let turns = 0
  let merges = 0
  for (let round = 1; round <= 30; round++) {
    slot.set(round * 500, round * 500 + 1_000, round)
    await slot.take()
    let merging = true
    const merge = slot.snapshots.merge().finally(() => {
      merging = false
    })
    while (merging) {
      turns++
      slot.set(round, round + 1, -round)
      await new Promise(resolve => setImmediate(resolve))
    }
    if (await merge) merges++
  }
  expect(merges).toBeGreaterThan(1)
  expect(turns).toBeGreaterThan(merges)
  const manifest = await slot.take()
  // A merge leaves room for four more runs before the next.
  expect(manifest.segments.length).toBeLessThan(12)
  const restored = tier()
  restored.restoreChain(await loadChain(manifest, new FolderSegmentStore(folder), zstdCodec))
  expect(new Map([...restored.table<{ n: number }>('t').rows()].map(({ key, value }) => [key, value.n]))).toEqual(
    new Map([...slot.table.rows()].map(({ key, value }) => [key, value.n])),
  )
  slot.client.close()
}, 60_000)

test('slots write by one thread, and one that goes in the midst of it does not harm the others', async () => {
  const slots = ['a', 'b', 'c'].map(name => new Slot(name))
  for (const [i, slot] of slots.entries()) slot.set(0, 5_000, i)
  const taken = slots.map(slot => slot.take())
  const left = taken[1]!.then(
    () => 'written before it left',
    (error: unknown) => (error as WeirError).code,
  )
  slots[1]!.client.close()
  const outcome = await left
  expect(['written before it left', 'FILE_ACCESS']).toContain(outcome)
  for (const i of [0, 2]) {
    const restored = tier()
    restored.restoreChain(await loadChain((await taken[i])!, new FolderSegmentStore(folder), zstdCodec))
    const values = [...restored.table<{ n: number }>('t').rows()].map(({ value }) => value.n)
    expect(values).toEqual(new Array(5_000).fill(i))
    slots[i]!.client.close()
  }
}, 60_000)

test('an error of the disk comes back with its code, and a merge that fails leaves everything as it was', async () => {
  const slot = new Slot('a')
  for (let round = 0; round < 6; round++) {
    slot.set(0, 100, round)
    await slot.take()
  }
  const before = await slot.take()
  rmSync(join(folder, before.segments[2]!.name))
  const error = await slot.snapshots.merge().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(WeirError)
  expect((error as WeirError).code).toBe('STATE_SEGMENT')
  expect((error as WeirError).message).toContain(`'${before.segments[2]!.name}'`)
  expect(await slot.take()).toEqual(before)
  slot.client.close()
}, 60_000)

test('stopping waits for what is being written, and what comes later is refused', async () => {
  const slot = new Slot('a')
  slot.set(0, 50_000, 7)
  const snapshot = slot.snapshots.begin()
  while (!snapshot.step(1_000)) await new Promise(resolve => setImmediate(resolve))
  const stopped = host.stop()
  const manifest = await snapshot.done
  await stopped
  const chain = await loadChain(manifest, new FolderSegmentStore(folder), zstdCodec)
  expect([...chain.entries('t')].length).toBe(50_000)
  slot.set(0, 10, 8)
  const failed = await slot.take().catch((error: unknown) => error)
  expect((failed as WeirError).message).toContain('the thread that writes segments has ended')
}, 60_000)

const unfinished = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.includes('.unfin'))

test('stopping in the midst of a merge leaves nothing unfinished behind, and what was written is whole', async () => {
  const slot = new Slot('a')
  for (let round = 0; round < 6; round++) {
    slot.set(0, 40_000, Math.random())
    await slot.take()
  }
  const manifest = await slot.take()
  let merging = true
  const merged = slot.snapshots.merge().then(
    () => 'through before the stop',
    (error: unknown) => (error as WeirError).code,
  )
  void merged.finally(() => {
    merging = false
  })
  while (merging && unfinished().length === 0) await new Promise(resolve => setImmediate(resolve))
  await host.stop()
  expect(['FILE_ACCESS', 'through before the stop']).toContain(await merged)
  expect(unfinished()).toEqual([])
  const chain = await loadChain(manifest, new FolderSegmentStore(folder), zstdCodec)
  expect([...chain.entries('t')].length).toBe(40_000)
}, 60_000)

test('a host that begins removes what one of its name was killed over, and nothing of others', async () => {
  mkdirSync(join(folder, 'job'))
  const names = ['7.segment', '8.segment.other.unfinished', '8.segment.test.unfinished']
  for (const name of names) writeFileSync(join(folder, 'job', name), 'half')
  const second = new SegmentHost({ folder, writer: 'test' })
  await vi.waitFor(() => expect(readdirSync(join(folder, 'job')).toSorted()).toEqual(names.slice(0, 2)), 10_000)
  await second.stop()
}, 60_000)
