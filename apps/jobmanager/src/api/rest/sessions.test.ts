import { describe, expect, it } from 'vitest'
import { ApiParts, asAdmin } from '../../../test/api-harness.ts'

async function loggedIn(parts = new ApiParts(), overrides: Parameters<ApiParts['app']>[0] = {}) {
  const app = await parts.app(overrides)
  const made = await app.inject({
    method: 'POST',
    url: '/api/v1/login-links',
    headers: { ...asAdmin, host: 'localhost:8081' },
  })
  const { url, expires_at } = made.json()
  const link = new URL(url)
  const opened = await app.inject({ url: link.pathname + link.search, headers: { host: 'localhost:8081' } })
  const cookie = opened.cookies[0]
  return {
    parts,
    app,
    made,
    url,
    expires_at,
    link,
    opened,
    cookie,
    cookies: { weir_session_8081: cookie?.value ?? '' },
  }
}

describe('logging in', () => {
  it('makes a one-time link to the address that was asked', async () => {
    const { made, url, expires_at } = await loggedIn()
    expect(made.statusCode).toBe(201)
    expect(url).toMatch(/^http:\/\/localhost:8081\/login\?token=[A-Za-z0-9_-]{43}$/)
    expect(expires_at).toBe('2026-01-02T03:19:05.000Z')
  })

  it('makes the link lead to the web app where there is one', async () => {
    const { url } = await loggedIn(new ApiParts(), { publicUrl: 'http://localhost:8080' })
    expect(url).toMatch(/^http:\/\/localhost:8080\/login\?token=/)
  })

  it('sets an httpOnly SameSite=Strict cookie and leads to /', async () => {
    const { opened, cookie, parts } = await loggedIn()
    expect([opened.statusCode, opened.headers.location]).toEqual([303, '/'])
    expect(cookie).toMatchObject({ name: 'weir_session_8081', path: '/', httpOnly: true, sameSite: 'Strict' })
    expect(cookie?.maxAge).toBe(7 * 24 * 3600)
    expect(parts.credentials.audit.map(entry => entry.action)).toEqual(['POST /api/v1/login-links', 'GET /login'])
  })

  it('works once, and is not used up by looking at it', async () => {
    const { app, parts } = await loggedIn()
    const made = await app.inject({ method: 'POST', url: '/api/v1/login-links', headers: asAdmin })
    const { pathname, search } = new URL(made.json().url)
    const looked = await app.inject({ method: 'HEAD', url: pathname + search })
    expect(looked.statusCode).toBeGreaterThanOrEqual(400)
    expect((await app.inject(pathname + search)).statusCode).toBe(303)
    const again = await app.inject(pathname + search)
    expect([again.statusCode, again.json().code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(parts.credentials.sessions.size).toBe(2)
    const page = await app.inject({ url: pathname + search, headers: { accept: 'text/html' } })
    expect([page.statusCode, page.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8'])
    expect(page.body).toContain('./weir login')
  })

  it('gives the right that the link was made with', async () => {
    const { app } = await loggedIn()
    const made = await app.inject({
      method: 'POST',
      url: '/api/v1/login-links',
      headers: asAdmin,
      payload: { role: 'viewer', see_records: true },
    })
    const { pathname, search } = new URL(made.json().url)
    const cookies = { weir_session_8081: (await app.inject(pathname + search)).cookies[0]?.value ?? '' }
    const me = await app.inject({ url: '/api/v1/me', cookies })
    expect(me.json()).toEqual({ name: 'viewer', role: 'viewer', see_records: true, via: 'session' })
  })
})

describe('a session', () => {
  it('may read from anywhere that the browser sends it, and ends at log-out', async () => {
    const { app, cookies } = await loggedIn()
    expect((await app.inject({ url: '/jobs', cookies })).statusCode).toBe(200)
    const headers = { host: 'localhost:8081', origin: 'http://localhost:8081' }
    const out = await app.inject({ method: 'POST', url: '/api/v1/logout', cookies, headers })
    expect(out.statusCode).toBe(204)
    expect(out.cookies[0]).toMatchObject({ name: 'weir_session_8081', value: '' })
    expect((await app.inject({ url: '/jobs', cookies })).statusCode).toBe(401)
  })

  it('changes something only from a page of this server', async () => {
    const { app, cookies } = await loggedIn(new ApiParts(), { pageOrigins: ['http://localhost:8080'] })
    const make = async (origin: string | undefined) => {
      const headers = { host: 'localhost:8081', ...(origin === undefined ? {} : { origin }) }
      return (await app.inject({ method: 'POST', url: '/api/v1/login-links', cookies, headers })).statusCode
    }
    expect(await make('http://localhost:8081')).toBe(201)
    expect(await make('http://localhost:8080')).toBe(201)
    expect(await make('http://localhost:3000')).toBe(403)
    expect(await make('https://evil.example')).toBe(403)
    expect(await make('null')).toBe(403)
    expect(await make(undefined)).toBe(403)
  })

  it('of another cluster on this machine is not mistaken for one of this', async () => {
    const { app, cookie } = await loggedIn()
    const answer = await app.inject({ url: '/jobs', cookies: { weir_session_9081: cookie?.value ?? '' } })
    expect(answer.statusCode).toBe(401)
  })
})

describe('tokens over HTTP', () => {
  it('are shown once, listed without their secret, and revoked', async () => {
    const app = await new ApiParts().app()
    const made = await app.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers: asAdmin,
      payload: { name: 'ci', role: 'developer', expires_in_ms: 60_000 },
    })
    expect(made.statusCode).toBe(201)
    const { token, id } = made.json()
    const headers = { authorization: `Bearer ${token}` }
    expect((await app.inject({ url: '/api/v1/me', headers })).json()).toMatchObject({ name: 'ci', role: 'developer' })
    const list = await app.inject({ url: '/api/v1/tokens', headers: asAdmin })
    expect(list.body).not.toContain(token)
    expect(list.json()).toEqual([
      {
        id,
        name: 'ci',
        role: 'developer',
        see_records: false,
        created_at: '2026-01-02T03:04:05.000Z',
        expires_at: '2026-01-02T03:05:05.000Z',
        last_used_at: '2026-01-02T03:04:05.000Z',
      },
    ])
    const revoke = () => app.inject({ method: 'DELETE', url: `/api/v1/tokens/${id}`, headers: asAdmin })
    expect((await revoke()).statusCode).toBe(204)
    expect((await revoke()).statusCode).toBe(404)
    expect((await app.inject({ url: '/api/v1/me', headers })).statusCode).toBe(401)
  })

  it('last 90 days unless another time was asked for', async () => {
    const app = await new ApiParts().app()
    const make = async (payload: object) =>
      (await app.inject({ method: 'POST', url: '/api/v1/tokens', headers: asAdmin, payload })).json().expires_at
    expect(await make({ name: 'a', role: 'viewer' })).toBe('2026-04-02T03:04:05.000Z')
    expect(await make({ name: 'b', role: 'viewer', expires_in_ms: null })).toBeNull()
  })
})
