import type { Shown } from './document-channel.ts'
import type { RowFeed } from './job-rows.ts'
import type { ReadLog } from './log-lines.ts'
import type { Freshness } from './pace.ts'

/** What has changed by an event: a job, or (null) the TaskManagers. */
export interface LiveChange {
  readonly jobId: string | null
}

/**
 * What the live documents are made from. Documents are plain JSON, and nobody writes to one that was given. Without
 * `seesRecords` they quote no record, such as the one at which a job failed.
 */
export interface LiveSources {
  overview(freshness: Freshness, seesRecords: boolean): Promise<Shown>
  /** Throws NOT_FOUND. */
  job(jobId: string, freshness: Freshness, seesRecords: boolean): Promise<Shown>
  /** Throws NOT_FOUND. */
  requireJob(jobId: string): Promise<void>
  readonly rows: RowFeed
  readonly readLog: ReadLog
  /** Calls back with each change until the function that it gives is called. */
  onChange(listener: (change: LiveChange) => void): () => void
}
