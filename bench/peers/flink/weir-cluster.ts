import { TestCluster } from '../../../e2e/support/cluster.ts'
import type { NexmarkJobOptions } from '../../nexmark/job.ts'
import { bundledJob, measure } from '../../nexmark/measure.ts'
import { resetPeakRss } from '../../support/cpu-samples.ts'
import { within } from './limits.ts'
import type { RaceSettings, Run, RunRequest, Side } from './race-settings.ts'

/**
 * Weir as an embedded cluster of one TaskManager. Runs follow one another in the same processes, but each in slots'
 * threads of its own, so the code of a job is compiled anew in every run.
 */
export class WeirCluster implements Side {
  readonly name = 'weir'
  readonly #cluster: TestCluster
  readonly #pids: Readonly<Record<string, number>>

  private constructor(cluster: TestCluster) {
    this.#cluster = cluster
    this.#pids = cluster.pids()
  }

  static async start({ parallelism, memoryMb }: Pick<RaceSettings, 'parallelism' | 'memoryMb'>): Promise<WeirCluster> {
    const env = { TASK_SLOTS: String(parallelism), MEMORY_SIZE: String(memoryMb) }
    return new WeirCluster(await TestCluster.start({ env }))
  }

  pids(): readonly number[] {
    return [...Object.values(this.#pids), this.#cluster.process.pid as number]
  }

  async run(request: RunRequest, limitMs: number): Promise<Run> {
    const { query, events, rate, seed, parallelism, state, text, sink, file } = request
    const job: NexmarkJobOptions = { events, rate, seed, parallelism, state, text, sink, ...(file ? { file } : {}) }
    const code = await bundledJob(query, job)
    resetPeakRss(Object.values(this.#pids))
    return within(limitMs, `${query} on Weir`, measure(this.#cluster, query, code, job))
  }

  stop(): Promise<void> {
    return this.#cluster.stop()
  }
}
