import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog, type ProcessLog } from '@weir/process/logging'
import { findFreePort } from '@weir/process/ports'
import { readSettings, type Settings } from '@weir/process/settings'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { restartDelayMs } from './child.ts'
import { lockHome } from './home-lock.ts'
import { type ClusterFile, clusterFile, Supervisor } from './supervisor.ts'

// The supervisor is shown with small stand-ins for the two processes, which can be told to misbehave; the real ones run
// under it in the end-to-end tests.

let home: string
let settings: Settings
let log: ProcessLog
let supervisor: Supervisor | null = null
let notices: string[]

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'weir-cluster-'))
  const port = await findFreePort(20_000 + Math.floor(Math.random() * 20_000), '127.0.0.1')
  settings = readSettings({ WEIR_HOME: home, JOBMANAGER_PORT: String(port), TASK_MANAGERS: '2', WEB_PORT: '19080' })
  log = openLog(settings, { process: 'cluster' })
  notices = []
})
afterEach(async () => {
  await supervisor?.stop()
  supervisor = null
  log.close()
  rmSync(home, { recursive: true })
})

/** A JobManager that answers what stands in the file `taskmanagers.json`, and gives login links to who has the token. */
const JOBMANAGER = `
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
const file = process.env.WEIR_HOME + '/taskmanagers.json'
process.send({ type: 'progress', text: 'opening the database' })
createServer((request, response) => {
  if (request.headers.authorization !== 'Bearer secret-token-0123') return response.writeHead(401).end('{}')
  if (request.url === '/taskmanagers') return response.end(existsSync(file) ? readFileSync(file) : '[]')
  if (request.url === '/api/v1/login-links' && request.method === 'POST') {
    return response.writeHead(201).end(JSON.stringify({ url: process.env.WEIR_PUBLIC_URL + '/login?code=1', expires_at: '2030-01-01T00:00:00Z' }))
  }
  response.writeHead(404).end('{}')
}).listen(process.env.JOBMANAGER_PORT, '127.0.0.1', () => process.send({ type: 'ready', details: { addresses: { http: 'x' } } }))
process.on('disconnect', () => process.exit())`

const TASKMANAGER = `
console.log('hello from', process.env.TASKMANAGER_ID, process.env.TASKMANAGER_RPC_PORT, process.env.METRICS_PORT, 'token', process.env.WEIR_TOKEN)
process.send({ type: 'ready', details: { addresses: {} } })
process.on('disconnect', () => process.exit())
setInterval(() => 0, 1000)`

const WEB = `
console.log('web', process.env.WEB_PORT, 'secrets', process.env.WEIR_TOKEN, process.env.DATABASE_URL)
process.send({ type: 'ready', details: { addresses: {} } })
process.on('disconnect', () => process.exit())
setInterval(() => 0, 1000)`

interface Scripts {
  readonly jobManager?: string
  readonly taskManager?: string
  readonly web?: string
}

function newSupervisor(scripts: Scripts = {}): Supervisor {
  const files = {
    jobManager: join(home, 'jobmanager.mjs'),
    taskManager: join(home, 'taskmanager.mjs'),
    web: join(home, 'web.mjs'),
  }
  writeFileSync(files.jobManager, scripts.jobManager ?? JOBMANAGER)
  writeFileSync(files.taskManager, scripts.taskManager ?? TASKMANAGER)
  writeFileSync(files.web, scripts.web ?? WEB)
  supervisor = new Supervisor({
    settings,
    env: {
      ...process.env,
      JOBMANAGER_PORT: String(settings.jobManagerPort),
      WEB_PORT: String(settings.webPort),
      WEIR_TOKEN: 'secret-token-0123',
      DATABASE_URL: 'postgresql://somewhere/weir',
    },
    scripts: files,
    adminToken: 'secret-token-0123',
    logger: log.logger,
    notice: line => notices.push(line),
  })
  return supervisor
}

async function started(scripts: Scripts = {}): Promise<Supervisor> {
  const cluster = newSupervisor(scripts)
  await cluster.startJobManager(() => undefined)
  await cluster.startOthers(() => undefined)
  return cluster
}

