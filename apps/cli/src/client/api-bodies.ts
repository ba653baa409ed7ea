import { z } from 'zod'

/**
 * What the command line reads of the API's answers. Only the fields that are shown are named; `looseObject` keeps the
 * others for --json, also those of a newer cluster.
 */

export const problemSchema = z.looseObject({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  problems: z
    .array(
      z.looseObject({
        operator: z.string().nullable(),
        line: z.number().nullable(),
        column: z.number().nullable(),
        message: z.string(),
      }),
    )
    .default([]),
})

export const jobActionSchema = z.looseObject({ job_id: z.string(), status: z.string() })
export type JobAction = z.infer<typeof jobActionSchema>

export const jobSummarySchema = z.looseObject({
  job_id: z.string(),
  name: z.string(),
  status: z.string(),
  parallelism: z.number(),
  submitted_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  restarts: z.number(),
})
export type JobSummary = z.infer<typeof jobSummarySchema>

export const jobStatusSchema = z.looseObject({
  job_id: z.string(),
  name: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  restarting: z.boolean(),
  attempt: z.number(),
  error: z
    .looseObject({
      operator: z.string().nullable(),
      subtask: z.number().nullable(),
      message: z.string(),
      stack: z.string().nullable(),
      at: z.string(),
    })
    .nullable(),
  vertices: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      parallelism: z.number(),
      status: z.string(),
      subtasks: z.array(z.looseObject({ index: z.number(), status: z.string(), task_manager: z.string().nullable() })),
    }),
  ),
})
export type JobStatus = z.infer<typeof jobStatusSchema>

export const jobHistoryEventSchema = z.looseObject({ type: z.string(), message: z.string() })
export type JobHistoryEvent = z.infer<typeof jobHistoryEventSchema>

export const jobMetricsSchema = z.looseObject({
  vertices: z.array(
    z.looseObject({
      id: z.string(),
      records_in: z.number().nullable(),
      records_out: z.number().nullable(),
      records_per_second: z.number().nullable(),
      busy: z.number().nullable(),
      backpressure: z.number().nullable(),
    }),
  ),
})
export type JobMetrics = z.infer<typeof jobMetricsSchema>

export const logTailSchema = z.looseObject({
  lines: z.array(
    z.looseObject({
      level: z.string(),
      time: z.string(),
      msg: z.string(),
      process: z.string().optional(),
      operator: z.string().optional(),
      subtask: z.number().optional(),
    }),
  ),
  cursor: z.string(),
})
export type LogTail = z.infer<typeof logTailSchema>

export const jobRowSchema = z.looseObject({ operator: z.string(), subtask: z.number(), row: z.unknown() })
export type JobRow = z.infer<typeof jobRowSchema>

export const loginLinkSchema = z.looseObject({ url: z.string(), expires_at: z.string() })

export const tokenSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  role: z.string().nullable(),
  see_records: z.boolean(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
})
export type Token = z.infer<typeof tokenSchema>

export const createdTokenSchema = tokenSchema.extend({ token: z.string() })

/** The statuses that a job keeps. */
export const ENDED: readonly string[] = ['FINISHED', 'FAILED', 'CANCELED']
