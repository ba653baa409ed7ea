import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { Attempt, Job, JobEvent, JobException, JobFigures, JobVersion } from '../generated/prisma/client.ts'
import { cleanText, cleanTextOrNull, fromBigInt, fromJson, fromTime, fromTimeOrNull } from './conversions.ts'
import {
  type AttemptRecord,
  type JobError,
  type JobEventRecord,
  type JobExceptionRecord,
  type JobFiguresRecord,
  type JobRecord,
  type JobSettings,
  type JobVersionRecord,
  MESSAGE_CHARACTERS_MAX,
  RECORD_CHARACTERS_MAX,
  type SourcePlaces,
  STACK_CHARACTERS_MAX,
} from './records.ts'

/** Rows of the jobs' tables as the interface's records. Documents were written from these types, and come back as such. */

export function toJob(row: Job): JobRecord {
  return {
    id: row.id,
    seq: fromBigInt(row.seq),
    name: row.name,
    status: row.status,
    parallelism: row.parallelism,
    maxParallelism: row.maxParallelism,
    restarts: row.restarts,
    attempt: row.attempt,
    version: row.version,
    reason: row.reason,
    error: row.error as JobError | null,
    owner: row.owner,
    submittedAt: fromTime(row.submittedAt),
    startedAt: fromTimeOrNull(row.startedAt),
    finishedAt: fromTimeOrNull(row.finishedAt),
    draftId: row.draftId,
    recordsIn: row.recordsIn === null ? null : fromBigInt(row.recordsIn),
    recordsOut: row.recordsOut === null ? null : fromBigInt(row.recordsOut),
  }
}

export function toFigures(row: JobFigures & { readonly job: Pick<Job, 'recordsIn' | 'recordsOut'> }): JobFiguresRecord {
  const { recordsIn, recordsOut } = row.job
  return {
    recordsIn: recordsIn === null ? null : fromBigInt(recordsIn),
    recordsOut: recordsOut === null ? null : fromBigInt(recordsOut),
    figures: fromJson(row.figures),
    charts: row.charts === null ? null : fromJson(row.charts),
    at: fromTime(row.at),
  }
}

export function toVersion(row: JobVersion): JobVersionRecord {
  const { jobId, version, sourceKind, fileName, sourceText, bundleText, graphHash } = row
  return {
    jobId,
    version,
    sourceKind,
    fileName,
    sourceText,
    bundleText,
    graph: row.graph as unknown as JobGraph,
    graphHash,
    settings: row.settings as unknown as JobSettings,
    places: (row.places ?? {}) as unknown as SourcePlaces,
    createdAt: fromTime(row.createdAt),
  }
}

export function toAttempt(row: Attempt): AttemptRecord {
  return {
    jobId: row.jobId,
    attempt: row.attempt,
    status: row.status,
    startedAt: fromTime(row.startedAt),
    endedAt: fromTimeOrNull(row.endedAt),
    cause: row.cause as JobError | null,
  }
}

export function toException(row: JobException): JobExceptionRecord {
  const { jobId, attempt, operator, subtask, message, stack, record } = row
  return {
    id: fromBigInt(row.id),
    jobId,
    attempt,
    code: row.code as JobError['code'],
    operator,
    subtask,
    message,
    stack,
    record,
    at: fromTime(row.at),
  }
}

export function toEvent(row: JobEvent): JobEventRecord {
  const { jobId, attempt, kind, message } = row
  return {
    id: fromBigInt(row.id),
    jobId,
    attempt,
    kind,
    message,
    detail: row.detail === null ? null : fromJson(row.detail),
    at: fromTime(row.at),
  }
}

/** An error as it is stored: clean and of bounded length. */
export function toJobError(error: JobError | null): JobError | null {
  if (error === null) return null
  const { code, operator, subtask, message, stack, record, at } = error
  return {
    code,
    operator: cleanTextOrNull(operator),
    subtask,
    message: cleanText(message, MESSAGE_CHARACTERS_MAX),
    stack: cleanTextOrNull(stack, STACK_CHARACTERS_MAX),
    record: cleanTextOrNull(record, RECORD_CHARACTERS_MAX),
    at,
  }
}
