import { setTimeout as wait } from 'node:timers/promises'
import * as sdk from '@weir/sdk'
import { bundleJob } from '@weir/submission/bundle'
import { TestCluster } from '../e2e/support/cluster.ts'
import { Histogram, type HistogramJson } from './latency/histogram.ts'
import type { LatencyJobOptions } from './latency/job.ts'
import { WINDOW_MS } from './latency/schedule.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { arrived } from './support/arrived.ts'
import { recordRate } from './support/record-rate.ts'

/**
 * How long after a window could be known it is known: bids are counted per bidder in tumbling windows of 100 ms, event time
 * is wall time, and the bids are due by a schedule that waits for nobody, at half of what the cluster can take. That is
 * measured before, in the same cluster, by the same job with bids as fast as they are taken.
 */
const options = benchArguments(
  'npm run bench -- latency [--parallelism 2] [--seconds 60] [--warm-up 10] [--rate N (records/s)] [--json]',
  {
    parallelism: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '60' },
    'warm-up': { type: 'string', default: '10' },
    rate: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
)
const parallelism = wholeNumber(options.parallelism, 'parallelism')
const seconds = wholeNumber(options.seconds, 'seconds')
const warmUpSeconds = wholeNumber(options['warm-up'], 'warm-up')
const givenRate = options.rate === undefined ? undefined : wholeNumber(options.rate, 'rate')

/** Event time of the job that measures the rate goes on as if so many records a second came. */
const ASSUMED_RATE = 1_000_000
const CAPACITY_WARM_UP_MS = 5_000
const CAPACITY_MS = 10_000
/** From the submission to the first record that is due: longer than a deployment takes. */
const AHEAD_MS = 5_000
const WATERMARK_INTERVAL_MS = 10

const cluster = await TestCluster.start({
  env: { TASK_SLOTS: String(parallelism), WATERMARK_INTERVAL: String(WATERMARK_INTERVAL_MS) },
})
try {
  const sustainable = givenRate === undefined ? await capacity() : undefined
  const rate = givenRate ?? Math.floor((sustainable as number) / 2)
  const histogram = await latencies(rate)
  printResult(
    {
      bench: 'latency',
      parallelism,
      seconds,
      watermarkIntervalMs: WATERMARK_INTERVAL_MS,
      sustainablePerSecond: sustainable ?? null,
      ratePerSecond: rate,
      rows: histogram.total,
      p50Ms: histogram.quantile(0.5),
      p90Ms: histogram.quantile(0.9),
      p99Ms: histogram.quantile(0.99),
      p999Ms: histogram.quantile(0.999),
      maxMs: Math.round(histogram.maxMs * 100) / 100,
    },
    options.json === true,
  )
} finally {
  await cluster.stop()
}

interface Metrics {
  readonly vertices: readonly { readonly records_out: number | null }[]
}

/** Records per second that the job takes when nothing holds the sources back. */
async function capacity(): Promise<number> {
  const schedule = { startAt: Date.now(), rate: ASSUMED_RATE, parallelism }
  const forever = Number.MAX_SAFE_INTEGER
  const jobId = await submitted({
    schedule,
    source: { ...schedule, paced: false, endAt: forever },
    from: forever,
    to: forever,
  })
  await cluster.reached(jobId, ['RUNNING'])
  await wait(CAPACITY_WARM_UP_MS)
  const emitted = async (): Promise<number> => {
    const { vertices } = await cluster.get<Metrics>(`/jobs/${jobId}/metrics`)
    return vertices[0]?.records_out ?? 0
  }
  const { perSecond } = await recordRate(emitted, [], CAPACITY_MS)
  await cluster.request('POST', `/jobs/${jobId}/cancel`)
  await cluster.reached(jobId, ['CANCELED'])
  return Math.round(perSecond)
}

async function latencies(rate: number): Promise<Histogram> {
  const startAt = Math.ceil((Date.now() + AHEAD_MS) / WINDOW_MS) * WINDOW_MS
  const schedule = { startAt, rate, parallelism }
  const from = startAt + warmUpSeconds * 1000
  const to = from + seconds * 1000
  // The windows that count have all been passed before the sources end.
  const jobId = await submitted({ schedule, source: { ...schedule, paced: true, endAt: to + 1000 }, from, to })
  await cluster.reached(jobId, ['RUNNING'])
  if (Date.now() > startAt) throw new Error(`the job began to run after its first record was due (${AHEAD_MS} ms)`)
  const ended = await cluster.reached(jobId, ['FINISHED', 'FAILED'], to - Date.now() + 120_000)
  if (ended.status !== 'FINISHED') throw new Error(`the job failed: ${JSON.stringify(ended.error)}`)
  const published = await arrived(
    () => cluster.get<readonly { row: HistogramJson }[]>(`/api/v1/jobs/${jobId}/rows`),
    rows => rows.length >= parallelism,
  )
  const histogram = new Histogram()
  for (const { row } of published) histogram.join(row)
  return histogram
}

async function submitted(job: LatencyJobOptions): Promise<string> {
  const { code } = await bundleJob({
    source: `import { latencyJob } from './latency/job.ts'\nexport default latencyJob(${JSON.stringify(job)})\n`,
    fileName: 'latency.ts',
    kind: 'ts',
    sdkExports: Object.keys(sdk),
    resolveFolder: import.meta.dirname,
  })
  const { status, body } = await cluster.submit('latency.js', code)
  if (status !== 201) throw new Error(`the job was not taken: ${JSON.stringify(body)}`)
  return body.job_id
}
