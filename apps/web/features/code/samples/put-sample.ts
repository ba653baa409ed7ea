import { goToLogin } from '@/lib/go-to-login'

/** The file as the server keeps it. */
export interface KeptSample {
  readonly name: string
  readonly path: string
}

/** Uploads a file as sample input of a draft. Throws the server's own sentence for what it does not take. */
export async function putSample(draftId: string, name: string, content: Blob): Promise<KeptSample> {
  const address = `/api/v1/drafts/${encodeURIComponent(draftId)}/samples/${encodeURIComponent(name)}`
  const response = await fetch(address, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: content,
  })
  if (response.status === 401) goToLogin()
  if (!response.ok) throw new Error(await sentenceOf(response))
  return (await response.json()) as KeptSample
}

async function sentenceOf(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status} ${response.statusText}.`
  if (!response.headers.get('content-type')?.includes('json')) return fallback
  const { detail } = (await response.json()) as { readonly detail?: unknown }
  return typeof detail === 'string' ? detail : fallback
}
