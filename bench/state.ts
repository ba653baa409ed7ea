import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CanonicalKey, canonicalKey } from '@weir/engine/record/canonical-key'
import { MemoryTier } from '@weir/engine/state/memory-tier'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { StateHost } from '@weir/state-host/state-host'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { seededRandom, zipf } from './support/zipf.ts'

/**
 * Updates of keyed state in one slot: a count per key, keys drawn by Zipf's law and scattered over the key space, batches
 * of 512 as a subtask takes them, the keys of each fetched before it. First every key is inserted once, then updates are
 * timed. `--room`: the share of the rows that there is room for in memory; 1: all, with no disk behind.
 */
const options = benchArguments(
  'npm run bench -- state [--keys N] [--updates N] [--room SHARE] [--keys-as number|string] [--cache BYTES] [--theta T] [--json]',
  {
    keys: { type: 'string', default: '5000000' },
    updates: { type: 'string', default: '3000000' },
    room: { type: 'string', default: '1' },
    'keys-as': { type: 'string', default: 'number' },
    cache: { type: 'string', default: '0' },
    theta: { type: 'string', default: '0.99' },
    json: { type: 'boolean', default: false },
  },
)
const keys = wholeNumber(options.keys, 'keys')
const updates = wholeNumber(options.updates, 'updates')
const share = Number(options.room)
const BATCH = 512
/** What the table reckons for a row with a number. */
const ROW_BYTES = options['keys-as'] === 'string' ? 160 : 128

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-state-'))
const host =
  share < 1
    ? new StateHost({
        folder: join(folder, 'state'),
        writeBufferBytes: 64 << 20,
        writeBuffersMax: 3,
        cacheBytes: Number(options.cache),
      })
    : undefined
const room =
  host === undefined
    ? new StateRoom(Number.POSITIVE_INFINITY)
    : new StateRoom(keys * share * ROW_BYTES, new SharedSpillStore(host.lease().memory))
const state = new MemoryTier({
  maxParallelism: 128,
  ownsKeyGroup: () => true,
  clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
  room,
})
const table = state.table<number>('counts')

const keyOf: (n: number) => string | number = options['keys-as'] === 'string' ? n => `customer-${n}` : n => n
/** Neighbours in rank are no neighbours in the key space. */
const scattered = (n: number): number => (n * 2_654_435_761) % keys

function insertAll(): number {
  const began = performance.now()
  for (let n = 0; n < keys; n++) {
    const key = keyOf(n)
    const canonical = canonicalKey(key)
    if (table.get(canonical) === undefined) table.insert(canonical, key, 0)
  }
  return keys / ((performance.now() - began) / 1000)
}

function update(count: number, next: () => number): { perSecond: number; perCpuSecond: number } {
  const batch = new Array<string | number>(BATCH)
  const canonicals = new Array<CanonicalKey>(BATCH)
  let ms = 0
  let cpuMicros = 0
  for (let done = 0; done < count; done += BATCH) {
    for (let i = 0; i < BATCH; i++) batch[i] = keyOf(scattered(next()))
    const cpu = process.cpuUsage()
    const began = performance.now()
    if (state.mayHaveSpilled) {
      for (let i = 0; i < BATCH; i++) canonicals[i] = canonicalKey(batch[i])
      state.prefetch(canonicals, BATCH)
    }
    for (let i = 0; i < BATCH; i++) {
      const key = batch[i]!
      const canonical = canonicalKey(key)
      const row = table.get(canonical)
      if (row === undefined) table.insert(canonical, key, 1)
      else table.update(row, row.value + 1)
    }
    ms += performance.now() - began
    const used = process.cpuUsage(cpu)
    cpuMicros += used.user + used.system
  }
  return { perSecond: count / (ms / 1000), perCpuSecond: count / (cpuMicros / 1e6) }
}

const rssMb = (): number => Math.round(process.memoryUsage.rss() / 1024 / 1024)
const insertsPerSecond = insertAll()
const draw = zipf(keys, Number(options.theta), seededRandom(1))
update(Math.ceil(updates / 4), draw)
const before = { ...room.counters }
const rssBefore = rssMb()
const { perSecond, perCpuSecond } = update(updates, draw)
const rssAfter = rssMb()
const after = { ...room.counters }
let sum = 0
for (const { value } of table.rows()) sum += value
const expected = Math.ceil(Math.ceil(updates / 4) / BATCH) * BATCH + Math.ceil(updates / BATCH) * BATCH
if (sum !== expected || table.size !== keys)
  throw new Error(`counted ${sum} in ${table.size} keys, not ${expected} in ${keys}`)
await host?.stop()
rmSync(folder, { recursive: true, force: true })
printResult(
  {
    bench: 'state',
    keys,
    room: share,
    keysAs: options['keys-as'],
    insertsPerSecond: Math.round(insertsPerSecond),
    updatesPerSecond: Math.round(perSecond),
    updatesPerCpuSecond: Math.round(perCpuSecond),
    diskReads: after.diskReads - before.diskReads,
    diskMisses: after.diskMisses - before.diskMisses,
    diskWrites: after.diskWrites - before.diskWrites,
    rssMbBefore: rssBefore,
    rssMbAfter: rssAfter,
  },
  options.json === true,
)
