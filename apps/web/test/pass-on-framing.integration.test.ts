import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLoginLink } from '../lib/server/open-login-link.ts'
import { passOn } from '../lib/server/pass-on.ts'

/** What stands in for the JobManager: tells every request that it has understood, and how much came with it. */
let jobManager: Server
let asked: { what: string; bytes: number; headers: IncomingMessage['headers'] }[] = []
let malformed: string[] = []
let answerStatus = 200
let before: NodeJS.ProcessEnv

beforeEach(async () => {
  asked = []
  malformed = []
  answerStatus = 200
  jobManager = createServer(async (request, response) => {
    const seen = { what: `${request.method} ${request.url}`, bytes: 0, headers: request.headers }
    asked.push(seen)
    if (request.method !== 'GET') for await (const chunk of request) seen.bytes += (chunk as Buffer).length
    response.writeHead(answerStatus, { 'content-security-policy': "default-src 'none'", 'set-cookie': 's=1' })
    response.end(request.method === 'HEAD' ? undefined : seen.what)
  }).on('clientError', (error: NodeJS.ErrnoException, socket) => {
    malformed.push(error.code ?? error.message)
    socket.destroy()
  })
  jobManager.listen(0, '127.0.0.1')
  await once(jobManager, 'listening')
  before = { ...process.env }
  process.env.WEIR_HOST = '127.0.0.1'
  process.env.JOBMANAGER_PORT = String((jobManager.address() as AddressInfo).port)
})

afterEach(async () => {
  process.env = before
  jobManager.closeAllConnections()
  jobManager.close()
})

const URL_HERE = 'http://localhost:8080/api/v1/jobs'

function request(method: string, headers: Record<string, string> = {}, body?: string): Request {
  const stream = body === undefined ? {} : { body: new Blob([body]).stream(), duplex: 'half' as const }
  return new Request(URL_HERE, { method, headers: { host: 'localhost:8080', ...headers }, ...stream })
}

const textOf = async (answer: Response): Promise<string> => answer.text()

describe('a request that is passed on', () => {
  it('announces no body that does not come: the next one on the same connection is read as it is', async () => {
    for (const method of ['GET', 'HEAD']) await textOf(await passOn(request(method, { 'content-length': '40' })))
    expect(await textOf(await passOn(request('GET')))).toBe('GET /api/v1/jobs')
    expect(asked.map(({ what }) => what)).toEqual(['GET /api/v1/jobs', 'HEAD /api/v1/jobs', 'GET /api/v1/jobs'])
    expect(malformed).toEqual([])
  })

  it.each(['DELETE', 'POST', 'PUT'])(
    'carries a %s of unknown length as its body, never as another request',
    async method => {
      const hidden = 'POST /api/v1/hidden HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'
      const answer = await passOn(request(method, { 'transfer-encoding': 'chunked' }, hidden))
      expect(await textOf(answer)).toBe(`${method} /api/v1/jobs`)
      await textOf(await passOn(request('GET')))
      expect(asked.map(({ what, bytes }) => [what, bytes])).toEqual([
        [`${method} /api/v1/jobs`, hidden.length],
        ['GET /api/v1/jobs', 0],
      ])
    },
  )

  it('has no body where none was announced, though its method may have one', async () => {
    await textOf(await passOn(request('DELETE', {}, '')))
    expect(asked[0]!.headers).not.toHaveProperty('transfer-encoding')
    expect(asked[0]!.headers['content-length'] ?? '0').toBe('0')
  })

  it('keeps the length that was announced for it, and the policy of the answer', async () => {
    const answer = await passOn(request('PUT', { 'content-length': '5' }, 'hello'))
    expect(asked[0]).toMatchObject({ bytes: 5, headers: { 'content-length': '5' } })
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'")
  })
})

describe('a login link', () => {
  const link = (method: string): Request =>
    new Request('http://localhost:8080/login?token=s%26cret', { method, headers: { host: 'localhost:8080' } })

  it('is not used up by looking at it', async () => {
    expect((await openLoginLink(link('HEAD'))).status).toBe(405)
    expect(asked).toEqual([])
  })

  it.each([
    [303, '/'],
    [401, '/login?link=refused'],
    [429, '/login?link=unreachable'],
    [500, '/login?link=unreachable'],
    [503, '/login?link=unreachable'],
  ])('that is answered with %i leads to %s', async (status, location) => {
    answerStatus = status
    const answer = await openLoginLink(link('GET'))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, location])
    expect(answer.headers.getSetCookie()).toEqual(status === 303 ? ['s=1'] : [])
    expect(asked[0]!.what).toBe('GET /login?token=s%26cret')
  })
})
