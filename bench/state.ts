import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CanonicalKey, canonicalKey, keyFromCanonical } from '@weir/engine/record/canonical-key'
import type { NumberTable } from '@weir/engine/state/keyed-state-backend'
import { MemoryTier } from '@weir/engine/state/memory-tier'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { StateHost } from '@weir/state-host/state-host'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { seededRandom, zipf } from './support/zipf.ts'

/**
 * Updates of keyed state in one slot: a count per key, keys drawn by Zipf's law and scattered over the key space, batches
 * of 512 as a subtask takes them, the keys of each fetched before it. First every key is inserted once, then updates are
 * timed. `--room`: the share of the rows that there is room for in memory; 1: all, with no disk behind. `--tracked`: after
 * a snapshot in segments, so that an account of changes is kept.
 */
const options = benchArguments(
  'npm run bench -- state [--keys N] [--updates N] [--room SHARE] [--keys-as number|string] [--table rows|numbers] [--cache BYTES] [--theta T] [--tracked] [--json]',
  {
    keys: { type: 'string', default: '5000000' },
    updates: { type: 'string', default: '3000000' },
    room: { type: 'string', default: '1' },
    'keys-as': { type: 'string', default: 'number' },
    table: { type: 'string', default: 'numbers' },
    cache: { type: 'string', default: '0' },
    theta: { type: 'string', default: '0.99' },
    tracked: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
)
const keys = wholeNumber(options.keys, 'keys')
const updates = wholeNumber(options.updates, 'updates')
const share = Number(options.room)
const BATCH = 512
/** What the table reckons for a row with a number. */
const ROW_BYTES =
  options.table === 'rows' ? (options['keys-as'] === 'string' ? 160 : 128) : options['keys-as'] === 'string' ? 160 : 48

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
  inSegments: options.tracked === true,
})
const table = options.table === 'rows' ? rowTable() : state.numberTable('counts')

/** The same with an object for each row. */
function rowTable(): Pick<NumberTable, 'add' | 'size' | 'rows'> {
  const rows = state.table<number>('counts')
  return {
    get size() {
      return rows.size
    },
    rows: () => rows.rows(),
    add: (canonical, amount) => {
      const row = rows.get(canonical)
      if (row === undefined) rows.insert(canonical, keyFromCanonical(canonical), amount)
      else rows.update(row, row.value + amount)
      return 0
    },
  }
}

const keyOf: (n: number) => string | number = options['keys-as'] === 'string' ? n => `customer-${n}` : n => n
/** Neighbours in rank are no neighbours in the key space. */
const scattered = (n: number): number => (n * 2_654_435_761) % keys

const batch = new Array<string | number>(BATCH)
const canonicals = new Array<CanonicalKey>(BATCH)

/** One batch, as a subtask takes it. */
function addToAll(amount: number, count: number): void {
  if (state.mayHaveSpilled) {
    for (let i = 0; i < count; i++) canonicals[i] = canonicalKey(batch[i])
    state.prefetch(canonicals, count)
  }
  for (let i = 0; i < count; i++) table.add(canonicalKey(batch[i]), amount)
}

function insertAll(): number {
  const began = performance.now()
  for (let n = 0; n < keys; n += BATCH) {
    const count = Math.min(BATCH, keys - n)
    for (let i = 0; i < count; i++) batch[i] = keyOf(n + i)
    addToAll(0, count)
  }
  return keys / ((performance.now() - began) / 1000)
}

function update(count: number, next: () => number): { perSecond: number; perCpuSecond: number } {
  let ms = 0
  let cpuMicros = 0
  for (let done = 0; done < count; done += BATCH) {
    for (let i = 0; i < BATCH; i++) batch[i] = keyOf(scattered(next()))
    const cpu = process.cpuUsage()
    const began = performance.now()
    addToAll(1, BATCH)
    ms += performance.now() - began
    const used = process.cpuUsage(cpu)
    cpuMicros += used.user + used.system
  }
  return { perSecond: count / (ms / 1000), perCpuSecond: count / (cpuMicros / 1e6) }
}

const rssMb = (): number => Math.round(process.memoryUsage.rss() / 1024 / 1024)
const insertsPerSecond = insertAll()
if (options.tracked === true) {
  const frozen = state.freeze()
  while (!frozen.step(() => performance.now(), performance.now() + 1_000)) frozen.takeReady()
}
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
    table: options.table,
    tracked: options.tracked === true,
    roomMb: Number.isFinite(room.limitBytes) ? Math.round(room.limitBytes / 1024 / 1024) : null,
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
