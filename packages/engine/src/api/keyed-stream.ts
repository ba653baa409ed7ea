import type { Aggregator, ReduceFunction } from '../functions/aggregator.ts'
import type { KeyedProcessElement, KeyedProcessFunction } from '../functions/process-function.ts'
import type { StatefulMapFunction } from '../functions/stateful-map.ts'
import { keySelectorName } from '../graph/job-functions.ts'
import { checkField, checkFunction, checkNumber, checkObject, checkSameJob, misuse, shown } from './checks.ts'
import {
  BroadcastStream,
  KeyedBroadcastConnectedStream,
  KeyedConnectedStreams,
  keyedInputs,
} from './connected-streams.ts'
import type { OperatorStream } from './data-stream.ts'
import { CountEvictor } from './evictors.ts'
import type { NumberField, OrderedField } from './field-names.ts'
import { AGGREGATOR_FUNCTIONS, functionText, functionTexts } from './function-text.ts'
import { IntervalJoin } from './interval-joined.ts'
import type { Key } from './key.ts'
import type { NewNode, StreamInput, StreamNode, StreamOrigin } from './stream-node.ts'
import { CountTrigger, PurgingTrigger } from './triggers.ts'
import { GlobalWindow, type WindowAssigner } from './window-assigners.ts'
import { WindowedStream } from './windowed-stream.ts'

/** Makes the next operator; given from outside, since streams and keyed streams make one another. */
export type Attach = <Out>(after: StreamNode, node: NewNode) => OperatorStream<Out>

/** A stream whose records of one key are handled by one subtask, in their order, with state of that key. */
export class KeyedStream<T, K> {
  readonly #inputs: readonly StreamInput[]
  readonly #key: Key
  readonly #attach: Attach

  /** Not for jobs: keyBy() makes it. */
  constructor(origins: readonly StreamOrigin[], key: Key, attach: Attach) {
    this.#inputs = keyedInputs(origins, key, 0)
    this.#key = key
    this.#attach = attach
  }

  /** Running: for each record, what it and all earlier records of its key reduce to. */
  reduce(fn: ReduceFunction<T>): OperatorStream<T> {
    checkFunction('reduce', fn, 'reduce')
    return this.#operator('reduce', { fn: functionText(fn) }, { fn })
  }

  /** Running: the key's first record with `field` replaced by the sum so far. */
  sum(field: NumberField<T>): OperatorStream<T> {
    return this.#operator('sum', { field: checkField('sum', field, 'sum') })
  }

  /** Running: how many records the key had so far. */
  count(): OperatorStream<{ key: K; count: number }> {
    return this.#operator('count', {})
  }

  /** Running: the mean of `field` so far. */
  avg(field: NumberField<T>): OperatorStream<{ key: K; avg: number }> {
    return this.#operator('avg', { field: checkField('avg', field, 'avg') })
  }

  /** Running: the key's first record with `field` replaced by the lowest so far. */
  min(field: OrderedField<T>): OperatorStream<T> {
    return this.#operator('min', { field: checkField('min', field, 'min') })
  }

  /** Running: the key's first record with `field` replaced by the highest so far. */
  max(field: OrderedField<T>): OperatorStream<T> {
    return this.#operator('max', { field: checkField('max', field, 'max') })
  }

  /** Running: the aggregator's result after each record. */
  aggregate<Acc, Out>(aggregator: Aggregator<T, Acc, Out>): OperatorStream<Out> {
    checkObject('aggregate', aggregator, AGGREGATOR_FUNCTIONS, 'aggregate')
    const config = { aggregator: functionTexts(aggregator, AGGREGATOR_FUNCTIONS) }
    return this.#operator('aggregate', config, { aggregator })
  }

  /** A function with state and timers per key, as an object of a class or in its plain form. */
  process<Out>(fn: KeyedProcessFunction<K, T, Out> | KeyedProcessElement<K, T, Out>): OperatorStream<Out> {
    const isObject = typeof fn === 'object' && fn !== null && typeof fn.processElement === 'function'
    if (!isObject && (typeof fn !== 'function' || /^class\b/.test(Function.prototype.toString.call(fn)))) {
      throw misuse(
        'keyedProcess',
        `process(${shown(fn)}): the argument has to be a function, or an object with processElement, e.g. process(new Deduplicate())`,
      )
    }
    return this.#operator('keyedProcess', { fn: functionText(fn) }, { fn })
  }

