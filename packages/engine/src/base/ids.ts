import type { Random } from './platform.ts'

/** `job_` and 8 hexadecimal digits. */
export type JobId = string
/** Stable over restarts of the process; its incarnation is not. */
export type TaskManagerId = string

function hex(random: Random, digits: number): string {
  let out = ''
  while (out.length < digits)
    out += Math.floor(random.next() * 0x10000)
      .toString(16)
      .padStart(4, '0')
  return out.slice(0, digits)
}

export function newJobId(random: Random): JobId {
  return `job_${hex(random, 8)}`
}

/** One start of a TaskManager process. Messages of an older incarnation under the same id are refused. */
export function newIncarnation(random: Random): string {
  return hex(random, 16)
}
