import { setTimeout as wait } from 'node:timers/promises'
import { cpuSecondsOfAll } from './cpu-time.ts'

export interface RecordRate {
  readonly perSecond: number
  /** What counts where others use the machine too. */
  readonly perCpuSecond: number
}

/**
 * How many records go through meanwhile, by a counter that is read at the start and at the end of `ms` milliseconds.
 * `pids`: the processes whose CPU time counts.
 */
export async function recordRate(
  records: () => Promise<number>,
  pids: readonly number[],
  ms: number,
): Promise<RecordRate> {
  const look = async (): Promise<{ records: number; at: number; cpuSeconds: number }> => ({
    records: await records(),
    at: performance.now(),
    cpuSeconds: cpuSecondsOfAll(pids),
  })
  const first = await look()
  await wait(ms)
  const last = await look()
  const given = last.records - first.records
  return {
    perSecond: given / ((last.at - first.at) / 1000),
    perCpuSecond: given / (last.cpuSeconds - first.cpuSeconds),
  }
}
