import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, ApiParts } from '../../test/api-harness.ts'
import { LOGIN_LINK_MS, SESSION_MS } from './access.ts'

function bearer(token: string) {
  return { authorization: `Bearer ${token}`, sessionCookie: undefined, address: '127.0.0.1' }
}

function cookie(session: string) {
  return { authorization: undefined, sessionCookie: session, address: '127.0.0.1' }
}

describe('tokens', () => {
  it('take the admin token, and refuse one that differs in a character', async () => {
    const { access } = new ApiParts()
    expect(await access.authenticate(bearer(ADMIN_TOKEN))).toMatchObject({ name: 'admin', role: 'admin' })
    await expect(access.authenticate(bearer(`${ADMIN_TOKEN}x`))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(access.authenticate(bearer(ADMIN_TOKEN.slice(1)))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('have 256 random bits and are stored as their SHA-256 alone', async () => {
    const { access, credentials } = new ApiParts()
    const first = await access.createToken('ci', { role: 'viewer', seeRecords: false }, null)
    const second = await access.createToken('ci', { role: 'viewer', seeRecords: false }, null)
    expect(first.token).toMatch(/^weir_[A-Za-z0-9_-]{43}$/)
    expect(first.token).not.toBe(second.token)
    expect(JSON.stringify([...credentials.tokens.values()])).not.toContain(first.token.slice(5))
    expect(first.record.hash).toBe(createHash('sha256').update(first.token).digest('hex'))
    expect(await access.authenticate(bearer(first.token))).toEqual({
      name: 'ci',
      via: 'token',
      role: 'viewer',
      seeRecords: false,
    })
  })

  it('end when they expire and when they are revoked', async () => {
    const parts = new ApiParts()
    const expiring = await parts.access.createToken('a', { role: 'viewer', seeRecords: false }, parts.nowMs + 1000)
    const revoked = await parts.access.createToken('b', { role: 'viewer', seeRecords: false }, null)
    await parts.access.revokeToken(revoked.record.id)
    await expect(parts.access.authenticate(bearer(revoked.token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(parts.access.revokeToken(revoked.record.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    parts.nowMs += 999
    await expect(parts.access.authenticate(bearer(expiring.token))).resolves.toMatchObject({ name: 'a' })
    parts.nowMs += 1
    await expect(parts.access.authenticate(bearer(expiring.token))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('note their use at most once a minute', async () => {
    const parts = new ApiParts()
    const { token, record } = await parts.access.createToken('ci', { role: 'viewer', seeRecords: false }, null)
    const lastUsed = () => parts.credentials.tokens.get(record.hash)?.lastUsedAt
    const first = parts.nowMs
    await parts.access.authenticate(bearer(token))
    expect(lastUsed()).toBe(first)
    parts.nowMs += 59_000
    await parts.access.authenticate(bearer(token))
    expect(lastUsed()).toBe(first)
    parts.nowMs += 1_000
    await parts.access.authenticate(bearer(token))
    expect(lastUsed()).toBe(first + 60_000)
  })

  it('do not fall back to the session when the header is wrong', async () => {
    const { access } = new ApiParts()
    const { secret } = await access.createLoginLink({ role: 'admin', seeRecords: false })
    const { session } = await access.logIn(secret, '127.0.0.1')
    const both = { authorization: 'Bearer nonsense-nonsense', sessionCookie: session, address: '127.0.0.1' }
    await expect(access.authenticate(both)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(access.authenticate({ ...both, authorization: 'Basic eDp5' })).rejects.toThrow(/Bearer <token>/)
  })
})

describe('login links', () => {
  it('log in once, with their own rights', async () => {
    const { access, credentials } = new ApiParts()
    const { secret } = await access.createLoginLink({ role: 'operator', seeRecords: true })
    expect(JSON.stringify([...credentials.links.values()])).not.toContain(secret)
    const results = await Promise.allSettled([access.logIn(secret, 'a'), access.logIn(secret, 'b')])
    const good = results.filter(result => result.status === 'fulfilled')
    expect(good).toHaveLength(1)
    const principal = await access.authenticate(cookie(good[0]!.value.session))
    expect(principal).toMatchObject({ role: 'operator', seeRecords: true, via: 'session' })
    expect(JSON.stringify([...credentials.sessions.values()])).not.toContain(good[0]!.value.session)
  })

  it('lapse, and so do the sessions that they gave', async () => {
    const parts = new ApiParts()
    const early = await parts.access.createLoginLink({ role: 'admin', seeRecords: false })
    const late = await parts.access.createLoginLink({ role: 'admin', seeRecords: false })
    parts.nowMs += LOGIN_LINK_MS - 1
    const { session } = await parts.access.logIn(early.secret, 'a')
    parts.nowMs += 1
    await expect(parts.access.logIn(late.secret, 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    parts.nowMs += SESSION_MS - 2
    await expect(parts.access.authenticate(cookie(session))).resolves.toMatchObject({ role: 'admin' })
    parts.nowMs += 1
    await expect(parts.access.authenticate(cookie(session))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('give a session that ends at log-out', async () => {
    const { access } = new ApiParts()
    const { secret } = await access.createLoginLink({ role: 'admin', seeRecords: false })
    const { session } = await access.logIn(secret, 'a')
    await access.logOut(session)
    await expect(access.authenticate(cookie(session))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('guessing', () => {
  async function guess(parts: ApiParts, n: number): Promise<void> {
    for (let i = 0; i < n; i++) await parts.access.authenticate(bearer(`guess-${n}-${i}`)).catch(() => undefined)
  }

  it('has to wait after a burst of wrong tokens, and a right one is then not looked at either', async () => {
    const parts = new ApiParts()
    await guess(parts, 20)
    await expect(parts.access.authenticate(bearer('one-more'))).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await expect(parts.access.authenticate(bearer(ADMIN_TOKEN))).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    parts.nowMs += 1_000
    await expect(parts.access.authenticate(bearer(ADMIN_TOKEN))).resolves.toMatchObject({ role: 'admin' })
  })

  it('does not lock out a caller who was right before, nor one at another address', async () => {
    const parts = new ApiParts()
    await parts.access.authenticate(bearer(ADMIN_TOKEN))
    const { token } = await parts.access.createToken('ci', { role: 'viewer', seeRecords: false }, null)
    await guess(parts, 30)
    await expect(parts.access.authenticate(bearer(ADMIN_TOKEN))).resolves.toMatchObject({ role: 'admin' })
    await expect(parts.access.authenticate({ ...bearer(token), address: '::1' })).resolves.toMatchObject({ name: 'ci' })
  })
})
