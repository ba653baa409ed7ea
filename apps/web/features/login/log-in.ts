export type LogInOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string }

/** Asks for a session for a token; the answer sets a cookie that scripts cannot read. */
export async function logInWithToken(token: string): Promise<LogInOutcome> {
  let response: Response
  try {
    response = await fetch('/api/v1/sessions', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
  } catch {
    return { ok: false, message: 'The web server does not answer. Is npm start still running?' }
  }
  if (response.ok) return { ok: true }
  return { ok: false, message: messageFor(response.status, await detailOf(response)) }
}

function messageFor(status: number, detail: string | null): string {
  if (status === 401) return 'No such token, or it has been revoked. Is it complete?'
  if (status === 502) return 'The JobManager does not answer. Is npm start still running?'
  return detail ?? `The JobManager answered ${status}.`
}

async function detailOf(response: Response): Promise<string | null> {
  try {
    const body: unknown = await response.json()
    const detail = (body as { readonly detail?: unknown } | null)?.detail
    return typeof detail === 'string' ? detail : null
  } catch {
    return null
  }
}
