import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../e2e/support/cluster.ts'

export interface RunningWebServer {
  /** `http://127.0.0.1:…` */
  readonly address: string
  close(): Promise<void>
}

const START_MS = 120_000

/** The built web app in a process of its own, as `npm start` runs it, in front of the given JobManager. */
export async function startBuiltWebServer(jobManagerPort: number): Promise<RunningWebServer> {
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'weir-web-bench-'))
  const child = fork(join(root, 'apps/web/dist/main.js'), {
    env: {
      ...process.env,
      WEIR_HOME: home,
      WEIR_HOST: '127.0.0.1',
      WEB_PORT: String(port),
      JOBMANAGER_PORT: String(jobManagerPort),
    },
    // Standard output is for the result.
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  await ready(child)
  return {
    address: `http://127.0.0.1:${port}`,
    async close() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the web server did not start in time')), START_MS)
    child.on('message', message => {
      if ((message as { readonly type?: unknown }).type !== 'ready') return
      clearTimeout(timer)
      resolve()
    })
    child.on('exit', code => reject(new Error(`the web server ended with ${code} before it was ready`)))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
