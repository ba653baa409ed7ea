import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openLoginLink } from '../lib/server/open-login-link.ts'
import { passOn } from '../lib/server/pass-on.ts'

let server: Server
let handle: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  server = createServer((request, response) => handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  vi.stubEnv('WEIR_HOST', '127.0.0.1')
  vi.stubEnv('JOBMANAGER_PORT', String((server.address() as AddressInfo).port))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

const HOST = { host: 'localhost:8080' }

describe('a request for the JobManager', () => {
  it('arrives with its method, path, query, headers and body', async () => {
    const seen = Promise.withResolvers<string>()
    handle = (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        seen.resolve(`${request.method} ${request.url} ${request.headers.cookie} ${Buffer.concat(chunks)}`)
        response.writeHead(201, { 'content-type': 'application/json' }).end('{}')
      })
    }
    const response = await passOn(
      new Request('http://localhost:8080/api/v1/x%2Fy?a=b%20c', {
        method: 'POST',
        // As a browser says it: without a length there is no body.
        headers: { ...HOST, cookie: 's=1', 'content-length': '5' },
        body: 'hello',
      }),
    )
    expect(response.status).toBe(201)
    expect(await response.text()).toBe('{}')
    expect(await seen.promise).toBe('POST /api/v1/x%2Fy?a=b%20c s=1 hello')
  })

  it('gives every cookie of the answer to the browser', async () => {
    handle = (_request, response) => {
      response.writeHead(204, { 'set-cookie': ['a=1; HttpOnly', 'b=2'] }).end()
    }
    const response = await passOn(new Request('http://localhost:8080/api/v1/logout', { method: 'POST', headers: HOST }))
    expect(response.status).toBe(204)
    expect(response.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2'])
  })

  it('gives each event on as it comes, and ends over there when the browser leaves', async () => {
    const left = Promise.withResolvers<void>()
    let write: (text: string) => void = () => undefined
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      write = text => response.write(text)
      write('data: one\n\n')
      response.on('close', left.resolve)
    }
    const browser = new AbortController()
    const response = await passOn(
      new Request('http://localhost:8080/trpc/live.watch', { headers: HOST, signal: browser.signal }),
    )
    expect(response.headers.get('cache-control')).toContain('no-transform')
    const reader = response.body!.getReader()
    const decoder = new TextDecoder()
    expect(decoder.decode((await reader.read()).value)).toBe('data: one\n\n')
    write('data: two\n\n')
    expect(decoder.decode((await reader.read()).value)).toBe('data: two\n\n')
    browser.abort()
    await left.promise
  })

  it('is answered 502 with a problem body that names the address when nobody is there', async () => {
    vi.stubEnv('JOBMANAGER_PORT', '1')
    const response = await passOn(new Request('http://localhost:8080/api/v1/me', { headers: HOST }))
    expect(response.status).toBe(502)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'UNREACHABLE', detail: expect.stringContaining('127.0.0.1:1') })
  })
})

describe('a login link', () => {
  const open = (token: string): Promise<Response> =>
    openLoginLink(new Request(`http://localhost:8080/auth/link?token=${token}`, { headers: HOST }))

  it('that is good leads home with its session', async () => {
    handle = (request, response) => {
      expect(request.url).toBe('/login?token=good')
      response.writeHead(303, { location: '/', 'set-cookie': 'session=1' }).end()
    }
    const response = await open('good')
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/')
    expect(response.headers.getSetCookie()).toEqual(['session=1'])
  })

  it('that is used up leads to the page that says so, without its secret', async () => {
    handle = (_request, response) => {
      response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{}')
    }
    const response = await open('used')
    expect(response.headers.get('location')).toBe('/login?link=refused')
  })

  it('that nobody could look at is not called bad', async () => {
    vi.stubEnv('JOBMANAGER_PORT', '1')
    const response = await open('good')
    expect(response.headers.get('location')).toBe('/login?link=unreachable')
  })
})
