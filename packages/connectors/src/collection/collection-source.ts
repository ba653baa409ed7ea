import { WeirError } from '@weir/engine/base/errors'
import type { ReaderContext, ReaderOutput, Source, SourceReader, SourceSplit } from '@weir/engine/operators/source'
import { NO_TIMESTAMP } from '@weir/engine/record/stream-element'

const SPLIT_ID = 'collection'
const RECORDS_PER_POLL = 512

/** The source behind `fromElements` and `fromCollection`: one split, whose position is the index of the next value. */
export const collectionSource: Source = {
  type: 'collection',
  isBounded: () => true,
  discoverSplits: async () => [{ id: SPLIT_ID, state: { index: 0 } }],
  createReader: (_config, context) => new CollectionReader(context),
}

class CollectionReader implements SourceReader {
  readonly #values: () => Iterable<unknown>
  #iterator: Iterator<unknown> | undefined
  #index = 0
  #noMoreSplits = false

  constructor(context: ReaderContext) {
    const { values } = context.functions
    if (typeof values !== 'function') {
      throw new WeirError('JOB_GRAPH', 'the collection source needs a function "values" that gives its values')
    }
    this.#values = values as () => Iterable<unknown>
  }

  addSplits(splits: readonly SourceSplit[]): void {
    for (const split of splits) this.#start((split.state as { index: number }).index)
  }

  noMoreSplits(): void {
    this.#noMoreSplits = true
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished' {
    const iterator = this.#iterator
    if (iterator === undefined) return this.#noMoreSplits ? 'finished' : 'nothing'
    const out = output.forSplit(SPLIT_ID)
    for (let emitted = 0; emitted < RECORDS_PER_POLL && !output.blocked && out.paused !== true; emitted++) {
      const next = iterator.next()
      if (next.done === true) {
        this.#iterator = undefined
        output.splitFinished(SPLIT_ID)
        break
      }
      this.#index++
      out.collect(next.value, NO_TIMESTAMP)
    }
    return 'emitted'
  }

  wantsSplit(): boolean {
    return this.#iterator === undefined
  }

  snapshot(): readonly SourceSplit[] {
    return this.#iterator === undefined ? [] : [{ id: SPLIT_ID, state: { index: this.#index } }]
  }

  close(): void {
    this.#iterator?.return?.()
    this.#iterator = undefined
  }

  #start(index: number): void {
    const values: unknown = this.#values()
    if (typeof values !== 'object' || values === null || !(Symbol.iterator in values)) {
      throw new WeirError(
        'JOB_GRAPH',
        `the function "values" of the collection source gave ${typeof values}, not an array or another iterable`,
      )
    }
    const iterator = (values as Iterable<unknown>)[Symbol.iterator]()
    for (let skipped = 0; skipped < index; skipped++) iterator.next()
    this.#iterator = iterator
    this.#index = index
  }
}
