import type { Multipart } from '@fastify/multipart'
import { WeirError } from '@weir/engine/base/errors'
import { MAX_PARALLELISM_LIMIT } from '@weir/engine/graph/job-graph'
import { MAX_SOURCE_LENGTH } from '@weir/submission/limits'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HttpError } from './problem.ts'

/** The largest job file. What an upload may not carry, the bundler would not take either. */
export const JOB_FILE_BYTES_MAX = MAX_SOURCE_LENGTH
/** Uploads beyond this are not even read to their end: the connection is closed after the answer. */
const UPLOAD_BYTES_MAX = 256 * 1024 * 1024

const EXTENSIONS = ['.ts', '.js', '.json'] as const
const FIELDS = ['name', 'parallelism', 'from_savepoint'] as const

export interface JobUpload {
  /** Only a label: it names the language and stands in messages, and is never used as a path. */
  readonly fileName: string
  readonly content: Uint8Array
  readonly name: string | undefined
  readonly parallelism: number | undefined
  readonly fromSavepoint: string | undefined
}

const fieldsSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .regex(/^\P{Cc}*$/u, 'must not contain control characters such as line breaks')
    .optional(),
  parallelism: z
    .string()
    .regex(/^[+-]?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(
      z
        .number()
        .min(1, `must be from 1 to ${MAX_PARALLELISM_LIMIT}`)
        .max(MAX_PARALLELISM_LIMIT, `must be from 1 to ${MAX_PARALLELISM_LIMIT}`),
    )
    .optional(),
  from_savepoint: z.string().min(1, 'must not be empty').max(200).optional(),
})

/** Name of the schema, in the OpenAPI document, of a job that is sent as JSON. */
export const JSON_JOB_SCHEMA = 'JobGraphInput'

/** The form for the OpenAPI document: multipart bodies are not validated from it. */
export const UPLOAD_FORM = {
  type: 'object',
  required: ['job_file'],
  properties: {
    job_file: {
      type: 'string',
      format: 'binary',
      description: `The job: .ts, .js or .json (see ${JSON_JOB_SCHEMA}), at most ${JOB_FILE_BYTES_MAX / 1024 / 1024} MiB`,
    },
    name: { type: 'string', description: "Instead of the job's own name" },
    parallelism: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_PARALLELISM_LIMIT,
      description: "Instead of the job's own default parallelism",
    },
    from_savepoint: { type: 'string' },
  },
} as const

/**
 * Reads the one job of a multipart request. The request is read to its end before anything that is wrong with it is
 * reported, so that a client that is still sending gets to read the answer.
 */
export async function readJobUpload(request: FastifyRequest): Promise<JobUpload> {
  if (!request.isMultipart()) throw notMultipart()
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > UPLOAD_BYTES_MAX) throw tooLarge()

  const form = await readForm(request)
  if (form.wrong[0] !== undefined) throw form.wrong[0]
  if (form.file === null) {
    throw new WeirError('REQUEST_INVALID', 'the field job_file is missing: send the job as a file in it')
  }
  return { ...checkedFile(form.file), ...checkedFields(form.fields) }
}

export function notMultipart(): HttpError {
  return new HttpError(
    415,
    'REQUEST_INVALID',
    'the body is not multipart/form-data: send the job as its field job_file, for example curl -F job_file=@job.ts',
  )
}

interface Form {
  file: { readonly name: string; readonly content: Uint8Array } | null
  readonly fields: Record<string, string>
  /** What is wrong with it, in the order in which it was found. */
  readonly wrong: WeirError[]
}

async function readForm(request: FastifyRequest): Promise<Form> {
  const form: Form = { file: null, fields: {}, wrong: [] }
  try {
    const limits = { fileSize: JOB_FILE_BYTES_MAX, files: 4, fields: 16, fieldSize: 64 * 1024 }
    for await (const part of request.parts({ limits })) await takePart(form, part)
    return form
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const status = (error as { statusCode?: number }).statusCode === 413 ? 413 : 400
    throw new HttpError(
      status,
      'REQUEST_INVALID',
      `the multipart body cannot be read: ${message}; send it as curl -F job_file=@job.ts does`,
    )
  }
}

async function takePart(form: Form, part: Multipart): Promise<void> {
  const refuse = (message: string): void => void form.wrong.push(new WeirError('REQUEST_INVALID', message))
  if (part.type === 'file') {
    const chunks: Buffer[] = []
    for await (const chunk of part.file) chunks.push(chunk as Buffer)
    if (part.fieldname !== 'job_file') refuse(`the file is in the field "${part.fieldname}": call it job_file`)
    else if (part.file.truncated) form.wrong.push(tooLarge())
    else if (form.file !== null) refuse('there is more than one job_file: send one job at a time')
    else form.file = { name: part.filename, content: Buffer.concat(chunks) }
  } else if (part.fieldname === 'job_file') {
    refuse('job_file has no file name: send it as a file, for example curl -F job_file=@job.ts')
  } else if (!FIELDS.some(known => known === part.fieldname)) {
    refuse(`the field "${part.fieldname}" is unknown: there are ${FIELDS.join(', ')}`)
  } else if (Object.hasOwn(form.fields, part.fieldname)) {
    refuse(`the field "${part.fieldname}" is there more than once: send it once`)
  } else {
    form.fields[part.fieldname] = String(part.value)
  }
}

function checkedFile(file: { name: string; content: Uint8Array }): Pick<JobUpload, 'fileName' | 'content'> {
  const fileName = labelOf(file.name)
  if (!EXTENSIONS.some(extension => fileName.toLowerCase().endsWith(extension))) {
    throw new WeirError(
      'REQUEST_INVALID',
      `job_file "${fileName}" is not a job: its name must end with .ts, .js or .json, which says how it is read`,
    )
  }
  if (file.content.length === 0)
    throw new WeirError('REQUEST_INVALID', `job_file "${fileName}" is empty: send the job's source`)
  if (!isText(file.content)) {
    throw new WeirError(
      'JOB_SYNTAX',
      `job_file "${fileName}" is not text in UTF-8: send the job's source or JSON, not a compiled or packed file`,
    )
  }
  return { fileName, content: file.content }
}

/** The last part of a path in either system's form, without control characters, of bounded length. */
function labelOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  return last.replace(/\p{Cc}/gu, '').slice(-100)
}

function isText(content: Uint8Array): boolean {
  if (content.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

function checkedFields(fields: Readonly<Record<string, string>>): Omit<JobUpload, 'fileName' | 'content'> {
  const parsed = fieldsSchema.safeParse(fields)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => {
      const field = String(issue.path[0])
      return { message: `${field} is ${shortText(fields[field] ?? '')}: it ${issue.message}` }
    })
    throw new WeirError('REQUEST_INVALID', problems.map(problem => problem.message).join('; '), { problems })
  }
  return {
    name: parsed.data.name,
    parallelism: parsed.data.parallelism,
    fromSavepoint: parsed.data.from_savepoint,
  }
}

/** Quoted, short, and without characters that a terminal obeys. */
function shortText(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
}

function tooLarge(): WeirError {
  return new WeirError(
    'JOB_TOO_LARGE',
    `job_file is larger than the limit of ${JOB_FILE_BYTES_MAX / 1024 / 1024} MiB: put data into files that a source reads`,
  )
}
