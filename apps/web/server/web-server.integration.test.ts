import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import { findFreePort } from '@weir/process/ports'
import { afterEach, expect, test } from 'vitest'
import { type PageHandler, startWebServer, type WebServer } from './web-server.ts'

const open: WebServer[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const freePort = (): Promise<number> => findFreePort(20_000 + Math.floor(Math.random() * 20_000), '127.0.0.1')

async function start(
  handler: PageHandler,
  names: readonly string[] = [],
): Promise<{ server: WebServer; failures: unknown[] }> {
  const failures: unknown[] = []
  const options = {
    host: '127.0.0.1',
    port: await freePort(),
    names,
    handler,
    failed: (error: unknown) => failures.push(error),
  }
  const server = await startWebServer(options)
  open.push(server)
  return { server, failures }
}

/** `fetch` sets the Host header itself. */
async function request(url: string, host: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { headers: { host } }), 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}

test('requests under its own names reach the pages, requests under foreign names nothing', async () => {
  let reached = 0
  const { server } = await start(async (_, response) => {
    reached++
    response.end('page')
  })
  expect(await (await fetch(server.address)).text()).toBe('page')
  expect((await request(server.address, 'localhost:8080')).statusCode).toBe(200)
  expect((await request(server.address, 'evil.example')).statusCode).toBe(421)
  expect(reached).toBe(2)
})

test('requests under the name of a proxy in front of it reach the pages', async () => {
  const { server } = await start(async (_, response) => void response.end('page'), ['weir.example'])
  expect((await request(server.address, 'Weir.example:443')).statusCode).toBe(200)
  expect((await request(server.address, 'evil.weir.example')).statusCode).toBe(421)
})

test('a taken port is an error that names WEB_PORT and a free one', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as { port: number }
  const options = { host: '127.0.0.1', port, handler: async () => undefined, failed: () => undefined }
  try {
    await expect(startWebServer(options)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(new RegExp(`port ${port} .*WEB_PORT=\\d+`)),
    })
  } finally {
    holder.close()
  }
})

test('a handler that fails is answered with 500 and told of; one that fails midway breaks the answer off', async () => {
  const { server, failures } = await start(async (request, response) => {
    if (request.url === '/midway') response.write('half of ')
    throw new Error('on purpose')
  })
  expect((await fetch(server.address)).status).toBe(500)
  await expect(fetch(`${server.address}/midway`).then(answer => answer.text())).rejects.toThrow()
  expect(failures).toHaveLength(2)
})

test('closing ends streams that would go on for ever', async () => {
  const { server } = await start(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
  })
  const answer = await fetch(server.address)
  const ended = expect(answer.text()).rejects.toThrow()
  open.splice(0)
  await server.close()
  await ended
})
