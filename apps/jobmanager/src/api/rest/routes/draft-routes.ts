import type { SampleFile } from '@weir/proto/web/drafts'
import { z } from 'zod'
import { SAMPLE_BYTES_MAX, SAMPLES_PER_DRAFT_MAX, SampleTooLarge } from '../../../drafts/sample-files.ts'
import type { DraftService } from '../../trpc/services.ts'
import { isoTime, timeSchema } from '../bodies/common.ts'
import { HttpError } from '../problem.ts'
import { announcedBytes, bodyBytes } from '../raw-body.ts'
import { type Route, route } from '../route.ts'

const sampleParams = z.object({
  id: z.string().min(1).max(100).describe('The draft'),
  name: z.string().min(1).max(500).describe('Name of the file'),
})

const sampleSchema = z.object({
  name: z.string().describe('As it is kept: without what has a meaning in paths'),
  size_bytes: z.int(),
  uploaded_at: timeSchema,
  path: z.string().describe('What to write as `path` of a fileSource'),
  head: z.string().describe('Its first 2,000 characters'),
})

/** What tRPC cannot carry: files. Everything else about drafts stands in its router. */
export function draftRoutes({ drafts }: { readonly drafts: DraftService }): Route[] {
  return [
    route({
      method: 'PUT',
      path: '/api/v1/drafts/:id/samples/:name',
      access: 'jobs:submit',
      tag: 'drafts',
      summary: 'Upload a file as sample input of a draft',
      description:
        `The same name again replaces it. At most ${SAMPLE_BYTES_MAX / 1024 / 1024} MiB (413 beyond), and ` +
        `${SAMPLES_PER_DRAFT_MAX} files for one draft (409 beyond).`,
      params: sampleParams,
      rawBody: true,
      answers: { 200: sampleSchema },
      async handle({ params, request }) {
        if (announcedBytes(request) > SAMPLE_BYTES_MAX) throw tooLarge(new SampleTooLarge(params.name))
        try {
          const sample = await drafts.putSample(params.id, params.name, bodyBytes(request))
          return { status: 200, body: sampleBody(sample) }
        } catch (error) {
          throw error instanceof SampleTooLarge ? tooLarge(error) : error
        }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/drafts/:id/samples/:name',
      access: 'jobs:submit',
      tag: 'drafts',
      summary: 'Delete a sample file of a draft',
      params: sampleParams,
      answers: { 204: z.undefined() },
      async handle({ params }) {
        await drafts.removeSample(params.id, params.name)
        return { status: 204, body: undefined }
      },
    }),
  ]
}

function sampleBody({ name, sizeBytes, uploadedAt, path, head }: SampleFile) {
  return { name, size_bytes: sizeBytes, uploaded_at: isoTime(uploadedAt), path, head }
}

function tooLarge(error: SampleTooLarge): HttpError {
  return new HttpError(413, error.code, error.message)
}
