import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from './lib/server/content-security-policy.ts'

/**
 * What happens to the request of a page before it is drawn: it gets a Content-Security-Policy with a fresh nonce, by
 * which Next marks its own scripts; and the address of a login link goes to the handler that opens it. Requests for the
 * JobManager do not come by here (see `config`): app/trpc and app/api pass them on.
 */
export function proxy(request: NextRequest): NextResponse {
  const { nextUrl } = request
  if (nextUrl.pathname === '/login' && nextUrl.searchParams.has('token')) {
    return NextResponse.rewrite(new URL(`/auth/link${nextUrl.search}`, request.url))
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === 'development')
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = {
  matcher: [{ source: '/((?!_next/|trpc/|api/|openapi\\.json|fonts/|favicon|icon).*)' }],
}
