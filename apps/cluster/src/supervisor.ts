import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, logFolder } from '@weir/process/logging'
import type { Settings } from '@weir/process/settings'
import type { ReadyDetails } from '@weir/process/supervision'
import { type ChildEnd, type ChildListener, SupervisedChild } from './child.ts'
import { JobManagerClient } from './jobmanager-client.ts'
import { LostWatch } from './lost-watch.ts'

export interface SupervisorOptions {
  readonly settings: Settings
  /** The environment of this process; the children's follow from it. */
  readonly env: NodeJS.ProcessEnv
  /** The built main files of the processes to run. */
  readonly scripts: { readonly jobManager: string; readonly taskManager: string; readonly web: string }
  readonly adminToken: string
  readonly logger: Logger
  /** Takes one line for the person in front of the terminal, after the start. */
  readonly notice: (line: string) => void
}

/** The JobManager applies migrations and may open a large database; a TaskManager only registers. */
const JOBMANAGER_READY_MS = 90_000
const TASKMANAGER_READY_MS = 45_000
const WEB_READY_MS = 45_000
/** How long the JobManager has alone before the TaskManagers are asked to end too. */
const JOBMANAGER_HEAD_START_MS = 1500
/** After this, what has not ended is killed: everything is over within 5 s. */
const STOP_MS_MAX = 4000

/** What `WEIR_HOME/cluster.json` tells of the running cluster. */
export interface ClusterFile {
  readonly pid: number
  /** Of the JobManager. */
  readonly url: string
  readonly webUrl: string
  readonly processes: readonly { readonly name: string; readonly pid: number | null }[]
}

