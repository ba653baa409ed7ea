import type { Platform } from '@weir/engine/base/platform'
import type { Committable, Sink, SinkCommitter, SinkWriter } from '@weir/engine/operators/sink'
import { realPlatform, recordingLogger, subtaskInfo } from './real-platform.ts'

export interface SinkCase {
  readonly sink: Sink
  readonly config: unknown
  readonly workdir?: string
  readonly platform?: Platform
  readonly subtask?: number
  readonly attempt?: number
  readonly bounded?: boolean
  readonly checkpointed?: boolean
}

const OPERATOR = 'sink-1'
const READY_TIMEOUT_MS = 5_000

/** Runs one writer as a sink operator would, and its committer as the JobMaster would. */
export class WriterHarness {
  readonly writer: SinkWriter
  readonly published: unknown[] = []
  readonly #which: SinkCase
  #awake = Promise.withResolvers<void>()

  constructor(which: SinkCase) {
    const { sink, config, workdir = '/', platform = realPlatform, subtask = 0, attempt = 0, ...flags } = which
    this.#which = which
    this.writer = sink.createWriter(config, {
      subtask: { ...subtaskInfo, subtask, attempt },
      operator: OPERATOR,
      functions: {},
      platform,
      workdir,
      logger: recordingLogger(),
      checkpointed: flags.checkpointed ?? false,
      bounded: flags.bounded ?? true,
      wakeUp: () => this.#awake.resolve(),
      publish: row => this.published.push(row),
    })
  }

  get committer(): SinkCommitter | undefined {
    const { sink, config, workdir = '/' } = this.#which
    return sink.createCommitter?.(config, {
      jobId: subtaskInfo.jobId,
      operator: OPERATOR,
      workdir,
      logger: recordingLogger(),
    })
  }

  /** Writes while the writer is ready, and waits for its wake-up while it is not. */
  async write(...records: readonly unknown[]): Promise<this> {
    for (const record of records) {
      while (!this.writer.isReady()) await this.#wokenUp()
      this.writer.write(record, 0)
    }
    return this
  }

  /** Committables as they reach the JobMaster: as JSON. */
  async prepare(): Promise<readonly Committable[]> {
    return JSON.parse(JSON.stringify(await this.writer.prepareCommit()))
  }

  /** What happens at the end of a bounded job. */
  async finish(): Promise<void> {
    const committables = await this.prepare()
    await this.writer.close()
    await this.committer?.commit(committables)
    await this.committer?.abortLeftovers()
  }

  async #wokenUp(): Promise<void> {
    this.#awake = Promise.withResolvers()
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => late.reject(new Error('the writer is not ready and does not wake anybody up')),
      READY_TIMEOUT_MS,
    )
    await Promise.race([this.#awake.promise, late.promise]).finally(() => clearTimeout(timer))
  }
}
