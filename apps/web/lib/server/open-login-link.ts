import { passOn } from './pass-on.ts'

/**
 * Opens a login link: the JobManager takes its secret and gives a session, or refuses. The browser is led on to the home
 * page or to the login page, which says what was wrong; in both cases the address with the secret is left behind.
 */
export async function openLoginLink(request: Request): Promise<Response> {
  // Next answers HEAD with what answers GET: looking at a link must not use it up.
  if (request.method !== 'GET') return new Response(null, { status: 405, headers: { allow: 'GET' } })
  const token = new URL(request.url).searchParams.get('token') ?? ''
  const headers = new Headers(request.headers)
  headers.set('accept', 'application/json')
  const url = new URL(`/login?token=${encodeURIComponent(token)}`, request.url)
  const answer = await passOn(new Request(url, { method: 'GET', headers, signal: request.signal }))
  await answer.body?.cancel()
  if (answer.status === 303 || answer.status === 302) return seeOther('/', answer.headers.getSetCookie())
  return seeOther(isRefusal(answer.status) ? '/login?link=refused' : '/login?link=unreachable')
}

/** Of the link itself: a fault over there, or too many wrong ones before, says nothing about this one. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429
}

function seeOther(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}
