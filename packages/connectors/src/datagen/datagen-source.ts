import { WeirError } from '@weir/engine/base/errors'
import type { TimerHandle } from '@weir/engine/base/platform'
import type { ReaderContext, ReaderOutput, Source, SourceReader, SourceSplit } from '@weir/engine/operators/source'
import { NO_TIMESTAMP } from '@weir/engine/record/stream-element'
import type { DatagenRandom } from './datagen.ts'
import { type DatagenConfig, datagenConfigSchema } from './datagen-spec.ts'
import { recordMaker } from './field-makers.ts'
import { IndexedRandom } from './seeded-random.ts'

const RECORDS_PER_POLL = 512
/** Timers are not set closer than this; what falls due in between comes together. */
const TIMER_MS_MIN = 2
/** A reader that was held up makes up for this much at most, instead of flooding what comes after it. */
const BACKLOG_MS_MAX = 1_000

/** Split k of n gives the records k, k + n, k + 2n, …: their union does not depend on n. */
interface DatagenSplit {
  readonly next: number
  readonly stride: number
}

/** The source behind `datagenSource`. */
export const datagenSourceRuntime: Source = {
  type: 'datagen',
  isBounded: config => (config as DatagenConfig).count !== undefined,
  async discoverSplits(config, { parallelism }) {
    const { count = Number.POSITIVE_INFINITY } = datagenConfigSchema.parse(config)
    const splits = Math.min(parallelism, count)
    return Array.from({ length: splits }, (_, next) => ({ id: `datagen-${next}`, state: { next, stride: splits } }))
  },
  createReader: (config, context) => new DatagenReader(datagenConfigSchema.parse(config), context),
}

interface OpenSplit {
  readonly id: string
  readonly stride: number
  next: number
  /** Index and monotonic time from which the due times of the others follow. */
  baseIndex: number
  baseMs: number
  /** At the last poll. */
  paused: boolean
}

class DatagenReader implements SourceReader {
  readonly #make: (index: number, random: DatagenRandom) => unknown
  readonly #random: IndexedRandom
  readonly #count: number
  readonly #msPerRow: number
  readonly #context: ReaderContext
  #open: OpenSplit[] = []
  #noMoreSplits = false
  #timer: TimerHandle | undefined

  constructor(config: DatagenConfig, context: ReaderContext) {
    this.#context = context
    this.#random = new IndexedRandom(config.seed ?? 0)
    this.#count = config.count ?? Number.POSITIVE_INFINITY
    this.#msPerRow = config.rowsPerSecond === undefined ? 0 : 1_000 / config.rowsPerSecond
    this.#make = maker(config, context)
  }

  addSplits(splits: readonly SourceSplit[]): void {
    const now = this.#context.platform.clock.monotonicMs()
    for (const { id, state } of splits) {
      const { next, stride } = state as DatagenSplit
      // Aligned to the stride, so that the splits of all readers take turns rather than fall due together.
      this.#open.push({ id, stride, next, baseIndex: next - (next % stride), baseMs: now, paused: false })
    }
  }

  noMoreSplits(): void {
    this.#noMoreSplits = true
  }

  poll(output: ReaderOutput): 'emitted' | 'nothing' | 'finished' {
    let emitted = 0
    for (const split of [...this.#open]) {
      if (output.blocked) break
      emitted += this.#emit(split, output)
      if (split.next >= this.#count) {
        this.#open = this.#open.filter(other => other !== split)
        output.splitFinished(split.id)
        emitted++
      }
    }
    if (emitted > 0 || output.blocked) return 'emitted'
    if (this.#open.length === 0) return this.#noMoreSplits ? 'finished' : 'nothing'
    this.#wakeWhenDue()
    return 'nothing'
  }

  wantsSplit(): boolean {
    return this.#open.length === 0
  }

  snapshot(): readonly SourceSplit[] {
    return this.#open.map(({ id, next, stride }) => ({ id, state: { next, stride } satisfies DatagenSplit }))
  }

  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#open = []
  }

  #emit(split: OpenSplit, output: ReaderOutput): number {
    const out = output.forSplit(split.id)
    const last = Math.min(this.#count - 1, this.#lastDue(split))
    let emitted = 0
    while (emitted < RECORDS_PER_POLL && split.next <= last && !output.blocked && out.paused !== true) {
      const index = split.next
      split.next = index + split.stride
      emitted++
      this.#random.startAt(index)
      out.collect(this.#make(index, this.#random.next), NO_TIMESTAMP)
    }
    split.paused = out.paused === true
    return emitted
  }

  /** Records up to this index are due; it may lie between two. */
  #lastDue(split: OpenSplit): number {
    if (this.#msPerRow === 0) return Number.POSITIVE_INFINITY
    const now = this.#context.platform.clock.monotonicMs()
    const late = now - this.#dueAt(split)
    if (late > BACKLOG_MS_MAX) split.baseMs += late - BACKLOG_MS_MAX
    return split.baseIndex + (now - split.baseMs) / this.#msPerRow
  }

  #dueAt(split: OpenSplit): number {
    return split.baseMs + (split.next - split.baseIndex) * this.#msPerRow
  }

  #wakeWhenDue(): void {
    if (this.#timer !== undefined) return
    const { clock, timers } = this.#context.platform
    // What is due of a paused split has to wait for others; the poll that comes when it may go on finds it.
    const dueAt = Math.min(...this.#open.filter(split => !split.paused).map(split => this.#dueAt(split)))
    if (dueAt === Number.POSITIVE_INFINITY) return
    this.#timer = timers.after(Math.max(TIMER_MS_MIN, dueAt - clock.monotonicMs()), () => {
      this.#timer = undefined
      this.#context.wakeUp()
    })
  }
}

function maker(
  config: DatagenConfig,
  { functions, platform }: ReaderContext,
): (index: number, random: DatagenRandom) => unknown {
  if (config.fields !== undefined) return recordMaker(config.fields, platform.clock)
  const { generator } = functions
  if (typeof generator !== 'function') {
    throw new WeirError('JOB_GRAPH', 'the data generator needs a function "generator", but there is none')
  }
  return generator as (index: number, random: DatagenRandom) => unknown
}
