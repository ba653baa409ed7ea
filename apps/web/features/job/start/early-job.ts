import type { JobPipeline } from '@weir/proto/web/job-details'
import type { JobDoc, JobTotals, Verdict } from '@weir/proto/web/job-doc'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import type { StartedJob } from '../../../lib/started-jobs.ts'

const UNKNOWN: JobTotals = {
  recordsIn: null,
  recordsOut: null,
  recordsInPerSecond: null,
  recordsOutPerSecond: null,
  busyMax: null,
  backpressureMax: null,
  watermark: null,
  watermarkLagMs: null,
  lateRecords: null,
  stateBytes: null,
}
const STARTING: Verdict = {
  kind: 'starting',
  tone: 'busy',
  text: 'Starting: the first word of it is on its way.',
  detail: null,
  operator: null,
  since: null,
}

/**
 * The document of a job before its own has come, of what the page knows already: its row in the list of jobs, or that it
 * was started here a moment ago. Null where neither is known: nobody can say then how the job is.
 */
export function earlyJob(row: JobRowDoc | undefined, started: StartedJob | null): JobDoc | null {
  const rest = { reason: null, attempt: 0, draftId: null, exceptions: 0, vertices: {}, operators: {}, edges: {} }
  if (row !== undefined) {
    const { jobId, name, status, restarting, verdict, parallelism, restarts, submittedAt, startedAt, finishedAt } = row
    const { recordsIn, recordsOut, recordsInPerSecond, recordsOutPerSecond, busy, backpressure } = row
    return {
      ...rest,
      ...{ jobId, name, status, restarting, verdict, parallelism, restarts, submittedAt, startedAt, finishedAt },
      totals: {
        ...UNKNOWN,
        ...{
          recordsIn,
          recordsOut,
          recordsInPerSecond,
          recordsOutPerSecond,
          busyMax: busy,
          backpressureMax: backpressure,
        },
      },
    }
  }
  if (started === null) return null
  const { jobId, name, parallelism, at } = started
  return {
    ...rest,
    ...{ jobId, name, parallelism, status: 'CREATED', restarting: false, verdict: STARTING, restarts: 0 },
    ...{ submittedAt: at, startedAt: null, finishedAt: null, totals: UNKNOWN },
  }
}

/** The pipeline of a job that was started here, as it was drawn beside its code. */
export function earlyPipeline(started: StartedJob | null): JobPipeline | undefined {
  if (started?.code == null) return undefined
  const { jobId, name, code } = started
  return { jobId, ...code, pipeline: { ...code.pipeline, name }, rowOperators: [] }
}
