import { WeirError } from '@weir/engine/base/errors'
import { promiseRefused } from '@weir/engine/base/promises'
import { isEventTime } from '@weir/engine/operators/event-timestamp'
import type {
  ReaderContext,
  ReaderOutput,
  Source,
  SourceReader,
  SourceSplit,
  SplitOutput,
} from '@weir/engine/operators/source'
import { NO_TIMESTAMP } from '@weir/engine/record/stream-element'
import type {
  CustomSourceContext,
  CustomSourceOptions,
  CustomSourceOutput,
  CustomSplitReader,
} from './custom-source.ts'
import { type CustomSourceConfig, customSourceConfigSchema } from './custom-spec.ts'

/** What the enumerator hands out: `position` is absent until a reader has been there. */
interface CustomSplitState {
  readonly index: number
  readonly count: number
  readonly position?: unknown
}

type Open = CustomSourceOptions<unknown, unknown>['open']
type Reader = CustomSplitReader<unknown, unknown>

/** The source behind `customSource`: the splits are numbers, so the JobMaster needs no code of the job to hand them out. */
export const customSourceRuntime: Source = {
  type: 'customSource',
  isBounded: config => (config as CustomSourceConfig).bounded !== false,
  async discoverSplits(config, { parallelism }) {
    const { splits: count = parallelism } = customSourceConfigSchema.parse(config)
    return Array.from({ length: count }, (_, index) => ({
      id: `${index} of ${count}`,
      state: { index, count } satisfies CustomSplitState,
    }))
  },
  createReader: (_config, context) => new CustomSourceReader(context),
}

interface OpenSplit {
  readonly id: string
  readonly index: number
  readonly count: number
  readonly reader: Reader
  readonly output: CustomOutput
  /** It answered "nothing" and nobody has called `wakeUp` since. */
  waiting: boolean
}

class CustomSourceReader implements SourceReader {
  readonly #openSplit: Open
  readonly #context: CustomSourceContext
  #open: OpenSplit[] = []
  #noMoreSplits = false

  constructor({ functions, subtask, wakeUp }: ReaderContext) {
    if (typeof functions.open !== 'function') {
      throw new WeirError('JOB_GRAPH', 'the custom source needs a function "open" that gives a reader for a split')
    }
    this.#openSplit = functions.open as Open
    this.#context = {
      subtask: subtask.subtask,
      parallelism: subtask.parallelism,
      attempt: subtask.attempt,
      wakeUp: () => {
        for (const split of this.#open) split.waiting = false
        wakeUp()
      },
    }
  }

  addSplits(splits: readonly SourceSplit[]): void {
    for (const { id, state } of splits) {
      const { index, count, position } = state as CustomSplitState
      const reader: unknown = this.#openSplit({ index, count, position }, this.#context)
      checkReader(reader)
      this.#open.push({ id, index, count, reader, output: new CustomOutput(), waiting: false })
    }
  }

  noMoreSplits(): void {
    this.#noMoreSplits = true
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished' {
    let emitted = false
    for (let at = 0; at < this.#open.length && !output.blocked; ) {
      const split = this.#open[at] as OpenSplit
      if (split.waiting) {
        at++
        continue
      }
      split.output.begin(output, split.id)
      if (split.output.paused) {
        at++
        continue
      }
      // Before the call: a reader may have itself woken up while it is polled.
      split.waiting = true
      const answer = split.reader.poll(split.output)
      switch (answer) {
        case 'emitted':
          split.waiting = false
          emitted = true
          at++
          break
        case 'nothing':
          at++
          break
        case 'finished':
          this.#open.splice(at, 1)
          split.reader.close?.()
          output.splitFinished(split.id)
          emitted = true
          break
        default:
          throw wrongAnswer(answer)
      }
    }
    if (emitted || output.blocked) return 'emitted'
    return this.#open.length === 0 && this.#noMoreSplits ? 'finished' : 'nothing'
  }

  wantsSplit(): boolean {
    return this.#open.length === 0
  }

  snapshot(): readonly SourceSplit[] {
    return this.#open.map(({ id, index, count, reader }) => ({
      id,
      state: { index, count, position: reader.position() } satisfies CustomSplitState,
    }))
  }

  close(): void {
    const open = this.#open
    this.#open = []
    for (const { reader } of open) reader.close?.()
  }
}

/** The output of one split as its reader sees it. */
class CustomOutput implements CustomSourceOutput<unknown> {
  #reader!: ReaderOutput
  #split!: SplitOutput

  begin(output: ReaderOutput, splitId: string): void {
    this.#reader = output
    this.#split = output.forSplit(splitId)
  }

  /** As long as the split is ahead of sources that it is aligned with. */
  get paused(): boolean {
    return this.#split.paused === true
  }

  get blocked(): boolean {
    return this.#reader.blocked || this.#split.paused === true
  }

  collect(value: unknown, timestamp?: number): void {
    if (timestamp === undefined) this.#split.collect(value, NO_TIMESTAMP)
    else if (isEventTime(timestamp)) this.#split.collect(value, timestamp)
    else throw wrongTimestamp(timestamp)
  }
}

function checkReader(reader: unknown): asserts reader is Reader {
  if (reader instanceof Promise) throw promiseRefused(reader, 'open() of the custom source returned a promise')
  const methods = reader as Partial<Reader> | null | undefined
  for (const name of ['poll', 'position'] as const) {
    if (typeof methods?.[name] === 'function') continue
    throw new WeirError(
      'USER_FUNCTION',
      `open() of the custom source gave a reader without ${name}(); return an object with poll() and position()`,
    )
  }
}

function wrongAnswer(answer: unknown): WeirError {
  if (answer instanceof Promise) return promiseRefused(answer, 'poll() of the custom source returned a promise')
  return new WeirError(
    'USER_FUNCTION',
    `poll() of the custom source answered ${String(answer)}; it has to answer "emitted", "nothing" or "finished"`,
  )
}

function wrongTimestamp(timestamp: unknown): WeirError {
  return new WeirError(
    'NO_TIMESTAMP',
    `the custom source gave a record with the timestamp ${String(timestamp)}; give ms since the epoch as a number, or no timestamp`,
  )
}
