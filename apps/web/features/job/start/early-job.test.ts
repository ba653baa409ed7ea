import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { expect, test } from 'vitest'
import { earlyJob, earlyPipeline } from './early-job.ts'

const started = {
  ...{ jobId: 'job_1', name: 'clicks', parallelism: 2, at: 5_000 },
  code: {
    ...{ fileName: 'clicks.ts', source: 'x' },
    pipeline: { name: 'of the code', parallelism: 2, maxParallelism: 128, operators: [], edges: [] },
  },
}
const row: JobRowDoc = {
  ...{ jobId: 'job_1', name: 'clicks', restarting: true, parallelism: 2, restarts: 3 },
  status: 'RUNNING',
  verdict: { kind: 'restarting', tone: 'warn', text: 'Restarting.', detail: null, operator: null, since: null },
  ...{ submittedAt: 1_000, startedAt: 2_000, finishedAt: null },
  ...{ recordsIn: 10, recordsOut: 20, recordsInPerSecond: 1, recordsOutPerSecond: 2, backpressure: 0.4, busy: 0.9 },
}

test('a job of the list is shown with all that the list says of it', () => {
  expect(earlyJob(row, started)).toMatchObject({
    ...{ name: 'clicks', status: 'RUNNING', restarting: true, restarts: 3, verdict: row.verdict },
    totals: { recordsIn: 10, recordsOutPerSecond: 2, busyMax: 0.9, backpressureMax: 0.4, stateBytes: null },
  })
})

test('a job that was started here is shown as starting, with nothing known of its figures', () => {
  expect(earlyJob(undefined, started)).toMatchObject({
    ...{ jobId: 'job_1', name: 'clicks', status: 'CREATED', submittedAt: 5_000, startedAt: null },
    verdict: { kind: 'starting' },
    totals: { recordsIn: null, busyMax: null },
  })
})

test('of any other job nothing is claimed', () => {
  expect(earlyJob(undefined, null)).toBeNull()
  expect(earlyPipeline(null)).toBeUndefined()
})

test('the graph of a started job is that of its code, under the name that it was given', () => {
  expect(earlyPipeline(started)).toMatchObject({ jobId: 'job_1', source: 'x', pipeline: { name: 'clicks' } })
  expect(earlyPipeline({ ...started, code: null })).toBeUndefined()
})
