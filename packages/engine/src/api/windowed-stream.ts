import type { Aggregator, ReduceFunction } from '../functions/aggregator.ts'
import type { OutputTag } from '../functions/output-tag.ts'
import type { WindowFunction } from '../functions/window-function.ts'
import { checkField, checkFunction, checkNumber, checkObject, misuse, shown } from './checks.ts'
import type { OperatorStream } from './data-stream.ts'
import { EVICTOR_FUNCTIONS, type EvictorParts, evictorParts, type WindowEvictor } from './evictors.ts'
import type { NumberField, OrderedField } from './field-names.ts'
import { AGGREGATOR_FUNCTIONS, functionText, functionTexts } from './function-text.ts'
import type { NewNode } from './stream-node.ts'
import {
  checkMerges,
  objectText,
  TRIGGER_FUNCTIONS,
  type TriggerParts,
  triggerParts,
  type WindowTrigger,
} from './triggers.ts'
import type { WindowAssignerConfig } from './window-assigners.ts'

interface WindowSettings {
  readonly assigner: WindowAssignerConfig
  readonly trigger?: TriggerParts
  readonly evictor?: EvictorParts
  readonly allowedLatenessMs?: number
  readonly lateTag?: string
  readonly attach: <Out>(config: NewNode['config'], functions: Readonly<Record<string, unknown>>) => OperatorStream<Out>
}

const NAME = 'window'

/** What the built-in computations name in their results: the key and the bounds of its window. */
export interface KeyedWindow<K> {
  key: K
  /** ms since the epoch; belongs to the window. */
  start: number
  /** ms since the epoch; does not belong to it. */
  end: number
}

/** Records of a key grouped by windows. What follows is computed per key and window, and comes when the window fires. */
export class WindowedStream<T, K> {
  readonly #settings: WindowSettings

  /** Not for jobs: window() makes it. */
  constructor(settings: WindowSettings) {
    this.#settings = settings
  }