  /**
   * `fn(key, value, state)` gives `[outputs, newState]`. `state` is undefined for a key that has none; an undefined new
   * state clears it.
   */
  statefulMap<S, Out>(fn: StatefulMapFunction<K, T, S, Out>): OperatorStream<Out> {
    checkFunction('statefulMap', fn, 'statefulMap')
    return this.#operator('statefulMap', { fn: functionText(fn) }, { fn })
  }

  /**
   * With another keyed stream: one operator for both, with state per key that both share. With a broadcast stream: an
   * operator with state per key, and with state that the broadcast stream keeps up to date in every subtask.
   */
  connect<U>(stream: BroadcastStream<U>): KeyedBroadcastConnectedStream<T, U, K>
  connect<U>(stream: KeyedStream<U, K>): KeyedConnectedStreams<T, U, K>
  connect<U>(
    stream: BroadcastStream<U> | KeyedStream<U, K>,
  ): KeyedBroadcastConnectedStream<T, U, K> | KeyedConnectedStreams<T, U, K> {
    const [{ node }] = this.#inputs as readonly [StreamInput]
    if (stream instanceof BroadcastStream) {
      checkSameJob('connect', node, (stream.toInput().origins[0] as StreamOrigin).node)
      return new KeyedBroadcastConnectedStream<T, U, K>(this.#inputs, this.#key, stream, this.#attach)
    }
    if (!(stream instanceof KeyedStream)) {
      throw misuse(
        node.name,
        `connect(${shown(stream)}): a keyed stream is connected to another keyed stream, so put .keyBy(record => …) after that one too, or to a broadcast stream, made by .broadcast(mapState(…))`,
      )
    }
    checkSameJob('connect', node, (stream.#inputs[0] as StreamInput).node)
    const second = stream.#inputs.map(input => ({ ...input, input: 1 }))
    return new KeyedConnectedStreams<T, U, K>([this.#inputs, second], [this.#key, stream.#key], this.#attach)
  }

  /** Pairs records of one key of both streams whose times are close: `.between(lowerMs, upperMs).process(fn)`. */
  intervalJoin<U>(stream: KeyedStream<U, K>): IntervalJoin<T, U> {
    const [{ node }] = this.#inputs as readonly [StreamInput]
    if (!(stream instanceof KeyedStream)) {
      throw misuse(
        'intervalJoin',
        `intervalJoin(${shown(stream)}): the argument has to be a keyed stream; put .keyBy(record => …) after it`,
      )
    }
    checkSameJob('intervalJoin', node, (stream.#inputs[0] as StreamInput).node)
    const inputs = [...this.#inputs, ...stream.#inputs.map(input => ({ ...input, input: 1 }))]
    const keys = { [keySelectorName(0)]: this.#key.selector, [keySelectorName(1)]: stream.#key.selector }
    return new IntervalJoin<T, U>((config, fn) =>
      this.#attach(node, { type: 'intervalJoin', config, functions: { fn, ...keys }, inputs }),
    )
  }

  /**
   * A window of every `size` records of a key; with `slide`, at every `slide` records one of the last `size`. Records that
   * no full window comes for give no result.
   */
  countWindow(size: number, slide?: number): WindowedStream<T, K> {
    checkNumber('countWindow', size, 'window', { min: 1, whole: true, what: 'the size' })
    const windows = this.window(GlobalWindow.create())
    if (slide === undefined) return windows.trigger(PurgingTrigger.of(CountTrigger.of(size)))
    checkNumber('countWindow', slide, 'window', { min: 1, whole: true, what: 'the slide' })
    return windows.evictor(CountEvictor.of(size)).trigger(CountTrigger.of(slide))
  }

  /** Groups the records of each key by windows, e.g. `window(TumblingWindow.of(10_000))`. */
  window(assigner: WindowAssigner): WindowedStream<T, K> {
    if (typeof assigner?.toConfig !== 'function') {
      throw misuse(
        'window',
        `window(${shown(assigner)}): the argument has to be a window, e.g. TumblingWindow.of(10_000)`,
      )
    }
    return new WindowedStream<T, K>({
      assigner: assigner.toConfig(),
      attach: (config, functions) => this.#operator('window', config, functions),
    })
  }

  #operator<Out>(
    type: string,
    config: NewNode['config'],
    functions: Readonly<Record<string, unknown>> = {},
  ): OperatorStream<Out> {
    const [first] = this.#inputs
    return this.#attach((first as StreamInput).node, {
      type,
      config,
      functions: { ...functions, [keySelectorName(0)]: this.#key.selector },
      inputs: this.#inputs,
    })
  }
}
