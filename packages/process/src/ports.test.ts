import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { WeirError } from '@weir/engine/base/errors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findFreePort, isPortFree, requirePorts } from './ports.ts'

let server: Server
let port: number

beforeEach(async () => {
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(() => {
  server.close()
})

test('a port that is listened on is not free, and free again afterwards', async () => {
  expect(await isPortFree(port, '127.0.0.1')).toBe(false)
  server.close()
  await once(server, 'close')
  expect(await isPortFree(port, '127.0.0.1')).toBe(true)
})

test('the error names the port, its variable and a port that is free', async () => {
  const error = await requirePorts([{ port, variable: 'JOBMANAGER_PORT', purpose: 'the test' }], '127.0.0.1').catch(
    e => e,
  )
  expect(error).toBeInstanceOf(WeirError)
  expect(error.code).toBe('PORT_IN_USE')
  const offered = /JOBMANAGER_PORT=(\d+)$/.exec(error.message)
  expect(error.message).toContain(`port ${port} on 127.0.0.1 is taken`)
  expect(await isPortFree(Number(offered?.[1]), '127.0.0.1')).toBe(true)
})

test('a port that the cluster itself needs is not offered', async () => {
  const next = await findFreePort(port, '127.0.0.1')
  expect(await findFreePort(port, '127.0.0.1', new Set([next]))).not.toBe(next)
})

test('all taken ports are named at once, free ones pass', async () => {
  const free = await findFreePort(port, '127.0.0.1')
  await requirePorts([{ port: free, variable: 'A', purpose: 'a' }], '127.0.0.1')
  const error: WeirError = await requirePorts(
    [
      { port, variable: 'A', purpose: 'a' },
      { port, variable: 'B', purpose: 'b' },
    ],
    '127.0.0.1',
  ).catch(e => e)
  expect(error.problems).toHaveLength(2)
  const offered = error.problems.map(problem => /=(\d+)$/.exec(problem.message)?.[1])
  expect(new Set(offered).size, `one port is offered twice: ${offered}`).toBe(2)
})
