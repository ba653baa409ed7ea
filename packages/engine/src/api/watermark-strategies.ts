import { WeirError } from '../base/errors.ts'
import type { TimestampAssigner, WatermarkGenerator } from '../functions/watermark-generator.ts'
import type { WatermarksConfig } from '../graph/job-graph.ts'
import { functionText } from './function-text.ts'

interface Strategy {
  readonly config: WatermarksConfig
  readonly functions: Readonly<Record<string, unknown>>
}

/**
 * How records get their event time, and how far event time has come. Immutable: each `with…` gives a new one. T is what
 * the strategy needs to know of a record; with `WatermarkStrategies.monotonous<Click>()` or an annotated parameter
 * (`(click: Click) => click.time`) the compiler checks the fields.
 */
export class WatermarkStrategy<in T = unknown> {
  readonly #strategy: Strategy
  /** Only for the compiler. */
  declare readonly accepts?: (value: T) => void

  constructor(strategy: Strategy) {
    this.#strategy = strategy
  }

  /** Event time of a record in ms since the epoch. Without it, records keep the timestamp that the source gave. */
  withTimestampAssigner<U extends T>(assigner: TimestampAssigner<U>): WatermarkStrategy<U> {
    if (typeof assigner !== 'function') throw invalid('withTimestampAssigner(…): the argument has to be a function')
    return new WatermarkStrategy<U>({
      config: { ...this.#strategy.config, timestampAssigner: functionText(assigner) },
      functions: { ...this.#strategy.functions, timestampAssigner: assigner },
    })
  }

  /** A split without a record for so many ms of wall-clock time holds the watermark of the others back no longer. */
  withIdleness(idlenessMs: number): WatermarkStrategy<T> {
    return this.#with({ idlenessMs: atLeast(1, idlenessMs, 'withIdleness', 'the time') })
  }

  /**
   * Sources of one group wait for each other: one whose watermark is more than `maxDriftMs` of event time ahead of the
   * slowest of the group is not read until the others have caught up, so that what joins them downstream has little to
   * keep. A source that is idle (`withIdleness`) or at its end holds nobody back. Pausing is by split, where a source reads
   * several at a time. `updateIntervalMs`: how often sources say how far they are. For `addSource` alone.
   */
  withAlignment(group: string, maxDriftMs: number, updateIntervalMs = 1_000): WatermarkStrategy<T> {
    if (this.#strategy.config.strategy === 'none') {
      throw invalid(
        'withAlignment(…): WatermarkStrategies.none() makes no watermarks that could be aligned; use boundedOutOfOrderness() or monotonous()',
      )
    }
    if (typeof group !== 'string' || group.trim() === '') {
      throw invalid(
        `withAlignment(${shown(group)}, …): the group has to be a name; sources with the same one wait for each other`,
      )
    }
    atLeast(0, maxDriftMs, `withAlignment(${shown(group)}, `, 'the drift')
    atLeast(10, updateIntervalMs, `withAlignment(${shown(group)}, ${maxDriftMs}, `, 'the interval', 1e9)
    return this.#with({ alignment: { group, maxDriftMs, intervalMs: updateIntervalMs } })
  }

  toConfig(): WatermarksConfig {
    return this.#strategy.config
  }

  /** Closures by the names of `graph/job-functions.ts`. */
  toFunctions(): Readonly<Record<string, unknown>> {
    return this.#strategy.functions
  }

  #with(change: Partial<WatermarksConfig>): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ ...this.#strategy, config: { ...this.#strategy.config, ...change } })
  }
}

/** Flink's semantics: watermark t promises that no record with a timestamp ≤ t will come. */
export const WatermarkStrategies = {
  /** Records may come up to `boundMs` (default 5 s) out of order: the watermark is max − bound − 1. */
  boundedOutOfOrderness<T = unknown>(boundMs = 5_000): WatermarkStrategy<T> {
    atLeast(0, boundMs, 'boundedOutOfOrderness', 'the bound')
    return new WatermarkStrategy<T>({ config: { strategy: 'bounded', boundMs }, functions: {} })
  },
  /** Timestamps of one split never go back. */
  monotonous<T = unknown>(): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ config: { strategy: 'monotonous' }, functions: {} })
  },
  /** No watermark before the end of the input: for jobs without event time. */
  none<T = unknown>(): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ config: { strategy: 'none' }, functions: {} })
  },
  /** A generator of your own; `generator` is called once for each split. */
  custom<T>(generator: () => WatermarkGenerator<T>): WatermarkStrategy<T> {
    if (typeof generator !== 'function') {
      throw invalid('WatermarkStrategies.custom(…): the argument has to be a function that gives a generator')
    }
    return new WatermarkStrategy<T>({
      config: { strategy: 'custom', generator: functionText(generator) },
      functions: { watermarkGenerator: generator },
    })
  },
} as const

/** `call`: with what comes before the value, if anything does. */
function atLeast(min: number, value: number, call: string, what: string, max = 1e15): number {
  if (typeof value === 'number' && value >= min && value <= max) return value
  const upTo = max === 1e15 ? '' : ` to ${max}`
  const opened = call.includes('(') ? call : `${call}(`
  throw invalid(`${opened}${String(value)}): ${what} has to be a number of milliseconds from ${min}${upTo || ' on'}`)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function invalid(message: string): WeirError {
  return new WeirError('JOB_GRAPH', message)
}
