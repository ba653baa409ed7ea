import { readFileSync } from 'node:fs'

/** Ticks of /proc/<pid>/stat in a second, on every Linux that matters. */
const TICKS_PER_SECOND = 100

/** CPU time that a process has used, user and system, all threads, in seconds. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

export function cpuSecondsOfAll(pids: Iterable<number>): number {
  let sum = 0
  for (const pid of pids) sum += cpuSecondsOf(pid)
  return sum
}
