import type { SlotMetrics, SubtaskMetrics } from '@weir/proto/metrics'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { registerTaskMetrics } from './task-metrics.ts'

const operator = {
  uid: 'u',
  name: 'count',
  recordsIn: 7,
  recordsOut: 5,
  lateRecords: 2,
  stateBytes: 640,
  stateDisk: { reads: 31, writes: 32, bytes: 600 },
}
const subtask: SubtaskMetrics = {
  vertex: 1,
  subtask: 2,
  status: 'running',
  recordsIn: 7,
  recordsOut: 5,
  busyMs: 100,
  backpressuredMs: 300,
  idleMs: 0,
  watermark: 1000,
  stateBytes: 640,
  overdraftBytesMax: 4096,
  latency: { counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1], sumSeconds: 0.007 },
  sent: { local: 1, ring: 2, tcp: 3 },
  operators: [
    // It has never had to do with the disk.
    { ...operator, uid: 's', name: 'source', recordsIn: 0, recordsOut: 9, stateDisk: undefined },
    operator,
  ],
}
const slot = (changes: Partial<SubtaskMetrics> = {}): SlotMetrics => {
  return { jobId: 'job_1', attempt: 1, slot: 0, subtasks: [{ ...subtask, ...changes }] }
}

/** Registers, and gives a scrape as `name{labels}` → value, and how to change what the slots report. */
function scraped(first: SlotMetrics) {
  let slots: readonly SlotMetrics[] = [first]
  const registry = new Registry()
  registerTaskMetrics(registry, () => slots)
  return {
    report: (...next: readonly SlotMetrics[]) => {
      slots = next
    },
    async read(): Promise<Record<string, number>> {
      const lines = (await registry.metrics()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
      return Object.fromEntries(lines.map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]))
    },
  }
}

const TASK = 'task="job_1/1/2"'
const ratio = `backpressure_ratio{${TASK},job="job_1"}`

describe('the metrics of tasks', () => {
  it('tell how long records take in cumulative buckets, by the head of the chain', async () => {
    const values = await scraped(slot()).read()
    const labels = `${TASK},operator="source",job="job_1"`
    expect(values).toMatchObject({
      [`processing_latency_seconds_bucket{${labels},le="0.0005"}`]: 0,
      [`processing_latency_seconds_bucket{${labels},le="0.001"}`]: 3,
      [`processing_latency_seconds_bucket{${labels},le="0.0025"}`]: 3,
      [`processing_latency_seconds_bucket{${labels},le="0.005"}`]: 4,
      [`processing_latency_seconds_bucket{${labels},le="+Inf"}`]: 4,
      [`processing_latency_seconds_sum{${labels}}`]: 0.007,
      [`processing_latency_seconds_count{${labels}}`]: 4,
    })
  })

  it('have the documented names and labels, each with its value', async () => {
    const nowMs = Date.now()
    const { [`watermark_lag_ms{${TASK},job="job_1"}`]: lag, ...all } = await scraped(slot()).read()
    const values = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('processing_latency')))
    expect(values).toEqual({
      [`records_processed_total{${TASK},operator="source",job="job_1"}`]: 9,
      [`records_processed_total{${TASK},operator="count",job="job_1"}`]: 7,
      [`records_sent_total{${TASK},transport="local",job="job_1"}`]: 1,
      [`records_sent_total{${TASK},transport="ring",job="job_1"}`]: 2,
      [`records_sent_total{${TASK},transport="tcp",job="job_1"}`]: 3,
      [`late_records_total{${TASK},operator="source",job="job_1"}`]: 2,
      [`late_records_total{${TASK},operator="count",job="job_1"}`]: 2,
      [ratio]: 0.75,
      [`overdraft_bytes_max{${TASK},job="job_1"}`]: 4096,
      [`state_size_bytes{${TASK},operator="source",job="job_1"}`]: 640,
      [`state_size_bytes{${TASK},operator="count",job="job_1"}`]: 640,
      [`state_disk_reads_total{${TASK},operator="count",job="job_1"}`]: 31,
      [`state_disk_writes_total{${TASK},operator="count",job="job_1"}`]: 32,
    })
    expect(lag).toBeGreaterThanOrEqual(nowMs - 1000)
    expect(lag).toBeLessThanOrEqual(Date.now() - 1000)
  })

  it('tell of aligned sources how many splits wait and how far ahead the furthest is, as far as that is known', async () => {
    const alignment = { group: 'g', splits: 3, pausedSplits: 2, pausedMs: 70, aheadMs: 1500 }
    const labels = `{${TASK},group="g",job="job_1"}`
    const values = await scraped(slot({ alignment })).read()
    expect(values).toMatchObject({ [`source_paused_splits${labels}`]: 2, [`source_ahead_ms${labels}`]: 1500 })
    const unknown = await scraped(slot({ alignment: { ...alignment, aheadMs: null } })).read()
    expect(unknown).toHaveProperty([`source_paused_splits${labels}`], 2)
    expect(unknown).not.toHaveProperty([`source_ahead_ms${labels}`])
  })

  it('have no watermark lag where there is no event time, and no ratio before time has passed', async () => {
    const values = await scraped(slot({ watermark: null, busyMs: 0, backpressuredMs: 0 })).read()
    expect(Object.keys(values).filter(name => /^(watermark_lag|backpressure)/.test(name))).toEqual([])
  })

  it('have the backpressure since the scrape before, not since the start', async () => {
    const tasks = scraped(slot())
    await tasks.read()
    tasks.report(slot({ busyMs: 150, backpressuredMs: 350 }))
    expect((await tasks.read())[ratio]).toBe(0.5)
  })

  it('begin anew with a further attempt, whose times are counted from its own start', async () => {
    const tasks = scraped(slot())
    await tasks.read()
    tasks.report({ ...slot({ busyMs: 90, backpressuredMs: 10 }), attempt: 2 })
    expect((await tasks.read())[ratio]).toBe(0.1)
  })

  it('forget tasks that are gone', async () => {
    const tasks = scraped(slot())
    await tasks.read()
    tasks.report()
    expect(await tasks.read()).toEqual({})
    tasks.report(slot({ busyMs: 150, backpressuredMs: 350 }))
    expect((await tasks.read())[ratio], 'of a task that is new').toBe(0.7)
  })
})
