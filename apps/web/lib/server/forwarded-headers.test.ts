import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { forwardedHeaders, judgeOrigin } from './forwarded-headers.ts'
import { jobManagerAddress } from './job-manager.ts'

const TARGET = { host: '127.0.0.1', port: 8081 }

describe('the headers that the JobManager gets', () => {
  it('name it as the host, and our own page as one of its own', () => {
    const headers = forwardedHeaders(
      new Headers({ host: 'localhost:9000', origin: 'http://localhost:9000', cookie: 'a=b' }),
      TARGET,
    )
    expect(headers).toMatchObject({ host: '127.0.0.1:8081', origin: 'http://127.0.0.1:8081', cookie: 'a=b' })
  })

  it('take a page behind a TLS proxy for our own too', () => {
    expect(judgeOrigin('https://weir.example', 'weir.example')).toBe('own')
  })

  it('keep a foreign Origin, which is refused there', () => {
    const headers = forwardedHeaders(new Headers({ host: 'localhost:8080', origin: 'http://evil.example' }), TARGET)
    expect(headers.origin).toBe('http://evil.example')
  })

  it.each(['http://localhost:3000', 'http://localhost', 'null', 'http://localhost:8080.evil.example'])(
    'do not take the Origin %s for that of http://localhost:8080',
    origin => {
      expect(judgeOrigin(origin, 'localhost:8080')).toBe('foreign')
    },
  )

  it('do not let a foreign page pass by naming the JobManager as its Origin', () => {
    const headers = forwardedHeaders(new Headers({ host: 'localhost:8080', origin: 'http://127.0.0.1:8081' }), TARGET)
    expect(headers.origin).toBe('null')
  })

  it('have no Origin where there was none', () => {
    expect(forwardedHeaders(new Headers({ host: 'localhost:8080' }), TARGET)).not.toHaveProperty('origin')
  })

  it('carry nothing that only a trusted proxy may say, and nothing of this one connection', () => {
    const headers = forwardedHeaders(
      new Headers({
        host: 'localhost:8080',
        'x-forwarded-for': '1.2.3.4',
        'x-forwarded-host': 'evil.example',
        forwarded: 'for=1.2.3.4',
        'x-middleware-subrequest': 'proxy',
        'transfer-encoding': 'chunked',
        connection: 'keep-alive',
        authorization: 'Bearer x',
        'idempotency-key': 'k',
      }),
      TARGET,
    )
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'host', 'idempotency-key'])
  })
})

describe('the address of the JobManager', () => {
  it('follows the environment', () => {
    expect(jobManagerAddress({})).toEqual({ host: '127.0.0.1', port: 8081 })
    expect(jobManagerAddress({ WEIR_HOST: '::1', JOBMANAGER_PORT: '18081' })).toEqual({ host: '::1', port: 18081 })
  })
})

describe('the Content-Security-Policy', () => {
  const directives = (policy: string): Map<string, string> =>
    new Map(policy.split('; ').map(part => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)]))

  it('allows scripts of this origin and with the nonce alone', () => {
    expect(directives(contentSecurityPolicy('abc', false)).get('script-src')).toBe("'self' 'nonce-abc'")
  })

  it('names no other host, and no frame may hold the page', () => {
    const policy = contentSecurityPolicy('abc', false)
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
    expect(directives(policy).get('frame-ancestors')).toBe("'none'")
    expect(directives(policy).get('object-src')).toBe("'none'")
  })
})
