import { verdictOf } from '@weir/control/verdict/verdict'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import type { IndexedJob } from '../dispatcher/job-index.ts'
import { failureFacts } from './job-sight.ts'

/** The row of a job that ended long ago, or under an earlier JobManager. */
export function indexedRowDoc(job: IndexedJob, now: number, seesRecords: boolean): JobRowDoc {
  const { jobId, name, status, parallelism, restarts, submittedAt, startedAt, finishedAt, error } = job
  const { recordsIn, recordsOut } = job
  const flow = { recordsIn, recordsOut, recordsInPerSecond: null, recordsOutPerSecond: null }
  const verdict = verdictOf({
    now,
    status,
    restarting: false,
    committing: false,
    reason: null,
    submittedAt,
    startedAt,
    finishedAt,
    slots: null,
    failure:
      error === null ? null : failureFacts({ ...error, record: seesRecords ? (error.record ?? null) : null }, null),
    failures: [],
    hasMoreFailures: false,
    stuck: null,
    input: { records: null, lastAt: null, finished: false },
    ...flow,
    vertices: [],
  })
  return {
    jobId,
    name,
    status,
    restarting: false,
    verdict,
    parallelism,
    restarts,
    submittedAt,
    startedAt,
    finishedAt,
    ...flow,
    backpressure: null,
    busy: null,
  }
}
