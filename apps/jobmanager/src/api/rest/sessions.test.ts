import { describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, ApiParts, asAdmin } from '../../../test/api-harness.ts'

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

  it('leads on to the web app, under the name that the browser uses, and to no other host', async () => {
    const web = { publicUrl: 'http://127.0.0.1:8080' }
    const parts = new ApiParts()
    const app = await parts.app(web)
    const open = async (next: string | null, host = 'localhost:8081') => {
      const { secret } = await parts.access.createLoginLink({ role: 'admin', seeRecords: false })
      const query = new URLSearchParams({ token: secret, ...(next === null ? {} : { next }) })
      return (await app.inject({ url: `/login?${query}`, headers: { host } })).headers.location
    }
    expect(await open(null)).toBe('http://localhost:8080/')
    expect(await open(null, '127.0.0.1:8081')).toBe('http://127.0.0.1:8080/')
    expect(await open('/jobs/job_1?tab=logs')).toBe('http://localhost:8080/jobs/job_1?tab=logs')
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', 'jobs']) {
      expect(await open(next), next).toBe('http://localhost:8080/')
    }
  })

  it('leads a browser whose link is refused to the page that says how to get a new one', async () => {
    const app = await new ApiParts().app({ publicUrl: 'http://127.0.0.1:8080' })
    const url = '/login?token=no-such-link'
    const page = await app.inject({ url, headers: { host: '127.0.0.1:8081', accept: 'text/html' } })
    expect([page.statusCode, page.headers.location]).toEqual([303, 'http://127.0.0.1:8080/login?link=refused'])
    expect(page.cookies).toEqual([])
    const program = await app.inject({ url, headers: { accept: 'application/json' } })
    expect([program.statusCode, program.json().code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('is opened as a page alone: what other pages fetch neither logs in nor uses up the tries', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const { secret } = await parts.access.createLoginLink({ role: 'admin', seeRecords: false })
    const open = (token: string, destination: string) =>
      app.inject({
        url: `/login?token=${token}`,
        headers: { 'sec-fetch-dest': destination, 'sec-fetch-site': 'cross-site' },
      })
    for (let i = 0; i < 40; i++) expect((await open(`guess-${i}`, 'image')).statusCode).toBe(403)
    for (const destination of ['image', 'iframe', 'empty', 'script']) {
      const answer = await open(secret, destination)
      expect([answer.statusCode, answer.cookies], destination).toEqual([403, []])
    }
    expect((await open(secret, 'document')).statusCode).toBe(303)
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

describe('logging in with a token', () => {
  const logIn = async (parts: ApiParts, token: string, headers: Record<string, string> = {}) => {
    const app = await parts.app({ pageOrigins: ['http://localhost:8080'] })
    const url = '/api/v1/sessions'
    const made = await app.inject({
      method: 'POST',
      url,
      payload: { token },
      headers: { host: 'localhost:8081', ...headers },
    })
    const cookies = { weir_session_8081: made.cookies[0]?.value ?? '' }
    return { app, made, cookies, me: async () => app.inject({ url: '/api/v1/me', cookies }) }
  }

  it('makes a session with the rights of the token, and says whose it is', async () => {
    const parts = new ApiParts()
    const { made, me } = await logIn(parts, ` ${ADMIN_TOKEN}\n`)
    expect(made.statusCode).toBe(201)
    expect(made.json()).toEqual({
      name: 'admin',
      role: 'admin',
      see_records: true,
      expires_at: '2026-01-09T03:04:05.000Z',
    })
    expect(made.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
    expect((await me()).json()).toMatchObject({ name: 'admin', role: 'admin', via: 'session' })
    expect(parts.credentials.audit.map(entry => entry.action)).toEqual(['POST /api/v1/sessions'])
    expect(JSON.stringify([...parts.credentials.sessions.values()])).not.toContain(ADMIN_TOKEN)
  })

  it('ends with the token: when it expires, and when it is revoked', async () => {
    const parts = new ApiParts()
    const viewer = { role: 'viewer', seeRecords: false } as const
    const { token, record } = await parts.access.createToken('dashboard', viewer, null)
    const lasting = await logIn(parts, token)
    expect((await lasting.me()).json()).toMatchObject({ name: 'dashboard', role: 'viewer' })
    await parts.access.revokeToken(record.id)
    expect((await lasting.me()).statusCode).toBe(401)
    const short = await parts.access.createToken('short', viewer, parts.nowMs + 60_000)
    const { made, me } = await logIn(parts, short.token)
    expect(made.cookies[0]?.maxAge).toBe(60)
    parts.nowMs += 60_000
    expect((await me()).statusCode).toBe(401)
  })

  it('refuses wrong tokens, and slows down who shows many', async () => {
    const parts = new ApiParts()
    const { made, app } = await logIn(parts, 'wrong')
    expect([made.statusCode, made.json().code, made.cookies]).toEqual([401, 'UNAUTHENTICATED', []])
    const statuses: number[] = []
    for (let i = 0; i < 25; i++) {
      const payload = { token: `wrong-${i}` }
      statuses.push((await app.inject({ method: 'POST', url: '/api/v1/sessions', payload })).statusCode)
    }
    expect(statuses.slice(-5)).toEqual([429, 429, 429, 429, 429])
  })

  it('is not for pages of others', async () => {
    const foreign = [
      ['origin', 'http://localhost:3000'],
      ['sec-fetch-site', 'cross-site'],
    ] as const
    for (const [name, value] of foreign) {
      expect((await logIn(new ApiParts(), ADMIN_TOKEN, { [name]: value })).made.statusCode).toBe(403)
    }
    const own = [
      ['origin', 'http://localhost:8080'],
      ['sec-fetch-site', 'same-origin'],
    ] as const
    for (const [name, value] of own) {
      expect((await logIn(new ApiParts(), ADMIN_TOKEN, { [name]: value })).made.statusCode).toBe(201)
    }
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
