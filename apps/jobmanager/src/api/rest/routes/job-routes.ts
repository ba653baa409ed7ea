import { WeirError } from '@weir/engine/base/errors'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SubmitRequest } from '../../../dispatcher/control-plane.ts'
import { jobParams } from '../bodies/common.ts'
import {
  jobActionSchema,
  jobStatusBody,
  jobStatusBodySchema,
  jobSummaryBody,
  jobSummarySchema,
} from '../bodies/job-bodies.ts'
import { jobMetricsBody, jobMetricsSchema } from '../bodies/metrics-bodies.ts'
import type { ApiContext } from '../context.ts'
import { IdempotencyKeys } from '../idempotency.ts'
import { type JobUpload, readJobUpload } from '../job-upload.ts'
import { principalOf, type Route, route } from '../route.ts'

/** How long a submission is answered with nothing but waiting for its subtasks to run. */
const SUBMIT_WAIT_MS = 3_000

/** The request to the Dispatcher that an upload stands for. */
export function submitRequestOf(upload: JobUpload, request: FastifyRequest): SubmitRequest {
  return {
    fileName: upload.fileName,
    content: upload.content,
    ...(upload.name === undefined ? {} : { name: upload.name }),
    ...(upload.parallelism === undefined ? {} : { parallelism: upload.parallelism }),
    ...(upload.fromSavepoint === undefined ? {} : { fromSavepoint: upload.fromSavepoint }),
    user: principalOf(request).name,
    waitMs: SUBMIT_WAIT_MS,
  }
}

/** Submitting, listing, watching and stopping jobs. */
export function jobRoutes(context: ApiContext): Route[] {
  const { controlPlane } = context
  const submissions = new IdempotencyKeys<z.infer<typeof jobActionSchema>>(context.now)

  const submit = async (request: SubmitRequest): Promise<z.infer<typeof jobActionSchema>> => {
    const { jobId, status } = await controlPlane.submit(request)
    return { job_id: jobId, status }
  }

  return [
    route({
      method: 'POST',
      path: '/jobs/submit',
      access: 'jobs:submit',
      tag: 'jobs',
      summary: 'Submit a job',
      description:
        'Answered when every subtask runs, or after 3 s with the status that the job has then (CREATED while it waits for slots). ' +
        'Requests with the same Idempotency-Key header start one job; the keys are remembered for a day, until the JobManager restarts.',
      upload: true,
      answers: { 201: jobActionSchema },
      async handle({ request, principal }) {
        const upload = await readJobUpload(request)
        const wanted = submitRequestOf(upload, request)
        const key = request.headers['idempotency-key']
        const body =
          typeof key === 'string'
            ? await submissions.run(principal().name, key, fingerprintParts(upload), () => submit(wanted))
            : await submit(wanted)
        request.auditTarget = body.job_id
        return { status: 201, body }
      },
    }),
    route({
      method: 'GET',
      path: '/jobs',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'All jobs, newest first',
      answers: { 200: z.array(jobSummarySchema) },
      async handle() {
        return { status: 200, body: (await controlPlane.listJobs()).map(jobSummaryBody) }
      },
    }),
    route({
      method: 'GET',
      path: '/jobs/:id/status',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'Status of a job, with its vertices and subtasks',
      params: jobParams,
      answers: { 200: jobStatusBodySchema },
      async handle({ params }) {
        return { status: 200, body: jobStatusBody(await controlPlane.jobStatus(params.id)) }
      },
    }),
    route({
      method: 'POST',
      path: '/jobs/:id/cancel',
      access: 'jobs:operate',
      tag: 'jobs',
      summary: 'Cancel a job',
      description: '202 when it is being cancelled now; 200 with its status when it was already, or has ended.',
      params: jobParams,
      answers: { 200: jobActionSchema, 202: jobActionSchema },
      async handle({ params }) {
        const { accepted, status } = await controlPlane.cancel(params.id)
        const body = { job_id: params.id, status }
        return accepted ? { status: 202, body } : { status: 200, body }
      },
    }),
    route({
      method: 'GET',
      path: '/jobs/:id/metrics',
      access: 'jobs:read',
      tag: 'jobs',
      summary: 'Records, rates, load and watermarks of a job',
      params: jobParams,
      answers: { 200: jobMetricsSchema },
      async handle({ params }) {
        return { status: 200, body: jobMetricsBody(await controlPlane.jobMetrics(params.id)) }
      },
    }),
    route({
      method: 'POST',
      path: '/jobs/:id/savepoint',
      access: 'jobs:operate',
      tag: 'jobs',
      summary: 'Take a savepoint (not there in this version: 501)',
      params: jobParams,
      answers: {},
      answersWith: 'Always 501 in this version.',
      async handle({ params }) {
        await controlPlane.jobStatus(params.id)
        throw new WeirError(
          'UNSUPPORTED',
          `job ${params.id} cannot be saved: savepoints are not there in this version; a restarted job begins anew`,
        )
      },
    }),
  ]
}

function fingerprintParts(upload: JobUpload): (Uint8Array | string)[] {
  const { fileName, content, name, parallelism, fromSavepoint } = upload
  return [content, JSON.stringify([fileName, name ?? null, parallelism ?? null, fromSavepoint ?? null])]
}
