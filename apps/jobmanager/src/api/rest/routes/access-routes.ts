import { WeirError } from '@weir/engine/base/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  callerSchema,
  createdTokenSchema,
  grantOfBody,
  loginLinkSchema,
  newLoginLinkSchema,
  newTokenSchema,
  tokenBody,
  tokenSchema,
} from '../bodies/access-bodies.ts'
import { isoTime } from '../bodies/common.ts'
import type { ApiContext } from '../context.ts'
import { sendPage } from '../docs/page.ts'
import { type Route, route } from '../route.ts'

/** Tokens, login links and sessions. */
export function accessRoutes(context: ApiContext): Route[] {
  const { access, now } = context
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
      summary: 'Open a login link: sets the session cookie and leads to /',
      query: z.object({ token: z.string().min(1).max(200) }),
      answers: {},
      answersWith: '303 to / with the session cookie.',
      async handle({ query, request, reply }) {
        try {
          const { session, expiresAt, principal } = await access.logIn(query.token, request.ip)
          await access.audit(principal, 'GET /login', null, request.ip)
          reply.setCookie(context.cookieName, session, { ...COOKIE, maxAge: Math.floor((expiresAt - now()) / 1000) })
          return reply.redirect('/', 303)
        } catch (error) {
          if (wantsPage(request) && error instanceof WeirError && error.code === 'UNAUTHENTICATED') {
            return loginRefused(reply, error)
          }
          throw error
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

/** Not `secure`: the server speaks plain HTTP, on loopback alone. */
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict' } as const

function wantsPage(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html')
}

function loginRefused(reply: FastifyReply, error: WeirError): FastifyReply {
  return sendPage(reply.code(401), 'Not logged in', [
    '<h1>This link does not log in</h1>',
    `<p>${error.message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}.</p>`,
  ])
}