/** Keeps the processes of an embedded cluster running: one JobManager, TASK_MANAGERS TaskManagers, and the web app. */
export class Supervisor implements ChildListener {
  readonly #options: SupervisorOptions
  readonly #jobManager: SupervisedChild
  readonly #taskManagers = new Map<string, SupervisedChild>()
  readonly #web: SupervisedChild
  readonly #watch: LostWatch
  readonly client: JobManagerClient
  #note: (text: string) => void = () => undefined
  #started = false
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    const { settings, scripts } = options
    this.client = new JobManagerClient(jobManagerUrl(settings), options.adminToken)
    this.#jobManager = this.#child(
      'jobmanager',
      'JobManager',
      scripts.jobManager,
      JOBMANAGER_READY_MS,
      this.#jobManagerEnv(),
    )
    for (let index = 0; index < settings.taskManagers; index++) {
      const id = `tm-${index + 1}`
      const env = this.#taskManagerEnv(id, index)
      this.#taskManagers.set(id, this.#child(id, `TaskManager ${id}`, scripts.taskManager, TASKMANAGER_READY_MS, env))
    }
    this.#web = this.#child('web', 'web app', scripts.web, WEB_READY_MS, this.#envWithoutSecrets())
    this.#watch = new LostWatch(this.client, this.#taskManagers, options.logger, child => {
      this.#say(
        'warn',
        `the JobManager has lost ${child.spec.title}: ending its process ${child.pid} and starting it anew`,
      )
    })
  }

  /** Starts the JobManager; `note` hears what it is doing. Rejects when it cannot start. */
  startJobManager(note: (text: string) => void): Promise<ReadyDetails> {
    this.#note = note
    this.#jobManager.start()
    return this.#jobManager.firstReady
  }

  /** Starts all TaskManagers and the web app, once the JobManager is ready. Rejects when one cannot start. */
  async startOthers(note: (text: string) => void): Promise<void> {
    this.#note = note
    const others = [...this.#taskManagers.values(), this.#web]
    for (const child of others) child.start()
    await Promise.all(others.map(child => child.firstReady))
    this.#started = true
    this.#watch.start()
  }

  /** Ends all processes within 4 s: the JobManager first, so that it does not take the end of the others for a failure. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#watch.stop()
    const all = this.#all()
    const deadline = setTimeout(() => {
      for (const child of all) void child.kill()
    }, STOP_MS_MAX)
    const web = this.#web.stop()
    const jobManager = this.#jobManager.stop()
    let headStart: NodeJS.Timeout | undefined
    await Promise.race([
      jobManager,
      new Promise(resolve => {
        headStart = setTimeout(resolve, JOBMANAGER_HEAD_START_MS)
      }),
    ])
    clearTimeout(headStart)
    await Promise.all([web, jobManager, ...[...this.#taskManagers.values()].map(child => child.stop())])
    clearTimeout(deadline)
  }

  changed(): void {
    const { settings } = this.#options
    const file: ClusterFile = {
      pid: process.pid,
      url: jobManagerUrl(settings),
      webUrl: webUrl(settings),
      processes: this.#all().map(child => ({ name: child.spec.name, pid: child.pid })),
    }
    const path = clusterFile(settings)
    writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`)
    renameSync(`${path}.new`, path)
  }

  progress(_child: SupervisedChild, text: string): void {
    this.#note(text)
  }

  ready(child: SupervisedChild, details: ReadyDetails): void {
    this.#options.logger.info(
      { child: child.spec.name, childPid: child.pid, ...details },
      `${sentence(child.spec.title)} is ready`,
    )
    if (this.#started) this.#say('info', `${sentence(child.spec.title)} is back`)
  }

  ended(child: SupervisedChild, end: ChildEnd): void {
    const how = end.signal === null ? `exit code ${end.code}` : end.signal
    const again = end.restartInMs === null ? '' : `; starting it again in ${end.restartInMs} ms`
    const line = `${sentence(child.spec.title)} has ended (${how})${again}`
    if (this.#stopping || end.restartInMs === null) this.#options.logger.info({ child: child.spec.name }, line)
    else this.#say('warn', line)
  }

  #say(level: 'info' | 'warn', line: string): void {
    this.#options.logger[level](line)
    this.#options.notice(line)
  }

  #all(): SupervisedChild[] {
    return [this.#jobManager, ...this.#taskManagers.values(), this.#web]
  }

  #child(name: string, title: string, script: string, readyTimeoutMs: number, env: NodeJS.ProcessEnv): SupervisedChild {
    const outputFile = join(logFolder(this.#options.settings), `${name}.out.log`)
    return new SupervisedChild({ name, title, script, env, outputFile, readyTimeoutMs }, this)
  }

  /** Folders are given as absolute paths, so that they do not depend on a child's working folder. */
  #commonEnv(): NodeJS.ProcessEnv {
    return {
      ...this.#options.env,
      WEIR_HOME: this.#options.settings.home,
      WEIR_WORKDIR: this.#options.settings.workdir,
    }
  }

  /** The links that the JobManager gives lead to the web app, or to what the user has put in front of it. */
  #jobManagerEnv(): NodeJS.ProcessEnv {
    const env = this.#commonEnv()
    return { ...env, WEIR_PUBLIC_URL: env.WEIR_PUBLIC_URL || webUrl(this.#options.settings) }
  }

  #taskManagerEnv(id: string, index: number): NodeJS.ProcessEnv {
    const { settings } = this.#options
    return {
      ...this.#envWithoutSecrets(),
      TASKMANAGER_ID: id,
      TASKMANAGER_RPC_PORT: String(settings.taskManagerRpcPort + index),
      METRICS_PORT: String(settings.metricsPort + index),
      JOBMANAGER_ADDRESSES: `${hostInUrl(settings.host)}:${settings.jobManagerRpcPort}`,
    }
  }

  /** A TaskManager runs the code of users, and the web app faces browsers: they need neither of these. */
  #envWithoutSecrets(): NodeJS.ProcessEnv {
    const env = this.#commonEnv()
    delete env.WEIR_TOKEN
    delete env.DATABASE_URL
    return env
  }
}

export function clusterFile(settings: Pick<Settings, 'home'>): string {
  return join(settings.home, 'cluster.json')
}

export function jobManagerUrl({ host, jobManagerPort }: Pick<Settings, 'host' | 'jobManagerPort'>): string {
  return `http://${hostInUrl(host)}:${jobManagerPort}`
}

export function webUrl({ host, webPort }: Pick<Settings, 'host' | 'webPort'>): string {
  return `http://${hostInUrl(host)}:${webPort}`
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** `web app` → `Web app`, where a line begins with it. */
function sentence(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1)
}
