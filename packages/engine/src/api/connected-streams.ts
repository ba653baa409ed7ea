import type {
  BroadcastProcessFunction,
  KeyedBroadcastProcessFunction,
} from '../functions/broadcast-process-function.ts'
import { type CoProcessFunction, KeyedCoProcessFunction } from '../functions/co-process-function.ts'
import { keySelectorName } from '../graph/job-functions.ts'
import { checkFunction, checkObject, misuse } from './checks.ts'
import type { OperatorStream } from './data-stream.ts'
import type { FieldName } from './field-names.ts'
import { functionText } from './function-text.ts'
import { type Key, keyOf } from './key.ts'
import type { Attach } from './keyed-stream.ts'
import type { StreamInput, StreamNode, StreamOrigin } from './stream-node.ts'

/** Keeps keyed functions away from streams without keys: without it they would fit by their form. */
interface Unkeyed {
  readonly onTimer?: never
}

/** Names of the fields of T that hold what can be a key of type K. */
type KeyField<T, K> = { [F in FieldName<T>]: T[F] extends K ? F : never }[FieldName<T>]

const CO_METHODS = ['processElement1', 'processElement2'] as const
const BROADCAST_METHODS = ['processElement', 'processBroadcastElement'] as const

/** Two streams into one operator, which knows from which of them a record comes. */
export class ConnectedStreams<T1, T2> {
  readonly #first: readonly StreamOrigin[]
  readonly #second: readonly StreamOrigin[]
  readonly #attach: Attach

  /** Not for jobs: connect() makes it. */
  constructor(first: readonly StreamOrigin[], second: readonly StreamOrigin[], attach: Attach) {
    this.#first = first
    this.#second = second
    this.#attach = attach
  }

  /** One record for each record, by a function for each stream. */
  map<Out>(fn1: (value: T1) => Out, fn2: (value: T2) => Out): OperatorStream<Out> {
    return this.#operator('coMap', twoFunctions('map', fn1, fn2, this.#from))
  }

  /** Any number of records for each record, by a function for each stream. */
  flatMap<Out>(fn1: (value: T1) => Iterable<Out>, fn2: (value: T2) => Iterable<Out>): OperatorStream<Out> {
    return this.#operator('coFlatMap', twoFunctions('flatMap', fn1, fn2, this.#from))
  }

