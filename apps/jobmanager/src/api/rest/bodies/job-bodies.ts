import { z } from 'zod'
import type {
  JobException,
  JobFailure,
  JobHistoryEvent,
  JobStatusView,
  JobSummary,
  PublishedRow,
} from '../../../dispatcher/control-plane.ts'
import { isoTime, isoTimeOrNull, timeSchema } from './common.ts'

export const jobStatusSchema = z.enum(['CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELLING', 'CANCELED', 'FINISHED'])
const subtaskStatusSchema = z.enum(['CREATED', 'DEPLOYING', 'RUNNING', 'FINISHED', 'FAILED', 'CANCELED'])

export const jobActionSchema = z.object({ job_id: z.string(), status: jobStatusSchema })

export const jobSummarySchema = z.object({
  job_id: z.string(),
  name: z.string(),
  status: jobStatusSchema,
  parallelism: z.int(),
  submitted_at: timeSchema,
  started_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
  restarts: z.int(),
})

export function jobSummaryBody(job: JobSummary): z.infer<typeof jobSummarySchema> {
  return {
    job_id: job.jobId,
    name: job.name,
    status: job.status,
    parallelism: job.parallelism,
    submitted_at: isoTime(job.submittedAt),
    started_at: isoTimeOrNull(job.startedAt),
    finished_at: isoTimeOrNull(job.finishedAt),
    restarts: job.restarts,
  }
}

const jobErrorSchema = z.object({
  operator: z.string().nullable(),
  subtask: z.int().nullable(),
  message: z.string(),
  stack: z.string().nullable(),
  at: timeSchema,
})

function jobErrorBody(failure: JobFailure): z.infer<typeof jobErrorSchema> {
  const { operator, subtask, message, stack, at } = failure
  return { operator, subtask, message, stack, at: isoTime(at) }
}

export const jobStatusBodySchema = z.object({
  job_id: z.string(),
  name: z.string(),
  status: jobStatusSchema,
  reason: z.string().nullable().describe('Why it is not (fully) running, in words'),
  restarting: z.boolean(),
  attempt: z.int(),
  error: jobErrorSchema.nullable(),
  vertices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      parallelism: z.int(),
      status: subtaskStatusSchema,
      subtasks: z.array(
        z.object({
          index: z.int(),
          status: subtaskStatusSchema,
          task_manager: z.string().nullable(),
          slot: z.int().nullable(),
        }),
      ),
    }),
  ),
  last_checkpoint: z
    .object({ id: z.int(), completed_at: timeSchema, duration_ms: z.number(), size_bytes: z.number() })
    .nullable(),
})

export function jobStatusBody(job: JobStatusView): z.infer<typeof jobStatusBodySchema> {
  return {
    job_id: job.jobId,
    name: job.name,
    status: job.status,
    reason: job.reason,
    restarting: job.restarting,
    attempt: job.attempt,
    error: job.error === null ? null : jobErrorBody(job.error),
    vertices: job.vertices.map(vertex => ({
      id: vertex.id,
      name: vertex.name,
      parallelism: vertex.parallelism,
      status: vertex.status,
      subtasks: vertex.subtasks.map(subtask => ({
        index: subtask.index,
        status: subtask.status,
        task_manager: subtask.taskManager,
        slot: subtask.slot,
      })),
    })),
    // This version takes no checkpoints.
    last_checkpoint: null,
  }
}

export const jobExceptionSchema = jobErrorSchema.extend({ attempt: z.int() })

export function jobExceptionBody(exception: JobException): z.infer<typeof jobExceptionSchema> {
  return { ...jobErrorBody(exception), attempt: exception.attempt }
}

export const jobHistorySchema = z.object({ at: timeSchema, type: z.string(), message: z.string() })

export function jobHistoryBody(event: JobHistoryEvent): z.infer<typeof jobHistorySchema> {
  return { at: isoTime(event.at), type: event.type, message: event.message }
}

export const rowSchema = z.object({
  at: timeSchema,
  operator: z.string(),
  subtask: z.int(),
  row: z.unknown().describe('The record as the sink got it'),
})

export function rowBody(row: PublishedRow): z.infer<typeof rowSchema> {
  return { at: isoTime(row.at), operator: row.operator, subtask: row.subtask, row: row.row ?? null }
}

export const logLineSchema = z
  .looseObject({
    level: z.string(),
    time: z.string(),
    msg: z.string(),
    process: z.string().optional(),
    job: z.string().optional(),
    operator: z.string().optional(),
    subtask: z.number().optional(),
    attempt: z.number().optional(),
  })
  .describe('A line of a log; fields beyond these are kept as they were written')

export const logTailSchema = z.object({
  lines: z.array(logLineSchema).describe('Oldest first'),
  cursor: z.string().describe('As `after` of the next request: only newer lines'),
})
