import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { cpuSecondsOfAll } from '../../support/cpu-time.ts'
import type { FlinkVersions } from './flink-process.ts'

/** Where a race was run, and with which versions. */
export interface Machine {
  readonly cores: number
  readonly cpuModel: string
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  readonly java: string
  readonly flink: string
}

export function machine({ java, flink }: FlinkVersions): Machine {
  const all = cpus()
  return {
    cores: all.length,
    cpuModel: all[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release().split('.', 2).join('.')}`,
    node: process.versions.node,
    java,
    flink,
  }
}

/** The commit that is measured, with a `+` where files differ from it; null outside of a repository. */
export function commitOfTree(): string | null {
  try {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()
    // docs/performance.md changes while it is measured.
    const changed = execFileSync('git', ['status', '--porcelain', '--', ':/apps', ':/packages', ':/bench'], options)
    return changed === '' ? commit : `${commit}+`
  } catch {
    // An unpacked archive, or no git.
    return null
  }
}

/** Watches how much CPU time goes to processes that have nothing to do with a race. Linux only. */
export class OtherLoad {
  readonly #pids: readonly number[]
  readonly #startMs = performance.now()
  readonly #startOthers: number

  /** @param pids of the sides; this process is one of theirs, too */
  constructor(pids: Iterable<number>) {
    this.#pids = [...pids, process.pid]
    this.#startOthers = this.#others()
  }

  /** How many cores the others have kept busy on average since the watch began. */
  cores(): number {
    const seconds = (performance.now() - this.#startMs) / 1000
    return Math.max(0, (this.#others() - this.#startOthers) / seconds)
  }

  #others(): number {
    const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
    return busyMs / 1000 - cpuSecondsOfAll(this.#pids)
  }
}
