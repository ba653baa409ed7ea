import type { Clock } from '@weir/engine/base/platform'
import type { JobStore } from '../store/meta-store.ts'
import { EXCEPTIONS_PER_JOB_MAX } from '../store/records.ts'

/** What the database knows of a job and its document shows. */
export interface StoredFacts {
  readonly draftId: string | null
  readonly exceptions: number
}

/** The database is asked so often while somebody watches. */
const FRESH_MS = 5_000
/** A failure is in the database so soon after it was noticed, unless that is away. */
const WRITTEN_WITHIN_MS = 2_000

interface Kept extends StoredFacts {
  readonly askedAt: number
  /** Wall-clock time at which exceptions were counted. */
  readonly countedAt: number
}

/** Facts that change seldom: asked of the database, and kept for some seconds. */
export class SlowFacts {
  readonly #store: Pick<JobStore, 'getJob' | 'listExceptions'>
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept>()

  constructor(store: Pick<JobStore, 'getJob' | 'listExceptions'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** `failedAt`: when the job was last seen to fail, wall-clock ms. */
  async of(jobId: string, failedAt: number | null): Promise<StoredFacts> {
    const now = this.#clock.now()
    const kept = this.#kept.get(jobId)
    const counted = kept !== undefined && (failedAt === null || failedAt + WRITTEN_WITHIN_MS < kept.countedAt)
    const asked = kept !== undefined && Math.abs(now - kept.askedAt) < FRESH_MS
    if (counted && asked) return { draftId: kept.draftId, exceptions: kept.exceptions }
    const [draftId, exceptions] = await Promise.all([
      asked ? kept.draftId : this.#store.getJob(jobId).then(job => job?.draftId ?? null),
      counted ? kept.exceptions : this.#count(jobId),
    ])
    this.#kept.set(jobId, {
      draftId,
      exceptions,
      askedAt: asked ? kept.askedAt : now,
      countedAt: counted ? kept.countedAt : now,
    })
    return { draftId, exceptions }
  }

  keepOnly(jobs: ReadonlySet<string>): void {
    for (const jobId of this.#kept.keys()) if (!jobs.has(jobId)) this.#kept.delete(jobId)
  }

  async #count(jobId: string): Promise<number> {
    const { rows } = await this.#store.listExceptions(jobId, { limit: EXCEPTIONS_PER_JOB_MAX })
    return rows.length
  }
}
