import { setTimeout as wait } from 'node:timers/promises'
import { TestCluster } from '../e2e/support/cluster.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { recordRate } from './support/record-rate.ts'

/**
 * One job alone in a TaskManager, then many at a time, each with functions of its own: records per CPU-second of all
 * processes, and what of the one job's figure the many keep. Jobs that shared compiled code would spoil each other's type
 * feedback; that is what this is about.
 */
const options = benchArguments('npm run bench -- many-jobs [--jobs 8] [--seconds 10] [--json]', {
  jobs: { type: 'string', default: '8' },
  seconds: { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
})
const jobs = wholeNumber(options.jobs, 'jobs')
const seconds = wholeNumber(options.seconds, 'seconds')
const WARM_UP_MS = 5_000

/** Records have other fields in each job, so that neither their shapes nor the functions are alike. */
function jobText(number: number): string {
  const [id, size, kind] = ['id', 'size', 'kind'].map(field => `${field}${number}`)
  return `
  import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
  const records = Array.from({ length: 4096 }, (_, i) => ({ ${id}: i, ${size}: i % ${97 + number}, ${kind}: 'k' + (i % 10) }))
  const env = new StreamExecutionEnvironment('job-${number}')
  env.addSource(datagenSource({ seed: ${number + 1}, generator: i => records[i & 4095] })).name('records')
    .map(r => ({ ${id}: r.${id}, ${size}: r.${size} * ${number + 2}, ${kind}: r.${kind} }))
    .filter(r => r.${id} % 11 !== ${number})
    .map(r => ({ ${kind}: r.${kind}, sum: r.${id} + r.${size} }))
    .keyBy(r => r.${kind})
    .reduce((a, b) => ({ ${kind}: a.${kind}, sum: (a.sum + b.sum) % 1000003 }))
    .addSink(blackholeSink())
  export default env`
}

interface Metrics {
  readonly vertices: readonly { readonly records_out: number | null }[]
}

const cluster = await TestCluster.start({ env: { TASK_SLOTS: String(jobs) } })
try {
  const alone = await recordsPerCpuSecond([jobText(jobs)])
  const together = await recordsPerCpuSecond(Array.from({ length: jobs }, (_, number) => jobText(number)))
  printResult(
    {
      bench: 'many-jobs',
      jobs,
      seconds,
      aloneRecordsPerCpuSecond: Math.round(alone),
      togetherRecordsPerCpuSecond: Math.round(together),
      ratio: together / alone,
    },
    options.json === true,
  )
} finally {
  await cluster.stop()
}

/** Lets the jobs run at the same time until they are warm, and measures all of them together. */
async function recordsPerCpuSecond(texts: readonly string[]): Promise<number> {
  const ids = await Promise.all(
    texts.map(async (text, index) => {
      const { status, body } = await cluster.submit(`job-${index}.ts`, text)
      if (status !== 201) throw new Error(`a job was not taken: ${JSON.stringify(body)}`)
      await cluster.reached(body.job_id, ['RUNNING'], 60_000)
      return body.job_id
    }),
  )
  await wait(WARM_UP_MS)
  const { perCpuSecond } = await recordRate(() => emitted(ids), Object.values(cluster.pids()), seconds * 1000)
  await Promise.all(
    ids.map(async id => {
      await cluster.request('POST', `/jobs/${id}/cancel`)
      await cluster.reached(id, ['CANCELED'], 60_000)
    }),
  )
  return perCpuSecond
}

/** Records that the first vertex of each job (source, maps and filter in one chain) has given on: 10 of 11. */
async function emitted(ids: readonly string[]): Promise<number> {
  const metrics = await Promise.all(ids.map(id => cluster.get<Metrics>(`/jobs/${id}/metrics`)))
  return metrics.reduce((sum, { vertices }) => sum + (vertices[0]?.records_out ?? 0), 0)
}