const pids = (): Map<string, number | null> => {
  const file: ClusterFile = JSON.parse(readFileSync(clusterFile(settings), 'utf8'))
  return new Map(file.processes.map(child => [child.name, child.pid]))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(what: string, condition: () => boolean, limitMs: number): Promise<void> {
  for (const deadlineMs = performance.now() + limitMs; !condition(); ) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('starts all processes, each TaskManager with its own id and ports, and none but the JobManager with secrets', async () => {
  const notes: string[] = []
  const cluster = newSupervisor()
  await cluster.startJobManager(text => notes.push(text))
  await cluster.startOthers(() => undefined)
  expect(notes).toEqual(['opening the database'])
  expect([...pids().keys()]).toEqual(['jobmanager', 'tm-1', 'tm-2', 'web'])
  expect(await cluster.client.newLoginLink()).toMatchObject({ url: 'http://127.0.0.1:19080/login?code=1' })
  const output = (name: string) => readFileSync(join(home, 'logs', `${name}.out.log`), 'utf8')
  const hasWritten = (name: string) => existsSync(join(home, 'logs', `${name}.out.log`)) && output(name) !== ''
  await until('output', () => ['tm-1', 'tm-2', 'web'].every(hasWritten), 2000)
  expect(output('tm-1')).toBe('hello from tm-1 6124 9249 token undefined\n')
  expect(output('tm-2')).toBe('hello from tm-2 6125 9250 token undefined\n')
  expect(output('web')).toBe('web 19080 secrets undefined undefined\n')
})

test('a child that is killed is started again', async () => {
  await started()
  for (const name of ['tm-2', 'jobmanager', 'web']) {
    const before = pids().get(name)!
    process.kill(before, 'SIGKILL')
    await until(`${name} has a new process`, () => ![before, null].includes(pids().get(name)!), 3000)
  }
  await until('it is said', () => notices.includes('JobManager is back'), 3000)
  expect(notices[0]).toContain('TaskManager tm-2 has ended (SIGKILL); starting it again in 100 ms')
})

test('a TaskManager that is stopped by a signal and declared lost is killed and replaced; one replaced already is left alone', async () => {
  await started()
  const stopped = pids().get('tm-1')!
  const other = pids().get('tm-2')!
  process.kill(stopped, 'SIGSTOP')
  const rows = [
    { task_manager_id: 'tm-1', status: 'LOST', pid: stopped },
    { task_manager_id: 'tm-2', status: 'ACTIVE', pid: other },
  ]
  writeFileSync(join(home, 'taskmanagers.json'), JSON.stringify(rows))
  await until('tm-1 has a new process', () => ![stopped, null].includes(pids().get('tm-1')!), 4000)
  expect(isAlive(stopped)).toBe(false)
  const successor = pids().get('tm-1')!
  // The JobManager still names the old process: two more polls must not touch the new one.
  await new Promise(resolve => setTimeout(resolve, 2200))
  expect(pids().get('tm-1')).toBe(successor)
  expect(pids().get('tm-2')).toBe(other)
})

test('a child that cannot start ends the start with its own error', async () => {
  const error = JSON.stringify({ code: 'PORT_IN_USE', message: 'port 1 is taken', place: {}, problems: [] })
  const failing = `process.send({ type: 'failed', error: ${error} }, () => process.exit(1))`
  await expect(started({ jobManager: failing })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: 'port 1 is taken',
  })
})

test('a child that ends without a word ends the start with what it wrote', async () => {
  const failing = `console.error('TypeError: something'); process.exit(7)`
  await expect(started({ taskManager: failing })).rejects.toThrow(
    /ended with exit code 7 before it was ready.*TypeError: something/s,
  )
})

test('stopping ends all within 5 s, also what ignores SIGTERM or is stopped by SIGSTOP', async () => {
  const cluster = await started({ taskManager: `process.on('SIGTERM', () => 0)\n${TASKMANAGER}` })
  const all = [...pids().values()].map(pid => pid!)
  process.kill(pids().get('tm-2')!, 'SIGSTOP')
  const startedMs = performance.now()
  await cluster.stop()
  expect(performance.now() - startedMs).toBeLessThan(5000)
  expect(all.filter(isAlive)).toEqual([])
  await new Promise(resolve => setTimeout(resolve, 300))
  expect([...pids().values()]).toEqual([null, null, null, null])
})

test('two clusters cannot share a home, and the error names the one that has it', async () => {
  const lock = lockHome(settings)
  await started()
  expect(() => lockHome(settings)).toThrow(
    `is in use by the cluster at http://127.0.0.1:${settings.jobManagerPort} (process ${process.pid})`,
  )
  lock.release()
  lockHome(settings).release()
})

test('the delay before a restart doubles up to 10 s', () => {
  expect([0, 1, 2, 6, 7, 100].map(restartDelayMs)).toEqual([100, 200, 400, 6400, 10_000, 10_000])
})
