/** The address of a draft's editor. */
export function draftPath(draftId: string): string {
  return `/pipelines/${encodeURIComponent(draftId)}`
}

/** The address of a job. */
export function jobPath(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`
}
