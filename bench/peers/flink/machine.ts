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
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    java,
    flink,
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
