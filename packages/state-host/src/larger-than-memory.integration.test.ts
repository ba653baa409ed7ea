import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { StateHost } from './state-host.ts'
import type { LargerJobData, LargerJobResult } from './testing/larger-job.ts'

const MB = 1024 * 1024
const ROOM_BYTES = 4 * MB
const KEYS = 40_000
/** Each key ten times: at a fifth of them the state has been full for a while, and caches and heaps have their size. */
const RECORDS = 400_000

let folder: string
let host: StateHost

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-larger-'))
  host = new StateHost({
    folder: join(folder, 'state'),
    writeBufferBytes: 2 * MB,
    writeBuffersMax: 2,
    cacheBytes: 2 * MB,
  })
})

afterEach(async () => {
  await host.stop()
  await rm(folder, { recursive: true, force: true })
})

async function runJob(data: LargerJobData): Promise<LargerJobResult> {
  const worker = new Worker(new URL('./testing/larger-job.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
    execArgv: [],
  })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

it('a job whose state is five times its room keeps its memory, and reads back every key', async () => {
  const { memory } = host.lease()
  const job = await runJob({ memory, roomBytes: ROOM_BYTES, keys: KEYS, records: RECORDS })
  expect(job.rows).toBe(RECORDS)
  expect(job.wrong).toBe(0)
  // The independent count: every key came as often as the records say.
  const expected = new Int32Array(KEYS)
  for (let record = 0; record < RECORDS; record++) expected[(record * 7919) % KEYS]!++
  expect(Buffer.compare(Buffer.from(job.counts.buffer), Buffer.from(expected.buffer))).toBe(0)

  expect(job.stateBytes).toBeGreaterThan(5 * ROOM_BYTES)
  expect(job.usedBytes).toBeLessThanOrEqual(1.1 * ROOM_BYTES)
  expect(job.counters.diskReads).toBeGreaterThan(RECORDS / 4)
  expect(job.reportedReads).toBe(job.counters.diskReads)
  // Prefetch asks for the keys of a batch together: hardly ever does a record wait for itself.
  expect(job.counters.diskMisses).toBeLessThan(job.counters.diskReads / 20)
  expect((job.rss.at(-1) as number) / (job.rss[3] as number)).toBeLessThanOrEqual(1.2)
}, 60_000)