  /** Keeps windows for so many ms of event time after their end; a late record within it makes its window fire again. */
  allowedLateness(latenessMs: number): WindowedStream<T, K> {
    checkNumber('allowedLateness', latenessMs, NAME, { min: 0, what: 'the lateness' })
    this.#checkEventTime('allowedLateness')
    return new WindowedStream<T, K>({ ...this.#settings, allowedLatenessMs: latenessMs })
  }

  /** Sends records that are too late for their window to a side output, instead of dropping them. */
  sideOutputLateData(tag: OutputTag<T>): WindowedStream<T, K> {
    if (typeof tag?.id !== 'string') {
      throw misuse(NAME, `sideOutputLateData(${shown(tag)}): the argument has to be an OutputTag`)
    }
    this.#checkEventTime('sideOutputLateData')
    return new WindowedStream<T, K>({ ...this.#settings, lateTag: tag.id })
  }

  /**
   * Decides when windows give results, instead of their end: `CountTrigger`, `ContinuousEventTimeTrigger` and others, or
   * an object of one's own with the functions of `Trigger`.
   */
  trigger(trigger: WindowTrigger<T>): WindowedStream<T, K> {
    const parts = triggerParts('trigger', trigger)
    if (this.#settings.assigner.type === 'session') checkMerges(parts.custom)
    return new WindowedStream<T, K>({ ...this.#settings, trigger: parts })
  }

  /**
   * Takes records out of windows that fire: `CountEvictor`, `TimeEvictor`, `DeltaEvictor`, or an object of one's own with
   * the functions of `Evictor`. Windows then keep all their records until they fire; one that is left with none gives no
   * result.
   */
  evictor(evictor: WindowEvictor<T>): WindowedStream<T, K> {
    return new WindowedStream<T, K>({ ...this.#settings, evictor: evictorParts(evictor) })
  }

  /**
   * Reduces the window's records to one; with `windowFn`, what that makes of it. Sliding windows share what they have in
   * common, and combine it by time instead of by arrival: there the order must not matter to `fn`.
   */
  reduce(fn: ReduceFunction<T>): OperatorStream<T>
  reduce<Out>(fn: ReduceFunction<T>, windowFn: WindowFunction<K, T, Out>): OperatorStream<Out>
  reduce<Out>(fn: ReduceFunction<T>, windowFn?: WindowFunction<K, T, Out>): OperatorStream<T> | OperatorStream<Out> {
    checkFunction('reduce', fn, NAME)
    return this.#compute<Out>({ type: 'reduce' }, { fn, ...this.#optional(windowFn) })
  }

  /**
   * The aggregator's result for the window; with `windowFn`, what that makes of it. The type of its `out` is the type of
   * the stream: write `out: Collector<Row>`, or the records that follow are `unknown`.
   */
  aggregate<Acc, Result>(aggregator: Aggregator<T, Acc, Result>): OperatorStream<Result>
  aggregate<Acc, Result, Out>(
    aggregator: Aggregator<T, Acc, Result>,
    windowFn: WindowFunction<K, Result, Out>,
  ): OperatorStream<Out>
  aggregate<Acc, Result, Out>(
    aggregator: Aggregator<T, Acc, Result>,
    windowFn?: WindowFunction<K, Result, Out>,
  ): OperatorStream<Result> | OperatorStream<Out> {
    checkObject('aggregate', aggregator, AGGREGATOR_FUNCTIONS, NAME)
    return this.#compute<Out>({ type: 'aggregate' }, { aggregator, ...this.#optional(windowFn) })
  }

  /** The sum of `field` in the window. */
  sum(field: NumberField<T>): OperatorStream<KeyedWindow<K> & { sum: number }> {
    return this.#compute({ type: 'sum', field: checkField('sum', field, NAME) }, {})
  }

  /** How many records the window has. */
  count(): OperatorStream<KeyedWindow<K> & { count: number }> {
    return this.#compute({ type: 'count' }, {})
  }

  /** The mean of `field` in the window. */
  avg(field: NumberField<T>): OperatorStream<KeyedWindow<K> & { avg: number }> {
    return this.#compute({ type: 'avg', field: checkField('avg', field, NAME) }, {})
  }

  /** The lowest value of `field` in the window. */
  min<F extends OrderedField<T>>(field: F): OperatorStream<KeyedWindow<K> & { min: T[F] }> {
    return this.#compute({ type: 'min', field: checkField('min', field, NAME) }, {})
  }

  /** The highest value of `field` in the window. */
  max<F extends OrderedField<T>>(field: F): OperatorStream<KeyedWindow<K> & { max: T[F] }> {
    return this.#compute({ type: 'max', field: checkField('max', field, NAME) }, {})
  }

  /**
   * Sees all records of the window at once, in the order of their arrival (in a sliding window by slices of time, and
   * within these by arrival); they are kept until it fires. Write `out: Collector<Row>`, or the records that follow are
   * `unknown`.
   */
  process<Out>(windowFn: WindowFunction<K, readonly T[], Out>): OperatorStream<Out> {
    checkFunction('process', windowFn, NAME)
    return this.#compute({ type: 'process' }, { windowFn })
  }

  #checkEventTime(call: string): void {
    const { type, time } = this.#settings.assigner
    if (time === 'event' && type !== 'global') return
    const kind = time === 'event' ? 'global' : 'processing-time'
    throw misuse(NAME, `${call}(): no record is late in a ${kind} window; remove the call`)
  }

  #optional(windowFn: unknown): { windowFn?: unknown } {
    if (windowFn === undefined) return {}
    checkFunction('windowFn', windowFn, NAME)
    return { windowFn }
  }

  #compute<Out>(
    compute: { type: string; field?: string },
    functions: { fn?: unknown; aggregator?: object; windowFn?: unknown },
  ): OperatorStream<Out> {
    const { assigner, trigger, evictor, allowedLatenessMs, lateTag, attach } = this.#settings
    const { fn, aggregator, windowFn } = functions
    return attach<Out>(
      {
        assigner: { ...assigner },
        ...(allowedLatenessMs === undefined ? {} : { allowedLatenessMs }),
        ...(lateTag === undefined ? {} : { lateTag }),
        compute,
        ...(fn === undefined ? {} : { fn: functionText(fn) }),
        ...(aggregator === undefined ? {} : { aggregator: functionTexts(aggregator, AGGREGATOR_FUNCTIONS) }),
        ...(windowFn === undefined ? {} : { windowFn: functionText(windowFn) }),
        ...(trigger === undefined ? {} : triggerConfig(trigger)),
        ...(evictor === undefined ? {} : evictorConfig(evictor)),
      },
      {
        ...functions,
        ...(trigger?.custom === undefined ? {} : { triggerFn: trigger.custom }),
        ...(evictor?.custom === undefined ? {} : { evictorFn: evictor.custom }),
      },
    )
  }
}

export function triggerConfig({ config, custom }: TriggerParts): NewNode['config'] {
  if (custom === undefined) return { trigger: config }
  return { trigger: config, triggerFn: objectText(custom, TRIGGER_FUNCTIONS) }
}

function evictorConfig({ config, custom }: EvictorParts): NewNode['config'] {
  if (custom === undefined) return { evictor: { ...config } }
  const text = typeof custom === 'function' ? functionText(custom) : objectText(custom as object, EVICTOR_FUNCTIONS)
  return { evictor: { ...config }, evictorFn: text }
}
