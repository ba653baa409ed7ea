import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryLockFolder } from '@weir/process/folder-lock'
import { findFreePort } from '@weir/process/ports'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clusterFile } from './supervisor.ts'

const HOST = '127.0.0.1'
const VARIABLES = [
  'WEB_PORT',
  'JOBMANAGER_PORT',
  'JOBMANAGER_RPC_PORT',
  'TASKMANAGER_RPC_PORT',
  'METRICS_PORT',
] as const

let home: string
let ports: Record<string, string>
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'weir-check-'))
  ports = {}
  const first = 31_000 + Math.floor(Math.random() * 4_000)
  const taken = new Set<number>()
  for (const variable of VARIABLES) {
    const port = await findFreePort(first, HOST, taken)
    taken.add(port)
    ports[variable] = String(port)
  }
})
afterEach(() => rmSync(home, { recursive: true }))

/** What `npm start` runs before it builds the web app. */
async function check(): Promise<{ code: number | null; said: string }> {
  const script = join(import.meta.dirname, 'main.ts')
  const env = { ...process.env, ...ports, WEIR_HOME: home }
  const child = spawn(process.execPath, [script, '--check'], { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { code, said }
}

test('where nobody is nothing is said, and nothing stays taken', async () => {
  expect(await check()).toEqual({ code: 0, said: '' })
  expect(await check()).toEqual({ code: 0, said: '' })
})

test('a WEIR_HOME that a running cluster has is refused with where that is', async () => {
  const lock = tryLockFolder(home, 'cluster')
  try {
    writeFileSync(clusterFile({ home }), JSON.stringify({ pid: 4711, url: 'http://127.0.0.1:9' }))
    const { code, said } = await check()
    expect(code).toBe(1)
    expect(said).toContain(`WEIR_HOME ${home} is in use by the cluster at http://127.0.0.1:9 (process 4711)`)
  } finally {
    lock?.release()
  }
})

test('a port that another process has is refused with its variable', async () => {
  const server = createServer().listen(Number(ports.WEB_PORT), HOST)
  await once(server, 'listening')
  try {
    const { code, said } = await check()
    expect(code).toBe(1)
    expect(said).toContain(`${ports.WEB_PORT}`)
    expect(said).toContain('WEB_PORT')
  } finally {
    server.close()
  }
})
