import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { PreparedJob, PrepareRequest } from './prepare-job.ts'

/** To the worker: prepare this job. Answered by one `PrepareAnswer`; the next comes only after that. */
export interface PrepareMessage {
  readonly request: PrepareRequest
}

export type FromSubmissionWorker =
  /** Once, when the SDK is bundled: from here on time is the job's. */
  { readonly ready: true } | PrepareAnswer

export type PrepareAnswer =
  | { readonly ok: true; readonly job: PreparedJob }
  | { readonly ok: false; readonly error: WeirErrorJson }
