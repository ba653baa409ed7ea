import { readFileSync, writeFileSync } from 'node:fs'
import { cpuSecondsOfAll } from './cpu-time.ts'

const SAMPLE_MS = 20

/** Watches how much CPU time some processes use, so that it can be told afterwards for any stretch of time. Linux only. */
export class CpuSamples {
  readonly #pids: readonly number[]
  /** Wall-clock ms and CPU seconds so far, ascending. */
  readonly #samples: { readonly at: number; readonly seconds: number }[] = []
  readonly #timer: NodeJS.Timeout
  #failure: unknown

  constructor(pids: Iterable<number>) {
    this.#pids = [...pids]
    this.#take()
    this.#timer = setInterval(() => this.#take(), SAMPLE_MS)
  }

  /** CPU seconds between two points of wall-clock time, ms since the epoch. Throws when a process ended in between. */
  between(from: number, to: number): number {
    if (this.#failure !== undefined) throw this.#failure
    return this.#at(to) - this.#at(from)
  }

  stop(): void {
    this.#take()
    clearInterval(this.#timer)
  }

  #take(): void {
    if (this.#failure !== undefined) return
    try {
      this.#samples.push({ at: Date.now(), seconds: cpuSecondsOfAll(this.#pids) })
    } catch (error) {
      // Nobody could catch it here: this is mostly called by the timer.
      this.#failure = error
    }
  }

  #at(time: number): number {
    const samples = this.#samples
    const after = samples.findIndex(sample => sample.at >= time)
    if (after === -1) return samples.at(-1)?.seconds ?? 0
    const b = samples[after] as { at: number; seconds: number }
    const a = samples[after - 1] ?? b
    return b.at === a.at ? b.seconds : a.seconds + ((b.seconds - a.seconds) * (time - a.at)) / (b.at - a.at)
  }
}

/** Lets `peakRssMb` begin anew with what these processes have now. Linux only; they are of the same user. */
export function resetPeakRss(pids: Iterable<number>): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The largest resident set that each process has had since its start or the last reset, summed up, in MB. */
export function peakRssMb(pids: Iterable<number>): number {
  let kilobytes = 0
  for (const pid of pids) {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    kilobytes += Number(found?.[1] ?? 0)
  }
  return Math.round(kilobytes / 1024)
}
