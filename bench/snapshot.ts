import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, type NodeGCPerformanceDetail, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { decodeValue } from '@weir/engine/record/value-codec'
import { MemoryTier } from '@weir/engine/state/memory-tier'
import { encodeManifest, type StateManifest } from '@weir/engine/state/segments/manifest'
import { loadChain } from '@weir/engine/state/segments/segment-io'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { StateSnapshots } from '@weir/engine/state/state-snapshots'
import { FolderSegmentStore } from '@weir/state-host/folder-segment-store'
import { SegmentClient } from '@weir/state-host/segment-client'
import { SegmentHost } from '@weir/state-host/segment-host'
import { StateHost } from '@weir/state-host/state-host'
import { zstdCodec } from '@weir/state-host/zstd-codec'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { seededRandom } from './support/zipf.ts'

/**
 * A snapshot in segments of keyed state of which a share has changed since the one before, taken while the task goes on
 * updating the same share. State and task are in a worker thread, as in a slot; segments are written and merged in another. A
 * stop is the time from the end of one batch of 512 updates to the end of the next; the same is measured for as long without
 * a snapshot (`…Without`), for the first snapshot, which is of everything (`first…`), and for a merge of the segments of as
 * many further snapshots as one waits for (`merge…`). `--room`: the share of the rows that there is room for in memory; 1:
 * all, with no disk behind. On a machine that does other things, `…CpuMs` tells what a stop took of the thread's own time.
 */
interface Options {
  readonly entries: number
  readonly changed: number
  readonly room: number
  readonly sliceMs: number
  readonly folder: string
  readonly segments: MessagePort
}

const BATCH = 512
const TEXT_BYTES = 76
const MAX_PARALLELISM = 128
/** What the table reckons for a row of this benchmark. */
const ROW_BYTES = 300
/** Of the task alone, before the first snapshot, so that the collector has ended what filling gave it to do. */
const SETTLE_MS = 3_000
/** More than a merge of segments at the end of the list waits for. */
const SNAPSHOTS_MAX = 20
/** What is left of MEMORY_SIZE=8192 for the heap of one slot. */
const HEAP_MB = 6144

