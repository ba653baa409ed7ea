import type { LogLevel, LogTail } from '@weir/process/log-reader'
import type { Access } from '../../auth/access.ts'
import type { ControlPlane } from '../../dispatcher/control-plane.ts'

/** What the routes work with. */
export interface ApiContext {
  readonly controlPlane: ControlPlane
  readonly access: Access
  readonly logs: LogReader
  /** The text of /metrics in Prometheus' format. */
  readonly metrics: () => Promise<string>
  readonly version: string
  /** Name of the session cookie: browsers do not tell ports apart, so clusters on one machine need names of their own. */
  readonly cookieName: string
  /** Where login links lead, e.g. `http://127.0.0.1:8080`; null: to the address that the request was sent to. */
  readonly publicUrl: string | null
  /** Origins beside our own whose pages may use a session: the web app's. */
  readonly pageOrigins: readonly string[]
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

export interface JobLogQuery {
  readonly jobId: string
  readonly operator?: string
  readonly subtask?: number
  /** Only lines whose message holds this text, in upper or lower case. */
  readonly search?: string
  /** Only lines of this level, and of those that are worse. */
  readonly level?: LogLevel
  /** At most so many lines of each process. */
  readonly limit: number
  /** The `cursor` of an earlier answer: only lines after it. */
  readonly after?: string
}

/** The log lines of a job, wherever its processes have written them. */
export interface LogReader {
  read(query: JobLogQuery): Promise<LogTail>
}
