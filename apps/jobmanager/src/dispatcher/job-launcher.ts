import { JobMaster, type JobMasterOptions } from '@weir/control/job/job-master'
import type { WeirError } from '@weir/engine/base/errors'
import type { Platform } from '@weir/engine/base/platform'
import { jobLogger, type Logger } from '@weir/process/logging'
import { missingFeatures } from '@weir/submission/missing-features'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { JobMetrics } from '../metrics/job-metrics.ts'
import type { JobStore } from '../store/meta-store.ts'
import { fromStoredBundle } from '../submission/stored-bundle.ts'
import { JobRunner } from './job-runner.ts'
import type { JobTable } from './job-table.ts'
import type { SourceCatalog } from './ports.ts'
import type { UnfinishedJob, UnreadableJob } from './recovery.ts'
import type { SlotDesk } from './slot-desk.ts'
import type { TaskManagerDirectory } from './task-manager-directory.ts'

export interface JobLauncherParts {
  readonly store: JobStore
  readonly epoch: number
  readonly workdir: string
  readonly platform: Platform
  readonly logger: Logger
  readonly sources: SourceCatalog
  readonly directory: TaskManagerDirectory
  readonly desk: SlotDesk
  readonly table: JobTable
  readonly timings?: JobMasterOptions['timings']
  readonly onFenced: (error: WeirError) => void
}

type Code = Pick<PreparedJob, 'graph' | 'graphHash' | 'bundle' | 'sourceMap'>

/** Puts jobs into the hands of this JobManager: new ones, and those that an earlier JobManager left. */
export class JobLauncher {
  readonly #parts: JobLauncherParts

  constructor(parts: JobLauncherParts) {
    this.#parts = parts
  }

  /** `order`: the place in the queue for slots. */
  startNew(jobId: string, order: number, prepared: PreparedJob): JobRunner {
    const runner = this.#launch(jobId, prepared, { order, recovered: false })
    for (const message of missingFeatures(prepared.graph)) runner.note('NOTICE', message)
    for (const { message } of prepared.warnings) runner.note('WARNING', message)
    const logger = jobLogger(this.#parts.logger, { job: jobId })
    for (const line of prepared.console) logger.info(line)
    runner.post({ type: 'start' })
    return runner
  }

  /** `cause`: why its attempt ended. */
  takeUp({ job, version, how, orderlyStops }: UnfinishedJob, cause: WeirError): void {
    const { bundle, sourceMap } = fromStoredBundle(version.bundleText)
    const code = { graph: version.graph, graphHash: version.graphHash, bundle, sourceMap }
    const history = { restarts: job.restarts, startedAtMs: job.startedAt, orderlyStops }
    const runner = this.#launch(job.id, code, { order: job.seq, recovered: true }, history)
    runner.post({ type: 'recover', lastAttempt: job.attempt, cause, how })
  }

  async giveUp({ job, error }: UnreadableJob): Promise<void> {
    const { store, epoch, platform, logger, table } = this.#parts
    const at = platform.clock.now()
    logger.error({ job: job.id, err: error }, `job ${job.id} cannot be taken up again: ${error.message}`)
    const failure = {
      code: error.code,
      operator: null,
      subtask: null,
      message: error.message,
      stack: null,
      record: null,
      at,
    }
    const event = { attempt: null, kind: 'FAILED', message: error.message, detail: null, at }
    await store.updateJob(epoch, job.id, { status: 'FAILED', error: failure, finishedAt: at, event })
    table.index.update(job.id, { status: 'FAILED', finishedAt: at, error: failure })
  }

  #launch(
    jobId: string,
    { graph, graphHash, bundle, sourceMap }: Code,
    { order, recovered }: { order: number; recovered: boolean },
    history?: JobMasterOptions['history'],
  ): JobRunner {
    const { store, epoch, workdir, platform, logger, sources, directory, desk, table, timings, onFenced } = this.#parts
    const master = new JobMaster({
      jobId,
      graph,
      random: platform.random,
      ...(timings === undefined ? {} : { timings }),
      ...(history === undefined ? {} : { history }),
    })
    const runner = new JobRunner({
      code: { jobId, name: graph.name, graph, graphHash, bundle, sourceMap },
      master,
      store,
      epoch,
      workdir,
      platform,
      logger: jobLogger(logger, { job: jobId }),
      directory,
      sources,
      requestSlots: (id, attempt, count) => desk.request({ jobId: id, attempt, count, order }, recovered),
      releaseSlots: (id, attempt) => desk.release(id, attempt),
      onChanged: changed => table.changed(changed),
      onFenced,
    })
    table.add({ runner, metrics: new JobMetrics(master.graph) })
    return runner
  }
}