  /** A function with a method for each stream, and side outputs. */
  process<Out>(fn: CoProcessFunction<T1, T2, Out> & Unkeyed): OperatorStream<Out> {
    if ((fn as unknown) instanceof KeyedCoProcessFunction) {
      throw misuse(
        this.#from.name,
        `process(new ${fn.constructor.name}()): a KeyedCoProcessFunction works per key; put .keyBy(first => …, second => …) before it`,
      )
    }
    checkObject('process', fn, CO_METHODS, this.#from.name)
    return this.#operator('coProcess', { fn })
  }

  /** Puts records of equal keys of both streams together: what follows works per key. Each key is a function or a field. */
  keyBy<K>(key1: (value: T1) => K, key2: (value: T2) => K): KeyedConnectedStreams<T1, T2, K>
  keyBy<F extends FieldName<T1>>(key1: F, key2: KeyField<T2, T1[F]>): KeyedConnectedStreams<T1, T2, T1[F]>
  keyBy(key1: unknown, key2: unknown): KeyedConnectedStreams<T1, T2, unknown> {
    if (key2 === undefined) {
      throw misuse(
        this.#from.name,
        'keyBy(…): connected streams need a key for each, e.g. .keyBy(order => order.user, user => user.id)',
      )
    }
    const keys = [keyOf('keyBy', key1, this.#from.name), keyOf('keyBy', key2, this.#from.name)] as const
    return new KeyedConnectedStreams(
      [keyedInputs(this.#first, keys[0], 0), keyedInputs(this.#second, keys[1], 1)],
      keys,
      this.#attach,
    )
  }

  #operator<Out>(type: string, functions: Readonly<Record<string, unknown>>): OperatorStream<Out> {
    return this.#attach(this.#from, {
      type,
      config: textsOf(functions),
      functions,
      inputs: [...plainInputs(this.#first, 0), ...plainInputs(this.#second, 1)],
    })
  }

  get #from(): StreamNode {
    return (this.#first[0] as StreamOrigin).node
  }
}

/** Two streams whose records of one key come to one subtask, with state of that key which both share. */
export class KeyedConnectedStreams<T1, T2, K> {
  readonly #inputs: readonly StreamInput[]
  readonly #keys: readonly [Key, Key]
  readonly #attach: Attach

  /** Not for jobs: keyBy() and connect() make it. */
  constructor(
    inputs: readonly [readonly StreamInput[], readonly StreamInput[]],
    keys: readonly [Key, Key],
    attach: Attach,
  ) {
    this.#inputs = inputs.flat()
    this.#keys = keys
    this.#attach = attach
  }

  /** One record for each record, by a function for each stream. */
  map<Out>(fn1: (value: T1) => Out, fn2: (value: T2) => Out): OperatorStream<Out> {
    return this.#operator('coMap', twoFunctions('map', fn1, fn2, this.#from))
  }

  /** Any number of records for each record, by a function for each stream. */
  flatMap<Out>(fn1: (value: T1) => Iterable<Out>, fn2: (value: T2) => Iterable<Out>): OperatorStream<Out> {
    return this.#operator('coFlatMap', twoFunctions('flatMap', fn1, fn2, this.#from))
  }

  /** A function with a method for each stream, timers, and state per key that both methods share. */
  process<Out>(fn: KeyedCoProcessFunction<K, T1, T2, Out>): OperatorStream<Out> {
    checkObject('process', fn, CO_METHODS, this.#from.name)
    return this.#operator('keyedCoProcess', { fn })
  }

  #operator<Out>(type: string, functions: Readonly<Record<string, unknown>>): OperatorStream<Out> {
    const [key0, key1] = this.#keys
    return this.#attach(this.#from, {
      type,
      config: textsOf(functions),
      functions: { ...functions, [keySelectorName(0)]: key0.selector, [keySelectorName(1)]: key1.selector },
      inputs: this.#inputs,
    })
  }

  get #from(): StreamNode {
    return (this.#inputs[0] as StreamInput).node
  }
}

/** A state that a broadcast stream keeps up to date; what `mapState(…)` gives. */
export interface BroadcastStateDescriptor {
  readonly kind: 'map'
  readonly name: string
  readonly ttlMs?: number
}

/** A stream whose records every subtask of the next operator gets, with the states that they keep up to date there. */
export class BroadcastStream<T> {
  readonly #origins: readonly StreamOrigin[]
  readonly #states: readonly BroadcastStateDescriptor[]
  /** Only for the compiler. */
  declare readonly recordType?: () => T

  /** Not for jobs: broadcast(mapState(…)) makes it. */
  constructor(origins: readonly StreamOrigin[], states: readonly BroadcastStateDescriptor[]) {
    const from = (origins[0] as StreamOrigin).node.name
    for (const { kind, name, ttlMs } of states) {
      if (kind !== 'map' || typeof name !== 'string') {
        throw misuse(from, "broadcast(…): every argument has to be a map state, e.g. mapState<string, Rule>('rules')")
      }
      if (ttlMs !== undefined) {
        throw misuse(
          from,
          `broadcast(mapState('${name}', { ttlMs })): broadcast state has no time to live, since its copies would lose an entry at different moments; remove entries by a record of the broadcast stream`,
        )
      }
    }
    this.#origins = origins
    this.#states = states
  }

  /** Not for jobs. */
  toInput(): { readonly origins: readonly StreamOrigin[]; readonly states: readonly BroadcastStateDescriptor[] } {
    return { origins: this.#origins, states: this.#states }
  }
}

/** A stream beside a broadcast one. */
export class BroadcastConnectedStream<T1, T2> {
  readonly #inputs: readonly StreamInput[]
  readonly #states: readonly BroadcastStateDescriptor[]
  readonly #attach: Attach

  /** Not for jobs: connect() makes it. */
  constructor(origins: readonly StreamOrigin[], broadcast: BroadcastStream<T2>, attach: Attach) {
    const { origins: second, states } = broadcast.toInput()
    this.#inputs = [...plainInputs(origins, 0), ...plainInputs(second, 1)]
    this.#states = states
    this.#attach = attach
  }

  /** The function's `processElement` reads the broadcast states, its `processBroadcastElement` keeps them up to date. */
  process<Out>(fn: BroadcastProcessFunction<T1, T2, Out> & Unkeyed): OperatorStream<Out> {
    return broadcastOperator(this.#inputs, this.#states, fn, undefined, this.#attach)
  }
}

/** A keyed stream beside a broadcast one. */
export class KeyedBroadcastConnectedStream<T1, T2, K> {
  readonly #inputs: readonly StreamInput[]
  readonly #states: readonly BroadcastStateDescriptor[]
  readonly #key: Key
  readonly #attach: Attach

  /** Not for jobs: connect() makes it. */
  constructor(inputs: readonly StreamInput[], key: Key, broadcast: BroadcastStream<T2>, attach: Attach) {
    const { origins, states } = broadcast.toInput()
    this.#inputs = [...inputs, ...plainInputs(origins, 1)]
    this.#states = states
    this.#key = key
    this.#attach = attach
  }

  /** The same with state and timers per key. */
  process<Out>(fn: KeyedBroadcastProcessFunction<K, T1, T2, Out>): OperatorStream<Out> {
    return broadcastOperator(this.#inputs, this.#states, fn, this.#key, this.#attach)
  }
}

function broadcastOperator<Out>(
  inputs: readonly StreamInput[],
  states: readonly BroadcastStateDescriptor[],
  fn: object,
  key: Key | undefined,
  attach: Attach,
): OperatorStream<Out> {
  const { node } = inputs[0] as StreamInput
  checkObject('process', fn, BROADCAST_METHODS, node.name)
  if (key === undefined && typeof Reflect.get(fn, 'onTimer') === 'function') {
    throw misuse(
      node.name,
      `process(new ${fn.constructor.name}()): timers need a keyed stream; put .keyBy(record => …) before connect(…)`,
    )
  }
  return attach(node, {
    type: key === undefined ? 'broadcastProcess' : 'keyedBroadcastProcess',
    config: { fn: functionText(fn), states: states.map(({ name }) => ({ name })) },
    functions: { fn, ...(key === undefined ? {} : { [keySelectorName(0)]: key.selector }) },
    inputs,
  })
}

export function keyedInputs(origins: readonly StreamOrigin[], key: Key, input: number): StreamInput[] {
  return origins.map(origin => ({ ...origin, partitioner: 'hash', strict: false, input, key: key.text }))
}

function plainInputs(origins: readonly StreamOrigin[], input: number): StreamInput[] {
  return origins.map(origin => ({ ...origin, input }))
}

function twoFunctions(call: string, fn1: unknown, fn2: unknown, from: StreamNode): { fn1: unknown; fn2: unknown } {
  if (fn2 === undefined) {
    throw misuse(
      from.name,
      `${call}(…): connected streams need a function for each, e.g. .${call}(first => …, second => …)`,
    )
  }
  checkFunction(call, fn1, from.name)
  checkFunction(call, fn2, from.name)
  return { fn1, fn2 }
}

function textsOf(functions: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(functions).map(([name, fn]) => [name, functionText(fn)]))
}
