import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiParts } from '../../../test/api-harness.ts'
import { mayDo, ROLES } from '../../auth/permissions.ts'
import { route } from './route.ts'
import type { MountedRoute } from './security-hooks.ts'

const PUBLIC = [
  '/',
  '/api/v1/health',
  '/api/v1/sessions',
  '/docs',
  '/docs/style.css',
  '/health',
  '/login',
  '/metrics',
  '/openapi.json',
]

function requestOf({ method, url }: MountedRoute, token?: string) {
  return {
    method: method as 'GET' | 'POST' | 'DELETE' | 'HEAD',
    url: url.replaceAll(/:\w+/g, 'job_00000000'),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  }
}

describe('rights', () => {
  it('are asked for by every route but those that carry no data of users', async () => {
    const app = await new ApiParts().app()
    const open = app.mountedRoutes.filter(mounted => mounted.access === 'public').map(mounted => mounted.url)
    expect([...new Set(open)].sort()).toEqual(PUBLIC)
  })

  it('refuse every other route to a caller without a token, with a wrong one, and with a session of nobody', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const guarded = app.mountedRoutes.filter(mounted => mounted.access !== 'public')
    expect(guarded.length).toBeGreaterThan(40)
    for (const mounted of guarded) {
      const shown = `${mounted.method} ${mounted.url}`
      // Time passes between wrong tokens, or the limit on guessing would answer.
      parts.nowMs += 10_000
      expect((await app.inject(requestOf(mounted))).statusCode, shown).toBe(401)
      expect((await app.inject(requestOf(mounted, 'not-the-token-of-anybody'))).statusCode, shown).toBe(401)
      const cookies = { weir_session_8081: 'nobody' }
      expect((await app.inject({ ...requestOf(mounted), cookies })).statusCode, shown).toBe(401)
    }
  })

  it('refuse each route to the roles that lack its permission, and to no other', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    for (const role of ROLES) {
      const { token } = await parts.access.createToken(role, { role, seeRecords: false }, null)
      for (const mounted of app.mountedRoutes) {
        if (mounted.access === 'public') continue
        const answer = await app.inject(requestOf(mounted, token))
        const allowed = mounted.access === 'authenticated' || mayDo({ role, seeRecords: false }, mounted.access)
        const shown = `${role}: ${mounted.method} ${mounted.url} answered ${answer.statusCode}`
        expect(answer.statusCode === 403, shown).toBe(!allowed)
        expect(answer.statusCode, shown).not.toBe(401)
      }
    }
  })

  it('name the role that is needed', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const { token } = await parts.access.createToken('dashboard', { role: 'viewer', seeRecords: false }, null)
    const answer = await app.inject({
      method: 'POST',
      url: '/jobs/job_1/cancel',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.json()).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      detail: 'dashboard has the role viewer, which may not do this: it takes operator',
    })
  })

  it('have to be declared for a route to compile, and for the server to start', async () => {
    // @ts-expect-error: `access` is missing
    const undeclared = route({
      method: 'GET',
      path: '/open',
      tag: 'jobs',
      summary: 'A route that forgot its rights',
      answers: { 200: z.string() },
      async handle() {
        return { status: 200, body: 'data' }
      },
    })
    expect(undeclared.access).toBeUndefined()
    const { default: fastify } = await import('fastify')
    const { addSecurity } = await import('./security-hooks.ts')
    const parts = new ApiParts()
    const app = fastify()
    addSecurity(app, { ...parts, host: '127.0.0.1', pageOrigins: [], cookieName: 'c' })
    expect(() => app.get('/open', async () => 'data')).toThrow(/does not say who may call it/)
  })
})
