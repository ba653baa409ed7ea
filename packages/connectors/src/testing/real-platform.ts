import type { Platform } from '@weir/engine/base/platform'

/** The machine's own clock and timers, for tests of what really waits. */
export const realPlatform: Platform = {
  clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
  timers: {
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs)
      return { cancel: () => clearTimeout(timer) }
    },
  },
  random: { next: () => Math.random() },
}

export const subtaskInfo = {
  jobId: 'job_00000001',
  jobName: 'test',
  attempt: 0,
  subtask: 0,
  parallelism: 1,
  maxParallelism: 128,
}

/** A logger whose lines a test can look at. */
export function recordingLogger(): {
  lines: string[]
  info(line: string): void
  warn(line: string): void
  error(line: string): void
} {
  const lines: string[] = []
  const write = (line: string): void => {
    lines.push(line)
  }
  return { lines, info: write, warn: write, error: write }
}
