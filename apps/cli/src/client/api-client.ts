import { ERROR_CODES, type ErrorCode, type Problem, WeirError } from '@weir/engine/base/errors'
import { z } from 'zod'
import { InterruptedError, NotReachableError } from '../exit-codes.ts'
import * as bodies from './api-bodies.ts'

const REQUEST_TIMEOUT_MS = 30_000
/** A job is bundled, evaluated and started before its submission is answered. */
const SUBMIT_TIMEOUT_MS = 60_000

export interface ApiClientOptions {
  /** `http://127.0.0.1:8081` */
  readonly url: string
  /** Null: requests go without one, and the cluster says that it wants one. */
  readonly token: string | null
  /** Where a token was looked for, for the message when there is none. */
  readonly tokenSource: string
  /** Ends what is under way: then InterruptedError is thrown. */
  readonly interrupted: AbortSignal
}

export interface JobFile {
  readonly fileName: string
  readonly content: Uint8Array<ArrayBuffer> | string
  readonly name?: string
  readonly parallelism?: number
}

interface RequestOptions {
  readonly json?: unknown
  readonly form?: FormData
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/**
 * The REST interface of a cluster. Throws NotReachableError when nobody answers, and otherwise the WeirError that the
 * cluster's problem+json stands for.
 */
export class ApiClient {
  readonly url: string
  readonly #token: string | null
  readonly #tokenSource: string
  readonly #interrupted: AbortSignal

  constructor(options: ApiClientOptions) {
    this.url = options.url
    this.#token = options.token
    this.#tokenSource = options.tokenSource
    this.#interrupted = options.interrupted
  }

  /** `key` makes a repeated submission start one job. */
  submit(file: JobFile, key: string): Promise<bodies.JobAction> {
    const form = new FormData()
    form.append('job_file', new Blob([file.content]), file.fileName)
    if (file.name !== undefined) form.append('name', file.name)
    if (file.parallelism !== undefined) form.append('parallelism', String(file.parallelism))
    const options = { form, headers: { 'idempotency-key': key }, timeoutMs: SUBMIT_TIMEOUT_MS }
    return this.#request('POST', '/api/v1/jobs/submit', bodies.jobActionSchema, options)
  }

  listJobs(): Promise<bodies.JobSummary[]> {
    return this.#request('GET', '/api/v1/jobs', z.array(bodies.jobSummarySchema))
  }

  jobStatus(id: string): Promise<bodies.JobStatus> {
    return this.#request('GET', `${jobPath(id)}/status`, bodies.jobStatusSchema)
  }

  jobHistory(id: string): Promise<bodies.JobHistoryEvent[]> {
    return this.#request('GET', `${jobPath(id)}/history`, z.array(bodies.jobHistoryEventSchema))
  }

  jobMetrics(id: string): Promise<bodies.JobMetrics> {
    return this.#request('GET', `${jobPath(id)}/metrics`, bodies.jobMetricsSchema)
  }

  jobLogs(id: string, query: Readonly<Record<string, string | number | undefined>>): Promise<bodies.LogTail> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
    return this.#request('GET', `${jobPath(id)}/logs?${search}`, bodies.logTailSchema)
  }

  /** The latest rows of print and collect sinks, oldest first. */
  jobRows(id: string, operator?: string): Promise<bodies.JobRow[]> {
    const search = operator === undefined ? '' : `?operator=${encodeURIComponent(operator)}`
    return this.#request('GET', `${jobPath(id)}/rows${search}`, z.array(bodies.jobRowSchema))
  }

  cancel(id: string): Promise<bodies.JobAction> {
    return this.#request('POST', `${jobPath(id)}/cancel`, bodies.jobActionSchema)
  }

  createLoginLink(): Promise<z.infer<typeof bodies.loginLinkSchema>> {
    return this.#request('POST', '/api/v1/login-links', bodies.loginLinkSchema)
  }

  createToken(token: {
    name: string
    role: string
    see_records: boolean
    expires_in_ms: number | null
  }): Promise<z.infer<typeof bodies.createdTokenSchema>> {
    return this.#request('POST', '/api/v1/tokens', bodies.createdTokenSchema, { json: token })
  }

  listTokens(): Promise<bodies.Token[]> {
    return this.#request('GET', '/api/v1/tokens', z.array(bodies.tokenSchema))
  }

  async revokeToken(id: string): Promise<void> {
    await this.#request('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`, z.unknown())
  }

  async #request<T>(method: string, path: string, schema: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
    const { response, text } = await this.#send(method, path, options)
    const body = parseJson(text)
    if (!response.ok) throw this.#refusal(response.status, body)
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw this.#notWeir(`answers ${method} ${path} with something else than Weir does`)
    return parsed.data
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<{ response: Response; text: string }> {
    const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: {
          accept: 'application/json',
          ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        body: options.form ?? (options.json === undefined ? null : JSON.stringify(options.json)),
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#interrupted]),
      })
      return { response, text: await response.text() }
    } catch (error) {
      if (this.#interrupted.aborted) throw new InterruptedError('interrupted')
      throw this.#unreachable(error, timeoutMs)
    }
  }

  #unreachable(error: unknown, timeoutMs: number): NotReachableError {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      return new NotReachableError(`the cluster at ${this.url} did not answer within ${timeoutMs / 1000} s`)
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const code = (cause as { code?: unknown }).code
    const reason = code === 'ECONNREFUSED' || !(cause instanceof Error) ? '' : ` (${cause.message})`
    return new NotReachableError(
      `no cluster answers at ${this.url}${reason}: start one with "npm start" in the clone, or say where it is with WEIR_URL`,
    )
  }

  #notWeir(what: string): NotReachableError {
    return new NotReachableError(`what listens at ${this.url} ${what}: say where the cluster is with WEIR_URL`)
  }

  #refusal(status: number, body: unknown): Error {
    const problem = bodies.problemSchema.safeParse(body)
    if (!problem.success) return this.#notWeir(`is no JobManager of Weir (it answers ${status})`)
    const { code, detail, problems } = problem.data
    if (code === 'UNAUTHENTICATED' && this.#token === null) {
      return new WeirError(
        'UNAUTHENTICATED',
        `the cluster at ${this.url} wants a token, and there is none: set WEIR_TOKEN (${this.#tokenSource} is not there, or not for this address)`,
      )
    }
    return new WeirError(isKnown(code) ? code : 'INTERNAL', detail, { problems: problems.map(problemOf) })
  }
}

function jobPath(id: string): string {
  return `/api/v1/jobs/${encodeURIComponent(id)}`
}

function parseJson(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

function problemOf(problem: z.infer<typeof bodies.problemSchema>['problems'][number]): Problem {
  return {
    message: problem.message,
    ...(problem.operator === null ? {} : { operator: problem.operator }),
    ...(problem.line === null ? {} : { line: problem.line }),
    ...(problem.column === null ? {} : { column: problem.column }),
  }
}
