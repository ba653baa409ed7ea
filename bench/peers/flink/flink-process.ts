import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { peakRssMb, resetPeakRss } from '../../support/cpu-samples.ts'
import { CLASS_PATH } from './flink-build.ts'
import { within } from './limits.ts'
import type { Run, RunRequest, Side } from './race-settings.ts'

const HEAP_MB_MAX = 6144
const START_LIMIT_MS = 60_000
const STDERR_KEPT = 4_000
/** What Flink's own start scripts open of Java's modules. */
const MODULES = [
  ...['lang', 'net', 'io', 'nio', 'lang.reflect', 'text', 'time', 'util'].map(name => `java.base/java.${name}`),
  ...['', '.atomic', '.locks'].map(name => `java.base/java.util.concurrent${name}`),
  'java.base/sun.nio.ch',
].flatMap(name => ['--add-opens', `${name}=ALL-UNNAMED`])
const EXPORTS = ['java.base/sun.net.util', 'java.rmi/sun.rmi.registry', 'java.security.jgss/sun.security.krb5'].flatMap(
  name => ['--add-exports', `${name}=ALL-UNNAMED`],
)

export interface FlinkVersions {
  readonly flink: string
  readonly java: string
}

interface Answer {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rows: number
  readonly digest: string | null
}

/** Flink in a JVM of its own, in which one run follows the other: from the second on they find compiled code. */
export class FlinkProcess implements Side {
  readonly name = 'flink'
  readonly versions: FlinkVersions
  readonly #jvm: Jvm

  private constructor(jvm: Jvm, versions: FlinkVersions) {
    this.#jvm = jvm
    this.versions = versions
  }

  static async start(java: string): Promise<FlinkProcess> {
    const jvm = new Jvm(java)
    try {
      const versions: unknown = await within(START_LIMIT_MS, 'the start of the JVM', jvm.line())
      return new FlinkProcess(jvm, versions as FlinkVersions)
    } catch (error) {
      await jvm.stop()
      throw error
    }
  }

  pids(): readonly number[] {
    return [this.#jvm.pid]
  }

  async run(request: RunRequest, limitMs: number): Promise<Run> {
    resetPeakRss(this.pids())
    this.#jvm.write(argumentsOf(request).join('\t'))
    const answer = await within(limitMs, `${request.query} on Flink`, this.#jvm.line())
    if (typeof answer.error === 'string') throw new Error(`${request.query} failed on Flink:\n${answer.error}`)
    return { ...(answer as unknown as Answer), peakRssMb: peakRssMb(this.pids()) }
  }

  stop(): Promise<void> {
    return this.#jvm.stop()
  }
}

function argumentsOf(request: RunRequest): string[] {
  const { query, events, rate, seed, parallelism, state, text, sink, managedMb, file } = request
  const values = { query, events, rate, seed, parallelism, text, sink, managed: managedMb }
  const given = { ...values, state: state === 'memory' ? 'heap' : state, ...(file === undefined ? {} : { file }) }
  return Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)])
}

/** The process: lines of JSON out of it. It ends by itself when its stdin does, so also when this process is killed. */
class Jvm {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weir-bench-flink-'))
  readonly #child: ChildProcess
  readonly #lines: Record<string, unknown>[] = []
  #stderr = ''
  #ended: string | undefined
  #wake: () => void = () => undefined

  constructor(java: string) {
    const heapMb = Math.min(HEAP_MB_MAX, Math.floor(totalmem() / 2 ** 21))
    // Flink keeps RocksDB's files and its library there.
    const args = [`-Xmx${heapMb}m`, '-XX:+UseG1GC', `-Djava.io.tmpdir=${this.#folder}`, '-cp', CLASS_PATH]
    this.#child = spawn(java, [...MODULES, ...EXPORTS, ...args, 'nexmark.Main'], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr?.on('data', text => {
      this.#stderr = (this.#stderr + String(text)).slice(-STDERR_KEPT)
    })
    this.#child.stdin?.on('error', error => this.#end(error.message))
    this.#child.once('error', error => this.#end(error.message))
    this.#child.once('exit', (code, signal) => this.#end(signal ?? `exit code ${code}`))
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', line => {
      if (line.startsWith('{')) this.#lines.push(JSON.parse(line) as Record<string, unknown>)
      this.#wake()
    })
  }

  get pid(): number {
    return this.#child.pid as number
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** The next line. One caller at a time. */
  async line(): Promise<Record<string, unknown>> {
    for (;;) {
      const line = this.#lines.shift()
      if (line !== undefined) return line
      if (this.#ended !== undefined) throw new Error(`the JVM of Flink ended (${this.#ended}):\n${this.#stderr}`)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async stop(): Promise<void> {
    if (this.#ended === undefined) {
      const ended = new Promise(resolve => this.#child.once('exit', resolve))
      // It keeps nothing that would have to be closed.
      this.#child.kill('SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #end(how: string): void {
    this.#ended ??= how
    this.#wake()
  }
}