async function measure(options: Options): Promise<Record<string, unknown>> {
  const { entries, changed, sliceMs, folder } = options
  const host =
    options.room < 1
      ? new StateHost({
          folder: join(folder, 'state'),
          writeBufferBytes: 64 << 20,
          writeBuffersMax: 3,
          cacheBytes: 0,
        })
      : undefined
  const room =
    host === undefined
      ? new StateRoom(Number.POSITIVE_INFINITY)
      : new StateRoom(entries * options.room * ROW_BYTES, new SharedSpillStore(host.lease().memory))
  const state = new MemoryTier({
    maxParallelism: MAX_PARALLELISM,
    ownsKeyGroup: () => true,
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    room,
    inSegments: true,
  })
  const table = state.table<{ id: number; count: number; text: string }>('entries')
  const store = new FolderSegmentStore(join(folder, 'segments'))
  const client = new SegmentClient(options.segments)
  const snapshots = new StateSnapshots({
    state,
    maxParallelism: MAX_PARALLELISM,
    range: { first: 0, last: MAX_PARALLELISM - 1 },
    segments: client,
    clock: { monotonicMs: () => performance.now(), now: () => Date.now() },
    nameOf: serial => `${serial}.segment`,
  })
  const random = seededRandom(1)
  const text = Buffer.alloc(TEXT_BYTES)
  const textOf = (): string => {
    for (let i = 0; i < TEXT_BYTES; i++) text[i] = 33 + Math.floor(random() * 90)
    return text.toString('latin1')
  }
  const update = (key: number): void => {
    const row = table.get(key)
    if (row === undefined) throw new Error(`the key ${key} is gone`)
    row.value.count++
    table.touch(row)
  }
  // Every n-th key changes, again and again: as many as there should be, however long a snapshot takes.
  const every = Math.max(1, Math.round(1 / changed))
  const hot = Math.ceil(entries / every)
  const keys = new Array<number>(BATCH)
  const batch = (): void => {
    for (let i = 0; i < BATCH; i++) keys[i] = Math.floor(random() * hot) * every
    if (state.mayHaveSpilled) state.prefetch(keys, BATCH)
    for (let i = 0; i < BATCH; i++) update(keys[i]!)
  }
  let longestGcMs = 0
  let majorGcs = 0
  const observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      longestGcMs = Math.max(longestGcMs, entry.duration)
      const { kind } = (entry as PerformanceEntry & { readonly detail: NodeGCPerformanceDetail }).detail
      if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) majorGcs++
    }
  })
  observer.observe({ entryTypes: ['gc'] })

  /** Batches until `work`, done after each, says that it is enough. */
  const run = async (work: () => boolean): Promise<Stops> => {
    await nextTurn()
    longestGcMs = 0
    majorGcs = 0
    let longestStopMs = 0
    let longestStopCpuMs = 0
    let beforeCpu = threadCpuMs()
    for (let before = performance.now(), enough = false; !enough; ) {
      enough = work()
      await nextTurn()
      batch()
      const now = performance.now()
      const cpu = threadCpuMs()
      longestStopMs = Math.max(longestStopMs, now - before)
      longestStopCpuMs = Math.max(longestStopCpuMs, cpu - beforeCpu)
      before = now
      beforeCpu = cpu
    }
    // Entries of the collector come a turn later.
    await nextTurn()
    return { longestStopMs, longestStopCpuMs, longestGcMs, majorGcs }
  }
  const take = async () => {
    const began = performance.now()
    const snapshot = snapshots.begin()
    const freezeMs = performance.now() - began
    let manifest: StateManifest | undefined
    let failure: unknown
    let encodedMs = 0
    snapshot.done.then(
      done => (manifest = done),
      error => (failure = error),
    )
    const stops = await run(() => {
      if (snapshot.step(sliceMs) && encodedMs === 0) encodedMs = performance.now() - began
      return manifest !== undefined || failure !== undefined
    })
    if (manifest === undefined) throw failure
    return { ...stops, manifest, freezeMs, encodedMs, seconds: (performance.now() - began) / 1000 }
  }
  const change = (): void => {
    for (let key = 0; key < entries; key += every) update(key)
  }
  /** Snapshots until segments are worth a merge, and the merge beside the task. */
  const mergeOnce = async () => {
    for (let round = 0; round < SNAPSHOTS_MAX; round++) {
      change()
      const { manifest: before } = await take()
      const began = performance.now()
      let merged: boolean | undefined
      let failure: unknown
      snapshots.merge().then(
        did => (merged = did),
        error => (failure = error),
      )
      const stops = await run(() => merged !== undefined || failure !== undefined)
      if (failure !== undefined) throw failure
      if (merged !== true) continue
      const seconds = (performance.now() - began) / 1000
      const { manifest: after } = await take()
      return {
        ...stops,
        seconds,
        before: before.segments.length,
        after: after.segments.length,
        bytes: bytesOf(after, before),
      }
    }
    throw new Error(`${SNAPSHOTS_MAX} snapshots were not worth a merge`)
  }
  const bytesOf = ({ segments }: StateManifest, from: StateManifest): number => {
    const before = new Set(from.segments.map(({ name }) => name))
    return segments.reduce((sum, { name, sizeBytes }) => sum + (before.has(name) ? 0 : sizeBytes), 0)
  }

  for (let key = 0; key < entries; key++) table.insert(key, key, { id: key, count: 0, text: textOf() })
  collectAll()
  const settled = performance.now() + SETTLE_MS
  await run(() => performance.now() >= settled)
  const first = await take()
  const second = await take()
  change()
  const measured = await take()
  const until = performance.now() + measured.seconds * 1000
  const without = await run(() => performance.now() >= until)
  const merge = await mergeOnce()
  const rssMb = Math.round(process.memoryUsage.rss() / 1024 / 1024)
  const spilled = room.counters.diskWrites
  observer.disconnect()

  let verified: boolean | null = null
  if (entries <= 1_000_000) {
    const last = await take()
    const chain = await loadChain(last.manifest, store, zstdCodec)
    const counts = new Float64Array(entries).fill(-1)
    for (const { value } of chain.entries('entries')) {
      const { id, count } = decodeValue(value) as { id: number; count: number }
      counts[id] = count
    }
    // The last snapshot was of before the batches that ran beside it.
    verified = true
    for (const { value } of table.rows())
      if (!(counts[value.id]! >= 0 && counts[value.id]! <= value.count)) verified = false
  }
  snapshots.close()
  client.close()
  await host?.stop()
  return {
    bench: 'snapshot',
    entries,
    changed,
    room: options.room,
    firstBytes: bytesOf(first.manifest, { ...first.manifest, segments: [] }),
    firstSeconds: rounded(first.seconds),
    firstLongestStopMs: rounded(first.longestStopMs),
    firstLongestStopCpuMs: rounded(first.longestStopCpuMs),
    firstLongestGcMs: rounded(first.longestGcMs),
    firstMajorGcs: first.majorGcs,
    bytesWritten: bytesOf(measured.manifest, second.manifest) + encodeManifest(measured.manifest).length,
    entriesWritten: measured.manifest.segments.at(-1)?.entries ?? 0,
    seconds: rounded(measured.seconds),
    encodedMs: rounded(measured.encodedMs),
    freezeMs: rounded(measured.freezeMs),
    longestStopMs: rounded(measured.longestStopMs),
    longestStopCpuMs: rounded(measured.longestStopCpuMs),
    longestGcMs: rounded(measured.longestGcMs),
    longestStopMsWithout: rounded(without.longestStopMs),
    longestStopCpuMsWithout: rounded(without.longestStopCpuMs),
    mergeSeconds: rounded(merge.seconds),
    mergeSegments: merge.before,
    mergeSegmentsAfter: merge.after,
    mergeBytesWritten: merge.bytes,
    mergeLongestStopMs: rounded(merge.longestStopMs),
    mergeLongestStopCpuMs: rounded(merge.longestStopCpuMs),
    rowsSpilled: spilled,
    rssMb,
    verified,
  }
}

