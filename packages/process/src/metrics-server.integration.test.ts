import { request } from 'node:http'
import { Counter } from 'prom-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAllowedHost } from './host-check.ts'
import { type MetricsServer, newMetricsRegistry, startMetricsServer } from './metrics-server.ts'

let server: MetricsServer
let counter: Counter

beforeEach(async () => {
  const register = newMetricsRegistry()
  counter = new Counter({ name: 'records_processed_total', help: 'records', registers: [register] })
  server = await startMetricsServer({ host: '127.0.0.1', port: 0, variable: 'METRICS_PORT', register })
})
afterEach(() => server.close())

function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, path, method, headers }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
    call.on('error', reject)
    call.end()
  })
}

test('metrics of the process and of Weir are served in the text format', async () => {
  counter.inc(3)
  const { status, text } = await get('/metrics')
  expect(status).toBe(200)
  expect(text).toContain('\nrecords_processed_total 3\n')
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
})

test('a foreign Host, another path and another method are refused', async () => {
  expect(await get('/metrics', { host: 'evil.example' })).toMatchObject({ status: 403 })
  expect(await get('/')).toMatchObject({ status: 404 })
  expect(await get('//')).toMatchObject({ status: 404 })
  expect(await get('/metrics', {}, 'POST')).toMatchObject({ status: 405 })
})

test('a taken port is an error that names its variable', async () => {
  const second = startMetricsServer({
    host: '127.0.0.1',
    port: server.port,
    variable: 'METRICS_PORT',
    register: newMetricsRegistry(),
  })
  await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining('METRICS_PORT=') })
})

test('addresses, localhost and named hosts are allowed, all else is not', () => {
  for (const host of ['127.0.0.1', '127.0.0.1:8081', 'localhost:1', 'LOCALHOST', '[::1]:8081', '10.0.0.7:80']) {
    expect(isAllowedHost(host), host).toBe(true)
  }
  for (const host of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'a b',
    '127.0.0.1@evil',
  ]) {
    expect(isAllowedHost(host), host).toBe(false)
  }
  expect(isAllowedHost('jobmanager:8081', ['jobmanager'])).toBe(true)
})
