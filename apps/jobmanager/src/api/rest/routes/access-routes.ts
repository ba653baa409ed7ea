import { WeirError } from '@weir/engine/base/errors'
import { isLoopback } from '@weir/process/setting-kinds'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { NewSession } from '../../../auth/access.ts'
import {
  callerSchema,
  createdTokenSchema,
  grantOfBody,
  loginLinkSchema,
  newLoginLinkSchema,
  newTokenSchema,
  sessionSchema,
  tokenBody,
  tokenSchema,
} from '../bodies/access-bodies.ts'
import { isoTime } from '../bodies/common.ts'
import type { ApiContext } from '../context.ts'
import { sendPage } from '../docs/page.ts'
import { type Route, route } from '../route.ts'
import { refuseForeignPage } from '../security-hooks.ts'

/** Tokens, login links and sessions. */
export function accessRoutes(context: ApiContext): Route[] {
  const { access, now } = context
  const setSession = (reply: FastifyReply, { session, expiresAt }: NewSession): void => {
    reply.setCookie(context.cookieName, session, { ...COOKIE, maxAge: Math.floor((expiresAt - now()) / 1000) })
  }
  const inWebApp = (path: string, request: FastifyRequest): string =>
    context.publicUrl === null ? path : webAddress(context.publicUrl, path, request.hostname)
  return [
    route({
      method: 'POST',
      path: '/api/v1/login-links',
      access: 'access:manage',
      tag: 'access',
      summary: 'Make a link that logs one browser in, once',
      description: 'Without a body: a link for an admin. It lapses after 15 minutes.',
      body: newLoginLinkSchema,
      answers: { 201: loginLinkSchema },
      async handle({ body, request }) {
        const { secret, expiresAt } = await access.createLoginLink(
          grantOfBody(body ?? { role: 'admin', see_records: false }),
        )
        const base = context.publicUrl ?? `http://${request.headers.host}`
        return { status: 201, body: { url: `${base}/login?token=${secret}`, expires_at: isoTime(expiresAt) } }
      },
    }),
    route({
      method: 'GET',
      path: '/login',
      alias: false,
      access: 'public',
      tag: 'access',
      summary: 'Open a login link: sets the session cookie and leads to the web app',
      query: z.object({
        token: z.string().min(1).max(200),
        next: z.string().max(2_000).optional().describe('A path of the web app to lead to, instead of /'),
      }),
      answers: {},
      answersWith: '303 to the web app, or to / where there is none, with the session cookie.',
      async handle({ query, request, reply }) {
        refuseHiddenLogin(request)
        try {
          const begun = await access.logIn(query.token, request.ip)
          await access.audit(begun.principal, 'GET /login', null, request.ip)
          setSession(reply, begun)
          return reply.redirect(inWebApp(safePath(query.next), request), 303)
        } catch (error) {
          if (!wantsPage(request) || !(error instanceof WeirError) || error.code !== 'UNAUTHENTICATED') throw error
          // The page of the web app says how to get a new link.
          if (context.publicUrl !== null) return reply.redirect(inWebApp('/login?link=refused', request), 303)
          return loginRefused(reply, error)
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/sessions',
      access: 'public',
      tag: 'access',
      summary: 'Log a browser in with a token: sets the session cookie',
      description: 'The session ends with the token, and after 7 days. Wrong tokens are limited as everywhere.',
      body: z.strictObject({ token: z.string().trim().min(1).max(600) }),
      answers: { 201: sessionSchema },
      async handle({ body, request, reply }) {
        refuseForeignLogin(request, context.pageOrigins)
        const begun = await access.logInWithToken(body.token, request.ip)
        const { name, role, seeRecords } = begun.principal
        await access.audit(begun.principal, 'POST /api/v1/sessions', null, request.ip)
        setSession(reply, begun)
        return {
          status: 201,
          body: { name, role, see_records: seeRecords, expires_at: isoTime(begun.expiresAt) },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/logout',
      access: 'authenticated',
      tag: 'access',
      summary: 'End the session of this browser',
      answers: { 204: z.undefined() },
      async handle({ request, reply }) {
        const session = request.cookies[context.cookieName]
        if (session !== undefined) await access.logOut(session)
        reply.clearCookie(context.cookieName, COOKIE)
        return { status: 204, body: undefined }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/me',
      access: 'authenticated',
      tag: 'access',
      summary: 'Who the caller is and what it may do',
      answers: { 200: callerSchema },
      async handle({ principal }) {
        const { name, role, seeRecords, via } = principal()
        return { status: 200, body: { name, role, see_records: seeRecords, via } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/tokens',
      access: 'access:manage',
      tag: 'access',
      summary: 'Make an API token',
      body: newTokenSchema,
      answers: { 201: createdTokenSchema },
      async handle({ body, request }) {
        const expiresAt = body.expires_in_ms === null ? null : now() + body.expires_in_ms
        const { token, record } = await access.createToken(body.name, grantOfBody(body), expiresAt)
        request.auditTarget = record.id
        return { status: 201, body: { ...tokenBody(record), token } }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/tokens',
      access: 'access:manage',
      tag: 'access',
      summary: 'All API tokens, newest first, without their secrets',
      answers: { 200: z.array(tokenSchema) },
      async handle() {
        return { status: 200, body: (await access.listTokens()).map(tokenBody) }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/tokens/:id',
      access: 'access:manage',
      tag: 'access',
      summary: 'Revoke an API token at once',
      params: z.object({ id: z.string().min(1).max(100) }),
      answers: { 204: z.undefined() },
      async handle({ params }) {
        await access.revokeToken(params.id)
        return { status: 204, body: undefined }
      },
    }),
  ]
}

/**
 * Not `secure`: the server speaks plain HTTP, on loopback alone. `strict`: a browser that comes by a link in a mail or a
 * chat shows no cookie with that first request, which loses nothing: pages are the same for everybody, also the one that
 * a login link leads to, and what they show they ask for themselves, from their own origin, where the cookie is sent. So
 * no request that another site causes ever carries it. It has no port, so it holds at the web app's address as well.
 */
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict' } as const

/** Where to lead a browser: a path of the web app alone, since a link must not lead people to another host (`//host`). */
function safePath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[!-~]*$/.test(next) ? next : '/'
}

/** Under the machine's name that the browser knows this server by: the cookie holds for that name alone. */
function webAddress(publicUrl: string, path: string, hostname: string): string {
  const url = new URL(path, publicUrl)
  if (isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) url.hostname = hostname
  return url.href
}

/** Nobody else's page may log a browser in, under an account of its choice. What is no browser names no page. */
function refuseForeignLogin(request: FastifyRequest, pageOrigins: readonly string[]): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined || site !== undefined) refuseForeignPage(request, pageOrigins)
}

/**
 * A link is opened as a page. What another page makes a browser fetch (as a picture, a frame, a script) logs nobody in
 * unseen, and does not count as a wrong link: it could otherwise use up the tries of everybody at this address.
 */
function refuseHiddenLogin(request: FastifyRequest): void {
  const destination = request.headers['sec-fetch-dest']
  if (destination === undefined || destination === 'document') return
  throw new WeirError('FORBIDDEN', 'a login link has to be opened as a page of its own: paste it into the address line')
}

function wantsPage(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html')
}

function loginRefused(reply: FastifyReply, error: WeirError): FastifyReply {
  return sendPage(reply.code(401), 'Not logged in', [
    '<h1>This link does not log in</h1>',
    `<p>${error.message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}.</p>`,
  ])
}
