import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ADMIN_TOKEN, ApiParts } from '../../jobmanager/test/api-harness.ts'

/** The built program, as `weir` runs it; see build-command-line. */
const MAIN = resolve(import.meta.dirname, '../dist/main.js')

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A `weir` that has been started. */
export interface RunningCli {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly interrupt: () => void
  /** Resolves once stdout or stderr holds the text. */
  readonly until: (text: string) => Promise<void>
  readonly result: Promise<CliResult>
}

/** Runs the command line as a process of its own, with none of this process's settings. */
export class Cli {
  /** Where it is started; removed by `close`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-cli-'))
  readonly env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: this.folder,
    WEIR_HOME: join(this.folder, 'home'),
    // Nobody listens there.
    WEIR_URL: 'http://127.0.0.1:9',
  }

  start(arguments_: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCli {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...arguments_], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    const waiting = new Set<() => void>()
    const heard = (): void => {
      for (const check of waiting) check()
    }
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
      heard()
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
      heard()
    })
    const result = once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, stdout, stderr }))
    return {
      stdout: () => stdout,
      stderr: () => stderr,
      interrupt: () => child.kill('SIGINT'),
      result,
      until: text =>
        new Promise((done, fail) => {
          const check = (): void => {
            if (!stdout.includes(text) && !stderr.includes(text)) return
            waiting.delete(check)
            done()
          }
          waiting.add(check)
          check()
          void result.then(({ code }) =>
            fail(new Error(`it ended with ${code} before it said "${text}":\n${stdout}\n${stderr}`)),
          )
        }),
    }
  }

  run(arguments_: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
    return this.start(arguments_, env).result
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A JobManager's API in this process over parts in memory, and a command line that knows it. */
export class CliWithApi extends Cli {
  readonly parts = new ApiParts()
  #close: () => Promise<void> = async () => undefined

  async open(): Promise<this> {
    const server = await this.parts.listen()
    this.#close = () => server.close()
    this.env.WEIR_URL = server.address
    this.env.WEIR_TOKEN = ADMIN_TOKEN
    return this
  }

  async shut(): Promise<void> {
    await this.#close()
    this.close()
  }

  /** A job that has been submitted; gives its id. */
  async submit(name = 'words'): Promise<string> {
    const request = { fileName: `${name}.ts`, content: new TextEncoder().encode('x'), user: 'admin', waitMs: 0 }
    return (await this.parts.controlPlane.submit(request)).jobId
  }
}
