import { describe, expect, it } from 'vitest'
import { loginAddress, safeNext } from './go-to-login.ts'

describe('where a log-in leads', () => {
  it('is the page that one came from, with its search', () => {
    const address = loginAddress('/jobs/job_1?tab=errors&operator=a b')
    expect(safeNext(new URLSearchParams(address.split('?')[1]).get('next'))).toBe(
      '/jobs/job_1?tab=errors&operator=a%20b',
    )
  })

  it('is told to whoever is sent there by the end of a session', () => {
    expect(loginAddress('/', true)).toBe('/login?ended=1')
    const params = new URL(loginAddress('/jobs?status=failed', true), 'http://here.invalid').searchParams
    expect([params.get('ended'), safeNext(params.get('next'))]).toEqual(['1', '/jobs?status=failed'])
  })

  it('is home when one came from nowhere', () => {
    expect(loginAddress('/')).toBe('/login')
    expect(safeNext(null)).toBe('/')
    expect(safeNext('')).toBe('/')
  })

  it.each([
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    'https://evil.example/',
    'javascript:alert(1)',
    'jobs',
    '/\n/evil.example',
  ])('is never another place: %j', next => {
    const led = safeNext(next)
    expect(new URL(led, 'http://127.0.0.1:8080').origin).toBe('http://127.0.0.1:8080')
    expect(led).toBe('/')
  })
})
