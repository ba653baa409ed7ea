import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { LOG_LEVELS } from '@weir/process/log-reader'
import { z } from 'zod'
import { jobParams } from '../bodies/common.ts'
import {
  jobExceptionBody,
  jobExceptionSchema,
  jobHistoryBody,
  jobHistorySchema,
  logTailSchema,
  rowBody,
  rowSchema,
} from '../bodies/job-bodies.ts'
import type { ApiContext } from '../context.ts'
import { readJobUpload } from '../job-upload.ts'
import { type Route, route } from '../route.ts'
import { submitRequestOf } from './job-routes.ts'

const LOG_LINES_DEFAULT = 200
const LOG_LINES_MAX = 2_000

const validatedSchema = z.object({
  valid: z.literal(true),
  graph: jobGraphSchema,
  graph_hash: z.string(),
  slots_needed: z.int(),
  slots_free: z.int(),
  warnings: z.array(z.string()),
})

/** What there is to know about one job beyond the first look, under /api/v1 alone. */
export function jobDetailRoutes(context: ApiContext): Route[] {
  const { controlPlane, logs } = context
  return [
    route({
      method: 'POST',
      path: '/api/v1/jobs/validate',
      access: 'jobs:submit',
      tag: 'jobs',
      summary: 'Check a job without starting it',
      description: 'The same checks as for a submission; what is wrong is answered as 4xx with its places.',
      upload: true,
      answers: { 200: validatedSchema },
      async handle({ request }) {
        const checked = await controlPlane.validate(submitRequestOf(await readJobUpload(request), request))
        return {
          status: 200,
          body: {
            valid: true,
            graph: checked.graph,
            graph_hash: checked.graphHash,
            slots_needed: checked.slotsNeeded,
            slots_free: checked.slotsFree,
            warnings: checked.warnings,
          },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/:id/graph',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'The graph of a job',
      params: jobParams,
      answers: { 200: jobGraphSchema },
      async handle({ params }) {
        return { status: 200, body: (await controlPlane.jobSource(params.id)).graph }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/:id/source',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'The file that was submitted',
      params: jobParams,
      answers: { 200: z.object({ file_name: z.string(), source: z.string() }) },
      async handle({ params }) {
        const { fileName, source } = await controlPlane.jobSource(params.id)
        return { status: 200, body: { file_name: fileName, source } }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/:id/exceptions',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'What failed in a job, newest first',
      params: jobParams,
      answers: { 200: z.array(jobExceptionSchema) },
      async handle({ params }) {
        return { status: 200, body: (await controlPlane.jobExceptions(params.id)).map(jobExceptionBody) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/:id/history',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'What happened to a job, newest last',
      params: jobParams,
      answers: { 200: z.array(jobHistorySchema) },
      async handle({ params }) {
        return { status: 200, body: (await controlPlane.jobHistory(params.id)).map(jobHistoryBody) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/:id/rows',
      access: 'records:read',
      tag: 'jobs',
      summary: 'The latest rows of collect and print sinks, oldest first',
      params: jobParams,
      query: z.object({ operator: z.string().min(1).max(200).optional() }),
      answers: { 200: z.array(rowSchema) },
      async handle({ params, query }) {
        return { status: 200, body: (await controlPlane.jobRows(params.id, query.operator)).map(rowBody) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/:id/logs',
      access: 'jobs:logs',
      tag: 'jobs',
      summary: 'Log lines of a job',
      description:
        'The newest lines; with `after`, those since an earlier answer: follow a log by asking again with its cursor.',
      params: jobParams,
      query: z.object({
        operator: z.string().min(1).max(200).optional(),
        subtask: z.coerce.number().int().min(0).optional(),
        level: z.enum(LOG_LEVELS).optional().describe('Only lines of this level, and of those that are worse'),
        limit: z.coerce.number().int().min(1).max(LOG_LINES_MAX).default(LOG_LINES_DEFAULT),
        after: z.string().max(4_000).optional(),
      }),
      answers: { 200: logTailSchema },
      async handle({ params, query }) {
        // Throws NOT_FOUND: the log of an unknown job is not just empty.
        await controlPlane.jobStatus(params.id)
        const tail = await logs.read({ jobId: params.id, ...query })
        return { status: 200, body: { lines: tail.lines, cursor: tail.cursor } }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/jobs/:id',
      access: 'jobs:submit',
      tag: 'jobs',
      summary: 'Remove an ended job from the history',
      description: '409 while it has not ended.',
      params: jobParams,
      answers: { 204: z.undefined() },
      async handle({ params }) {
        await controlPlane.deleteJob(params.id)
        return { status: 204, body: undefined }
      },
    }),
  ]
}
