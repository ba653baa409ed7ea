import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterSecret } from '@weir/process/credentials'
import { findFreePort } from '@weir/process/ports'
import { type ChildMessage, isChildMessage } from '@weir/process/supervision'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FakeTaskManager } from './fake-task-manager.ts'
import { eventually } from './test-job-manager.ts'

const TOKEN = 'a-token-for-this-test-alone'
const home = mkdtempSync(join(tmpdir(), 'weir-jobmanager-'))
const processes: ChildProcess[] = []
let httpPort = 0
let rpcPort = 0
let child: ChildProcess

const ENDLESS = `
  import { blackholeSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'
  const env = new StreamExecutionEnvironment('endless')
  env.addSource(datagenSource<{ n: number }>({ fields: { n: 'sequence' } })).addSink(blackholeSink())
  export default env
`

beforeAll(async () => {
  httpPort = await findFreePort(20_000 + (process.pid % 20_000), '127.0.0.1')
  rpcPort = await findFreePort(httpPort + 1, '127.0.0.1')
})

afterAll(() => {
  for (const started of processes) started.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

/** Starts the process and waits for what it says at the end of its start. */
async function start(env: Record<string, string> = {}): Promise<ChildMessage> {
  child = fork(join(import.meta.dirname, '../src/main.ts'), {
    env: {
      ...process.env,
      WEIR_HOME: home,
      WEIR_TOKEN: TOKEN,
      WEIR_WORKDIR: home,
      JOBMANAGER_PORT: String(httpPort),
      JOBMANAGER_RPC_PORT: String(rpcPort),
      ...env,
    },
    execArgv: [],
  })
  processes.push(child)
  for (;;) {
    const [message] = await once(child, 'message')
    if (isChildMessage(message) && message.type !== 'progress') return message
  }
}

async function stop(signal: NodeJS.Signals): Promise<number> {
  const began = performance.now()
  child.kill(signal)
  await once(child, 'exit')
  return performance.now() - began
}

async function request(method: string, path: string, body?: FormData): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, json: await response.json() }
}

function submit(source: string): ReturnType<typeof request> {
  const form = new FormData()
  form.set('job_file', new Blob([source]), 'job.ts')
  return request('POST', '/jobs/submit', form)
}

it('serves, takes a job from a file to RUNNING, and takes it up again after kill -9', { timeout: 90_000 }, async () => {
  const ready = await start()
  expect(ready).toMatchObject({ type: 'ready', details: { addresses: { http: `http://127.0.0.1:${httpPort}` } } })
  expect((await request('GET', '/')).json).toMatchObject({ name: 'weir', status: 'ok', role: 'leader' })

  const refused = await submit(ENDLESS)
  expect(refused).toMatchObject({ status: 503, json: { detail: 'No available TaskManagers for scheduling' } })

  const options = { id: 'tm-1', incarnation: 'i1', slots: 2, secret: clusterSecret({ home }), finishes: false }
  const taskManager = new FakeTaskManager({ ...options, jobManagerPort: rpcPort })
  await taskManager.start()
  const wrong = await submit('export default 42')
  expect(wrong.status).toBe(422)
  const submitted = await submit(ENDLESS)
  expect(submitted).toMatchObject({ status: 201, json: { status: 'RUNNING' } })
  const { job_id: jobId } = submitted.json as { job_id: string }
  expect(taskManager.deployments[0]?.bundle.byteLength).toBeGreaterThan(0)
  const metrics = await fetch(`http://127.0.0.1:${httpPort}/metrics`)
  expect(await metrics.text()).toContain('weir_jobs{status="RUNNING"} 1')
  // Another one with the same folder says why it cannot start.
  const running = child
  expect(await start({ JOBMANAGER_PORT: '1', JOBMANAGER_RPC_PORT: '2' })).toMatchObject({ type: 'failed' })
  child = running

  await stop('SIGKILL')
  taskManager.kill()
  await start()
  expect((await request('GET', `/jobs/${jobId}/status`)).json).toMatchObject({ status: 'RUNNING', restarting: true })
  const again = new FakeTaskManager({ ...options, incarnation: 'i2', jobManagerPort: rpcPort })
  await again.start()
  await eventually(async () => {
    const { json } = await request('GET', `/jobs/${jobId}/status`)
    return (
      (json as { attempt: number; restarting: boolean }).attempt === 2 && !(json as { restarting: boolean }).restarting
    )
  }, 10_000)
  const cancelled = await request('POST', `/jobs/${jobId}/cancel`)
  expect(cancelled).toMatchObject({ status: 202, json: { status: 'CANCELLING' } })
  await eventually(async () => {
    const { json } = await request('GET', `/jobs/${jobId}/status`)
    return (json as { status: string }).status === 'CANCELED'
  }, 10_000)

  expect(await stop('SIGTERM')).toBeLessThan(4_000)
  expect(child.exitCode).toBe(0)
  again.kill()
})

it('names a port that is taken, its variable, and a free one', { timeout: 30_000 }, async () => {
  const { createServer } = await import('node:net')
  const server = createServer().listen(httpPort, '127.0.0.1')
  await once(server, 'listening')
  const failed = await start()
  server.close()
  expect(failed).toMatchObject({ type: 'failed', error: { code: 'PORT_IN_USE' } })
  if (failed.type === 'failed') expect(failed.error.message).toMatch(/JOBMANAGER_PORT=\d+/)
})
