import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { PreparedJob, PrepareRequest } from './prepare-job.ts'

export type ToSubmissionWorker =
  /** Prepare this job. Answered by one `PrepareAnswer`; the next request comes only after that. */
  | { readonly request: PrepareRequest }
  /** End by yourself: a worker that is terminated cannot take the process of esbuild with it. */
  | { readonly end: true }

export type FromSubmissionWorker =
  /** Once, when the SDK is bundled: from here on time is the job's. */
  { readonly ready: true } | PrepareAnswer

export type PrepareAnswer =
  | { readonly ok: true; readonly job: PreparedJob }
  | { readonly ok: false; readonly error: WeirErrorJson }
