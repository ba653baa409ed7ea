import type { Platform } from '@weir/engine/base/platform'
import type { NodeFunctions } from '@weir/engine/graph/job-functions'
import type { ReaderOutput, Source, SourceReader, SourceSplit, SplitOutput } from '@weir/engine/operators/source'
import { realPlatform, recordingLogger, subtaskInfo } from './real-platform.ts'

export interface SourceCase {
  readonly source: Source
  readonly config: unknown
  readonly functions?: NodeFunctions
  readonly workdir?: string
  readonly platform?: Platform
}

const WAKE_UP_TIMEOUT_MS = 5_000

/** Runs one reader as a source operator would: polls only after progress or a wake-up, and records what comes. */
export class ReaderHarness implements ReaderOutput {
  readonly reader: SourceReader
  readonly logger = recordingLogger()
  readonly records: unknown[] = []
  readonly bySplit = new Map<string, unknown[]>()
  readonly finishedSplits: string[] = []
  /** Records after which the output is blocked. */
  room = Number.POSITIVE_INFINITY
  /** Splits that are ahead of others. */
  readonly paused = new Set<string>()
  #awake = Promise.withResolvers<void>()

  constructor({ source, config, functions = {}, workdir = '/', platform = realPlatform }: SourceCase) {
    this.reader = source.createReader(config, {
      subtask: subtaskInfo,
      functions,
      platform,
      workdir,
      logger: this.logger,
      wakeUp: () => this.#awake.resolve(),
    })
  }

  get blocked(): boolean {
    return this.room <= 0
  }

  forSplit(splitId: string): SplitOutput {
    const ofSplit = this.bySplit.get(splitId) ?? []
    this.bySplit.set(splitId, ofSplit)
    const { paused } = this
    return {
      get paused() {
        return paused.has(splitId)
      },
      collect: value => {
        this.room--
        this.records.push(value)
        ofSplit.push(value)
      },
    }
  }

  splitFinished(splitId: string): void {
    this.finishedSplits.push(splitId)
  }

  add(splits: readonly SourceSplit[]): this {
    // Splits cross processes as JSON.
    this.reader.addSplits(JSON.parse(JSON.stringify(splits)))
    return this
  }

  /** Polls until the reader is finished, or the output blocked. */
  async run(): Promise<'finished' | 'blocked'> {
    for (;;) {
      if (this.blocked) return 'blocked'
      this.#awake = Promise.withResolvers()
      const answer = this.reader.poll(this)
      if (answer === 'finished') return 'finished'
      if (answer === 'nothing') await this.#wokenUp()
    }
  }

  async #wokenUp(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => late.reject(new Error('the reader answered "nothing" and did not wake anybody up')),
      WAKE_UP_TIMEOUT_MS,
    )
    await Promise.race([this.#awake.promise, late.promise]).finally(() => clearTimeout(timer))
  }
}

/** All records of a source, from one reader that gets every split. */
export async function readAll(which: SourceCase, parallelism = 1): Promise<unknown[]> {
  const splits = await which.source.discoverSplits(which.config, { parallelism, workdir: which.workdir ?? '/' })
  const harness = new ReaderHarness(which).add(splits)
  harness.reader.noMoreSplits()
  await harness.run()
  harness.reader.close()
  return harness.records
}
