import { WeirError } from '../base/errors.ts'
import { promiseRefused } from '../base/promises.ts'
import type { TimestampAssigner, WatermarkGenerator } from '../functions/watermark-generator.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { AlignmentConfig, WatermarksConfig } from '../graph/job-graph.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'

/** Defaults of the API's page. */
export const DEFAULT_OUT_OF_ORDERNESS_MS = 5_000
export const DEFAULT_WATERMARK_INTERVAL_MS = 200

/** max − bound − 1: a record with exactly max − bound may still come. */
export class BoundedOutOfOrderness implements WatermarkGenerator<unknown> {
  readonly #holdBackMs: number
  #maxTimestamp = MIN_WATERMARK

  constructor(boundMs: number) {
    this.#holdBackMs = boundMs + 1
  }

  onEvent(_value: unknown, timestamp: number): void {
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
  }

  onPeriodicEmit(): number {
    return this.#maxTimestamp - this.#holdBackMs
  }
}

/** For streams without event time: there is no watermark before the end. */
class NoWatermarks implements WatermarkGenerator<unknown> {
  onEvent(): void {
    // Timestamps tell nothing here.
  }

  onPeriodicEmit(): number {
    return MIN_WATERMARK
  }
}

/** Holds a user's generator to the contract: numbers only, never lower than before, and never the end of the input. */
class CustomWatermarks implements WatermarkGenerator<unknown> {
  readonly #generator: WatermarkGenerator<unknown>
  #watermark = MIN_WATERMARK

  constructor(generator: WatermarkGenerator<unknown>) {
    this.#generator = generator
  }

  onEvent(value: unknown, timestamp: number): void {
    this.#generator.onEvent(value, timestamp)
  }

  onPeriodicEmit(): number {
    const watermark: unknown = this.#generator.onPeriodicEmit()
    if (watermark instanceof Promise)
      throw promiseRefused(watermark, 'onPeriodicEmit() of the watermark generator returned a promise')
    if (typeof watermark !== 'number' || Number.isNaN(watermark)) {
      throw new TypeError(`onPeriodicEmit of the watermark generator has to return a number, not ${String(watermark)}`)
    }
    // Only the end of the input may say +Infinity: after it the stream counts as ended and everything fires.
    if (watermark > this.#watermark && watermark !== MAX_WATERMARK) this.#watermark = watermark
    return this.#watermark
  }
}

/** A watermark strategy, ready to run: what the config of a node and its closures amount to. */
export interface WatermarkStrategy {
  /** A generator for one split, or for one subtask. */
  createGenerator(): WatermarkGenerator<unknown>
  readonly timestampAssigner: TimestampAssigner<unknown> | undefined
  readonly intervalMs: number
  readonly idlenessMs: number | undefined
  readonly alignment: AlignmentConfig | undefined
  /** Whether `onPeriodicEmit` may be called at any time, beside the interval. A user's own generator may count its calls. */
  readonly asksAnyTime: boolean
}

/** `functions` holds the closures of the node; throws JOB_GRAPH when one that the config promises is missing. */
export function watermarkStrategy(config: WatermarksConfig | undefined, functions: NodeFunctions): WatermarkStrategy {
  return {
    createGenerator: generatorFactory(config, functions),
    timestampAssigner: closure<TimestampAssigner<unknown>>(functions, 'timestampAssigner', config?.timestampAssigner),
    intervalMs: config?.intervalMs ?? DEFAULT_WATERMARK_INTERVAL_MS,
    idlenessMs: config?.idlenessMs,
    alignment: config?.alignment,
    asksAnyTime: config?.strategy !== 'custom',
  }
}

function generatorFactory(
  config: WatermarksConfig | undefined,
  functions: NodeFunctions,
): () => WatermarkGenerator<unknown> {
  switch (config?.strategy) {
    case undefined:
    case 'none':
      return () => new NoWatermarks()
    case 'monotonous':
      return () => new BoundedOutOfOrderness(0)
    case 'bounded': {
      const boundMs = config.boundMs ?? DEFAULT_OUT_OF_ORDERNESS_MS
      return () => new BoundedOutOfOrderness(boundMs)
    }
    case 'custom': {
      const factory = closure<() => WatermarkGenerator<unknown>>(functions, 'watermarkGenerator', 'custom')
      return () => new CustomWatermarks((factory as () => WatermarkGenerator<unknown>)())
    }
  }
}

function closure<F>(functions: NodeFunctions, name: string, promised: string | undefined): F | undefined {
  const found = functions[name]
  if (typeof found === 'function') return found as F
  if (promised === undefined && found === undefined) return undefined
  throw new WeirError('JOB_GRAPH', `The watermark strategy needs a function '${name}', but there is none.`)
}
