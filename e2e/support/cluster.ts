import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newHome } from './new-home.ts'

/** Root of the project. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
export const node = join(root, 'node_modules/.bin/node')

/** The environment of a process that a test starts: without the settings of whoever runs the tests. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const dropped =
    /^(WEIR_|VITEST|NODE_OPTIONS|NODE_ENV|TASK_|TASKMANAGER_|JOBMANAGER_|METRICS_PORT|WEB_PORT|DATABASE_URL)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)))
}

/**
 * Ports for the processes of tests lie below those that the system gives to outgoing connections (from 32768 on): a port
 * that was free a moment ago is then still free when its process is up. Each test worker has a range of its own, and
 * goes through it, so that tests that run at the same time do not meet.
 */
const PORTS_FIRST = 11_000
const PORTS_PER_WORKER = 5_000
const WORKERS_APART = 4
const worker = Number(process.env.VITEST_POOL_ID ?? 1) % WORKERS_APART
const ownFirst = PORTS_FIRST + worker * PORTS_PER_WORKER
let given = Math.floor(Math.random() * PORTS_PER_WORKER)

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freeRun(1))
  return ports
}

/** The first of a run of ports that are free together: an embedded cluster counts its TaskManagers' ports up. */
async function freeRun(length: number): Promise<number> {
  for (let tries = 0; tries < PORTS_PER_WORKER; tries++) {
    if (given + length > PORTS_PER_WORKER) given = 0
    const base = ownFirst + given
    given += length
    const free = await Promise.all(Array.from({ length }, (_, i) => isFree(base + i)))
    if (free.every(Boolean)) return base
  }
  throw new Error('no run of free ports')
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

export interface ClusterOptions {
  readonly taskManagers?: number
  /** More environment variables. */
  readonly env?: Record<string, string>
  /** Keeps the data of an earlier cluster. Without: a new one, see `newHome`. */
  readonly home?: string
  readonly workdir?: string
  readonly uid?: number
  readonly gid?: number
}

export interface RestAnswer<T> {
  readonly status: number
  readonly body: T
}

/** An embedded cluster of built processes, as `npm start` runs it, with a home and ports of its own. */
export class TestCluster {
  readonly home: string
  readonly workdir: string
  /** Of the JobManager. */
  readonly url: string
  /** Of the web app. */
  readonly webUrl: string
  readonly env: NodeJS.ProcessEnv
  #output = ''
  readonly process: ChildProcess
  readonly #ownsHome: boolean

  private constructor(
    child: ChildProcess,
    env: NodeJS.ProcessEnv,
    home: string,
    workdir: string,
    urls: { readonly api: string; readonly web: string },
    owns: boolean,
  ) {
    this.process = child
    this.env = env
    this.home = home
    this.workdir = workdir
    this.url = urls.api
    this.webUrl = urls.web
    this.#ownsHome = owns
    child.stdout?.on('data', text => {
      this.#output += text
    })
    child.stderr?.on('data', text => {
      this.#output += text
    })
  }

  static async start(options: ClusterOptions = {}): Promise<TestCluster> {
    const taskManagers = options.taskManagers ?? 1
    const home = options.home ?? newHome()
    const workdir = options.workdir ?? root
    const [http, rpc, web] = await freePorts(3)
    const urls = { api: `http://127.0.0.1:${http}`, web: `http://127.0.0.1:${web}` }
    const env: NodeJS.ProcessEnv = {
      ...cleanEnv(),
      WEIR_HOME: home,
      WEIR_WORKDIR: workdir,
      WEIR_URL: urls.api,
      WEB_PORT: String(web),
      JOBMANAGER_PORT: String(http),
      JOBMANAGER_RPC_PORT: String(rpc),
      TASKMANAGER_RPC_PORT: String(await freeRun(taskManagers)),
      METRICS_PORT: String(await freeRun(taskManagers)),
      TASK_MANAGERS: String(taskManagers),
      NO_COLOR: '1',
      ...options.env,
    }
    const child = spawn(node, [join(root, 'apps/cluster/dist/main.js')], {
      env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      uid: options.uid,
      gid: options.gid,
    })
    const cluster = new TestCluster(child, env, home, workdir, urls, options.home === undefined)
    await until(60_000, 'the cluster to be ready', () => {
      if (child.exitCode !== null) throw new Error(`the cluster ended with ${child.exitCode}:\n${cluster.#output}`)
      return cluster.#output.includes('Weir is running.')
    }).catch(error => {
      child.kill('SIGKILL')
      if (options.home === undefined) rmSync(home, { recursive: true, force: true })
      throw new Error(`${(error as Error).message}\n${cluster.#output}`)
    })
    return cluster
  }

  get output(): string {
    return this.#output
  }

  get token(): string {
    return readFileSync(join(this.home, 'credentials/admin-token'), 'utf8').trim()
  }

  /** Process ids by name: jobmanager, tm-1, …, web */
  pids(): Record<string, number> {
    const file = JSON.parse(readFileSync(join(this.home, 'cluster.json'), 'utf8')) as {
      processes: { name: string; pid: number | null }[]
    }
    return Object.fromEntries(file.processes.filter(p => p.pid !== null).map(p => [p.name, p.pid as number]))
  }

  async request<T = unknown>(method: string, path: string, body?: RequestInit['body']): Promise<RestAnswer<T>> {
    const answer = await fetch(this.url + path, { method, body, headers: { authorization: `Bearer ${this.token}` } })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

  async get<T = unknown>(path: string): Promise<T> {
    const { status, body } = await this.request<T>('GET', path)
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  /** Submits source text as a job file. */
  async submit(fileName: string, source: string, fields: Record<string, string> = {}): Promise<RestAnswer<Submitted>> {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('job_file', new Blob([source]), fileName)
    return this.request<Submitted>('POST', '/jobs/submit', form)
  }

  status(jobId: string): Promise<JobStatus> {
    return this.get<JobStatus>(`/jobs/${jobId}/status`)
  }

  /** Waits until the job has one of the statuses. */
  async reached(jobId: string, statuses: readonly string[], timeoutMs = 60_000): Promise<JobStatus> {
    let latest: JobStatus | undefined
    try {
      await until(timeoutMs, `job ${jobId} to be ${statuses.join(' or ')}`, async () => {
        latest = await this.status(jobId)
        return statuses.includes(latest.status)
      })
    } catch (error) {
      throw new Error(`${(error as Error).message}; it is ${JSON.stringify(latest)}`)
    }
    return latest as JobStatus
  }

  /** Ends the cluster with Ctrl-C's signal and removes its home. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise(resolve => this.process.once('exit', resolve))
      this.process.kill('SIGINT')
      const timer = setTimeout(() => this.process.kill('SIGKILL'), 8000)
      await ended
      clearTimeout(timer)
    }
    if (this.#ownsHome && existsSync(this.home)) rmSync(this.home, { recursive: true, force: true })
  }
}

export interface Submitted {
  readonly job_id: string
  readonly status: string
  readonly detail?: string
  readonly problems?: readonly { operator?: string; line?: number; message: string }[]
}

export interface JobStatus {
  readonly job_id: string
  readonly name: string
  readonly status: string
  readonly reason: string | null
  readonly restarting: boolean
  readonly attempt: number
  readonly error: { operator: string | null; subtask: number | null; message: string; stack: string | null } | null
  readonly vertices: readonly {
    id: string
    name: string
    parallelism: number
    status: string
    subtasks: readonly { index: number; status: string; task_manager: string | null; slot: number | null }[]
  }[]
}

/** Polls until the condition holds; rejects with `what` after the time. */
export async function until(
  timeoutMs: number,
  what: string,
  condition: () => boolean | Promise<boolean>,
  pollMs = 50,
): Promise<number> {
  const began = performance.now()
  for (;;) {
    if (await condition()) return performance.now() - began
    if (performance.now() - began > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
}
