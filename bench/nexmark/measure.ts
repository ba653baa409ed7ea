import * as sdk from '@weir/sdk'
import { bundleJob } from '@weir/submission/bundle'
import type { TestCluster } from '../../e2e/support/cluster.ts'
import { arrived } from '../support/arrived.ts'
import { CpuSamples, peakRssMb } from '../support/cpu-samples.ts'
import { Digest } from './digest.ts'
import type { NexmarkJobOptions } from './job.ts'
import { jobText } from './job-text.ts'
import { marksIn } from './marks.ts'
import { type StateDisk, stateDiskOf } from './state-disk.ts'

const JOB_TIMEOUT_MS = 1_800_000
const LOG_LINES = 1_000

/** What one repeat came to. */
export interface Measurement {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rows: number
  readonly digest: string | null
  readonly peakRssMb: number
  readonly stateDisk: StateDisk
}

interface LogTail {
  readonly lines: readonly { readonly msg: string }[]
}

/** The job as one module, as `weir deploy` would send it. */
export async function bundledJob(query: string, options: NexmarkJobOptions): Promise<string> {
  const queries = query === 'source' ? [] : [query]
  const { code } = await bundleJob({
    source: jobText('.', queries, options),
    fileName: `nexmark-${query}.ts`,
    kind: 'ts',
    sdkExports: Object.keys(sdk),
    resolveFolder: import.meta.dirname,
  })
  return code
}

/**
 * Runs a job on the cluster and measures from the first record out of a source subtask to the end of the job: wall-clock
 * time, and the CPU time of JobManager and TaskManagers together.
 */
export async function measure(
  cluster: TestCluster,
  query: string,
  code: string,
  options: NexmarkJobOptions,
): Promise<Measurement> {
  const pids = Object.entries(cluster.pids())
    .filter(([name]) => name === 'jobmanager' || name.startsWith('tm-'))
    .map(([, pid]) => pid)
  const cpu = new CpuSamples(pids)
  try {
    const { status, body } = await cluster.submit(`nexmark-${query}.js`, code)
    if (status !== 201) throw new Error(`the job was not taken: ${JSON.stringify(body)}`)
    const ended = await cluster.reached(body.job_id, ['FINISHED', 'FAILED', 'CANCELED'], JOB_TIMEOUT_MS)
    cpu.stop()
    if (ended.status !== 'FINISHED') throw new Error(`the job ended as ${ended.status}: ${JSON.stringify(ended.error)}`)
    const from = await firstRecordAt(cluster, body.job_id, options)
    const to = await finishedAt(cluster, body.job_id)
    const results = await arrived(
      () => cluster.get<readonly { row: unknown }[]>(`/api/v1/jobs/${body.job_id}/rows`),
      rows => rows.length >= options.parallelism,
    )
    return {
      seconds: (to - from) / 1000,
      cpuSeconds: cpu.between(from, to),
      ...joined(
        results.map(({ row }) => row),
        options.sink === 'digest' && query !== 'source',
      ),
      peakRssMb: peakRssMb(pids),
      stateDisk: await stateDiskOf(cluster, body.job_id),
    }
  } finally {
    cpu.stop()
  }
}

/** The earliest of all source subtasks; a file that has fewer splits than there are subtasks has fewer marks. */
async function firstRecordAt(cluster: TestCluster, jobId: string, options: NexmarkJobOptions): Promise<number> {
  const marks = await arrived(
    async () => {
      const { lines } = await cluster.get<LogTail>(`/api/v1/jobs/${jobId}/logs?limit=${LOG_LINES}`)
      return marksIn(
        lines.map(line => line.msg),
        'first record',
      )
    },
    found => found.length >= (options.file === undefined ? options.parallelism : 1),
  )
  return Math.min(...marks.map(Number))
}

async function finishedAt(cluster: TestCluster, jobId: string): Promise<number> {
  const jobs = await cluster.get<readonly { job_id: string; finished_at: string | null }[]>('/jobs')
  const found = jobs.find(job => job.job_id === jobId)?.finished_at
  if (found === null || found === undefined) throw new Error(`job ${jobId} does not say when it finished`)
  return Date.parse(found)
}

/** What the sinks of all subtasks published, joined: their digests, or how many rows each had. */
function joined(published: readonly unknown[], digests: boolean): { rows: number; digest: string | null } {
  if (!digests) return { rows: published.reduce<number>((sum, rows) => sum + Number(rows), 0), digest: null }
  const digest = new Digest()
  for (const part of published) digest.join(String(part))
  return { rows: digest.rows, digest: digest.toString() }
}