interface Stops {
  readonly longestStopMs: number
  readonly longestStopCpuMs: number
  readonly longestGcMs: number
  /** Collections of the whole heap. */
  readonly majorGcs: number
}

function collectAll(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** What this thread has used so far. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

if (isMainThread) {
  const options = benchArguments(
    'npm run bench -- snapshot [--entries N] [--changed SHARE] [--room SHARE] [--slice MS] [--json]',
    {
      entries: { type: 'string', default: '10000000' },
      changed: { type: 'string', default: '0.01' },
      room: { type: 'string', default: '1' },
      slice: { type: 'string', default: '4' },
      json: { type: 'boolean', default: false },
    },
  )
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-snapshot-'))
  const segmentHost = new SegmentHost({ folder: join(folder, 'segments'), writer: 'bench' })
  segmentHost.unref()
  const segments = segmentHost.lease()
  const request: Options = {
    entries: wholeNumber(options.entries, 'entries'),
    changed: Number(options.changed),
    room: Number(options.room),
    sliceMs: Number(options.slice),
    folder,
    segments,
  }
  const worker = new Worker(new URL(import.meta.url), {
    workerData: request,
    transferList: [segments],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  worker.on('message', (result: Record<string, unknown>) => printResult(result, options.json === true))
  worker.on('error', error => {
    process.exitCode = 1
    process.stderr.write(`${error.stack ?? error.message}\n`)
  })
  worker.on('exit', () => {
    void segmentHost.stop().then(() => rmSync(folder, { recursive: true, force: true }))
  })
} else {
  parentPort?.postMessage(await measure(workerData as Options))
}
