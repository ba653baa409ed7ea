import { WeirError } from '@weir/engine/base/errors'
import { z } from 'zod'

const TaskManagers = z.array(z.object({ task_manager_id: z.string(), status: z.string(), pid: z.number().nullish() }))
const LoginLink = z.object({ url: z.string(), expires_at: z.string() })

export interface TaskManagerStatus {
  readonly id: string
  readonly isLost: boolean
  readonly pid: number | null
}

const REQUEST_TIMEOUT_MS = 5000

/** The two questions that the supervisor asks the JobManager over its HTTP interface. */
export class JobManagerClient {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  async taskManagers(): Promise<TaskManagerStatus[]> {
    const rows = TaskManagers.parse(await this.#request('GET', '/taskmanagers'))
    return rows.map(row => ({ id: row.task_manager_id, isLost: row.status === 'LOST', pid: row.pid ?? null }))
  }

  /** A link that logs a browser in, once. */
  async newLoginLink(): Promise<{ url: string; expiresAt: string }> {
    const link = LoginLink.parse(await this.#request('POST', '/api/v1/login-links'))
    return { url: link.url, expiresAt: link.expires_at }
  }

  async #request(method: 'GET' | 'POST', path: string): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, accept: 'application/json' },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    if (!response.ok) {
      throw new WeirError(
        'PROTOCOL',
        `the JobManager answered ${method} ${path} with ${response.status}: ${await response.text()}`,
      )
    }
    return response.json()
  }
}
