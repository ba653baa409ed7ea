import type { RecoverAs } from '@weir/control/job/job-event'
import { type Problem, WeirError } from '@weir/engine/base/errors'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import type { JobStore } from '../store/meta-store.ts'
import { pagesOf } from '../store/pages-of.ts'
import { type JobError, type JobRecord, type JobVersionRecord, LIVE_STATUSES, PAGE_ROWS_MAX } from '../store/records.ts'
import { COMMIT_RECORDED } from './job-runner.ts'

/** A job that an earlier JobManager left unfinished. */
export interface UnfinishedJob {
  readonly job: JobRecord
  readonly version: JobVersionRecord
  readonly how: RecoverAs
  /** Attempts that ended with an orderly stop of the cluster. */
  readonly orderlyStops: number
}

/** A job that cannot be taken up again, and why. */
export interface UnreadableJob {
  readonly job: JobRecord
  readonly error: WeirError
}

export interface Unfinished {
  readonly jobs: readonly UnfinishedJob[]
  readonly unreadable: readonly UnreadableJob[]
}

/** The record of a commit is among the last lines of a job's history: hardly anything follows it. */
const HISTORY_SEARCHED = 200
const PAGE = 100

/** What is in the database of jobs that have not ended, oldest first. */
export async function findUnfinished(store: JobStore): Promise<Unfinished> {
  const jobs: UnfinishedJob[] = []
  const unreadable: UnreadableJob[] = []
  for (const job of await allUnfinished(store)) {
    const found = await store.getJobWithVersion(job.id)
    const graph = jobGraphSchema.safeParse(found?.version.graph)
    if (found === null || !graph.success) {
      const message = 'its graph cannot be read by this version of Weir; submit the job again'
      unreadable.push({ job, error: new WeirError('JOB_GRAPH', message) })
      continue
    }
    jobs.push({
      job: found.job,
      version: { ...found.version, graph: graph.data },
      how: await howOf(found.job, store),
      orderlyStops: await orderlyStopsOf(found.job, store),
    })
  }
  return { jobs, unreadable }
}

async function allUnfinished(store: JobStore): Promise<JobRecord[]> {
  const found: JobRecord[] = []
  const pages = pagesOf(PAGE, query => store.listJobs({ statuses: LIVE_STATUSES, ...query }))
  for await (const rows of pages) found.push(...rows)
  return found.reverse()
}

/** Of a job that goes on, an attempt that was cancelled is one that ended with the cluster. */
async function orderlyStopsOf(job: JobRecord, store: JobStore): Promise<number> {
  let stops = 0
  for await (const rows of pagesOf(PAGE_ROWS_MAX, query => store.listAttempts(job.id, query))) {
    stops += rows.filter(({ status }) => status === 'CANCELED').length
  }
  return stops
}

async function howOf(job: JobRecord, store: JobStore): Promise<RecoverAs> {
  if (job.status === 'CANCELLING') return { as: 'cancelling' }
  if (job.status === 'FAILING') return { as: 'failing', error: errorOf(job.error) }
  const { rows } = await store.listJobEvents(job.id, { limit: HISTORY_SEARCHED })
  const recorded = rows.find(({ kind, attempt }) => kind === COMMIT_RECORDED && attempt === job.attempt)
  const committables = recorded === undefined ? null : committablesOf(recorded.detail)
  if (committables === null) return { as: 'new-attempt' }
  return { as: 'committing', record: { attempt: job.attempt, committables } }
}

function committablesOf(detail: unknown): { operator: string; committables: readonly unknown[] }[] | null {
  if (!Array.isArray(detail)) return null
  const list: { operator: string; committables: readonly unknown[] }[] = []
  for (const entry of detail as unknown[]) {
    if (typeof entry !== 'object' || entry === null) return null
    const { operator, committables } = entry as { operator?: unknown; committables?: unknown }
    if (typeof operator !== 'string' || !Array.isArray(committables)) return null
    list.push({ operator, committables })
  }
  return list
}

function errorOf(stored: JobError | null): WeirError {
  if (stored === null) return new WeirError('INTERNAL', 'the job failed; its error was not kept')
  const place: Pick<Problem, 'operator' | 'subtask' | 'record'> = {
    ...(stored.operator === null ? {} : { operator: stored.operator }),
    ...(stored.subtask === null ? {} : { subtask: stored.subtask }),
    // Errors that were stored before have none.
    ...(stored.record ? { record: stored.record } : {}),
  }
  const error = new WeirError(stored.code, stored.message, { place })
  if (stored.stack !== null) error.stack = stored.stack
  return error
}
