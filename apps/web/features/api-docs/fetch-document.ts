import type { OpenApiDocument } from './openapi-types.ts'

/** The description of the interface. Rejects with a sentence when the JobManager does not give it. */
export async function fetchDocument(): Promise<OpenApiDocument> {
  const response = await fetch('/openapi.json', { credentials: 'same-origin' })
  if (response.status === 502) throw new Error('The JobManager cannot be reached.')
  if (!response.ok) throw new Error(`The JobManager answered ${response.status}.`)
  return (await response.json()) as OpenApiDocument
}
