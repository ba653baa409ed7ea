import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnv, freePorts, node, root } from './cluster.ts'
import { newHome } from './new-home.ts'

export interface BareProcesses {
  readonly home: string
  readonly url: string
  readonly jobManager: ChildProcess
  readonly taskManager: ChildProcess
  token(): string
  stop(): Promise<void>
}

/** One JobManager and one TaskManager as on machines of their own: nobody watches over them. */
export async function startBareProcesses(env: Record<string, string> = {}): Promise<BareProcesses> {
  const home = newHome()
  const [http, rpc, taskRpc, metrics] = await freePorts(4)
  const settings: NodeJS.ProcessEnv = {
    ...cleanEnv(),
    WEIR_HOME: home,
    JOBMANAGER_PORT: String(http),
    JOBMANAGER_RPC_PORT: String(rpc),
    TASKMANAGER_RPC_PORT: String(taskRpc),
    METRICS_PORT: String(metrics),
    ...env,
  }
  const start = (app: string): ChildProcess =>
    spawn(node, [join(root, 'apps', app, 'dist/main.js')], { env: settings, cwd: root, stdio: 'ignore' })
  const jobManager = start('jobmanager')
  const taskManager = start('taskmanager')
  return {
    home,
    url: `http://127.0.0.1:${http}`,
    jobManager,
    taskManager,
    token: () => readFileSync(join(home, 'credentials/admin-token'), 'utf8').trim(),
    async stop() {
      for (const child of [jobManager, taskManager]) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const ended = new Promise(resolve => child.once('exit', resolve))
        child.kill('SIGCONT')
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), 6000)
        await ended
        clearTimeout(timer)
      }
      rmSync(home, { recursive: true, force: true })
    },
  }
}
