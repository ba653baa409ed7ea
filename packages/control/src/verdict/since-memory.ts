import type { Verdict } from '@weir/proto/web/job-doc'

/**
 * Since when a job has had its verdict, for those whose facts do not tell: a verdict lasts while its kind and its operator
 * stay the same. To be shown every verdict of one job, in order, about once a second.
 */
export class SinceMemory {
  #key = ''
  #since = 0

  /** The verdict with its `since`. */
  see(verdict: Verdict, now: number): Verdict {
    const key = `${verdict.kind}/${verdict.operator ?? ''}`
    if (key !== this.#key) {
      this.#key = key
      this.#since = now
    }
    return verdict.since === null ? { ...verdict, since: this.#since } : verdict
  }
}
