import type { OutputTag } from '../functions/output-tag.ts'
import { KeyedProcessFunction, type ProcessElement, type ProcessFunction } from '../functions/process-function.ts'
import { type AsyncMapOptions, asyncMapConfig } from './async-map-options.ts'
import { checkFunction, checkSameJob, misuse, shown } from './checks.ts'
import {
  BroadcastConnectedStream,
  type BroadcastStateDescriptor,
  BroadcastStream,
  ConnectedStreams,
} from './connected-streams.ts'
import type { SinkDescriptor } from './connectors.ts'
import type { FieldName } from './field-names.ts'
import { functionText } from './function-text.ts'
import { CoGroupedStreams, checkJoined, JoinedStreams } from './joined-streams.ts'
import { keyOf } from './key.ts'
import { KeyedStream } from './keyed-stream.ts'
import { type OperatorSettings, setName, setNodeParallelism, setSlotSharingGroup, setUid } from './operator-settings.ts'
import { addNode, mainOutput, type NewNode, type StreamNode, type StreamOrigin } from './stream-node.ts'
import type { WatermarkStrategy } from './watermark-strategies.ts'

/** Keeps keyed functions away from streams without keys: without it they would fit by their form. */
interface Unkeyed {
  readonly onTimer?: never
}

/** A stream of records of type T. Records are immutable by contract: a function gives new ones rather than changing one. */
export class DataStream<T> {
  readonly #origins: readonly StreamOrigin[]

  /** Not for jobs: streams come from an environment and from other streams. */
  constructor(origins: readonly StreamOrigin[]) {
    this.#origins = origins
  }

  /** One record for each record. */
  map<Out>(fn: (value: T) => Out): OperatorStream<Out> {
    return this.#withFunction('map', fn)
  }

  /** Keeps the records for which `fn` gives true. */
  filter<Narrow extends T>(fn: (value: T) => value is Narrow): OperatorStream<Narrow>
  filter(fn: (value: T) => unknown): OperatorStream<T>
  filter(fn: (value: T) => unknown): OperatorStream<T> {
    return this.#withFunction('filter', fn)
  }

  /** Any number of records for each record. The iterable may be endless: it is pulled only as fast as the rest takes it. */
  flatMap<Out>(fn: (value: T) => Iterable<Out>): OperatorStream<Out> {
    return this.#withFunction('flatMap', fn)
  }

  /**
   * One record for each record, by a function that answers later, such as a request to another system. Many calls are
   * under way at once; after a restart those that were under way are made again.
   */
  asyncMap<Out>(fn: (value: T) => PromiseLike<Out>, options: AsyncMapOptions = {}): OperatorStream<Out> {
    checkFunction('asyncMap', fn, this.#from.name)
    const config = { fn: functionText(fn), ...asyncMapConfig(options, 'asyncMap') }
    return this.#attach({ type: 'asyncMap', config, functions: { fn }, asynchronous: true })
  }

  /** A function with side outputs, as an object of a class or in its plain form. */
  process<Out>(fn: (ProcessFunction<T, Out> & Unkeyed) | ProcessElement<T, Out>): OperatorStream<Out> {
    checkProcess(fn, this.#from.name)
    return this.#attach({ type: 'process', config: { fn: functionText(fn) }, functions: { fn } })
  }

  /** Puts records of equal keys together: what follows works per key. `key` is a function, or the name of a field. */
  keyBy<K>(key: (value: T) => K): KeyedStream<T, K>
  keyBy<F extends FieldName<T>>(key: F): KeyedStream<T, T[F]>
  keyBy(key: ((value: T) => unknown) | string): KeyedStream<T, unknown> {
    return new KeyedStream(this.#origins, keyOf('keyBy', key, this.#from.name), attachStream)
  }

  /**
   * With another stream: one operator for both, which knows from which of them a record comes. With a broadcast stream: an
   * operator with state that the broadcast stream keeps up to date in every subtask.
   */
  connect<U>(stream: BroadcastStream<U>): BroadcastConnectedStream<T, U>
  connect<U>(stream: DataStream<U>): ConnectedStreams<T, U>
  connect<U>(stream: BroadcastStream<U> | DataStream<U>): BroadcastConnectedStream<T, U> | ConnectedStreams<T, U> {
    if (stream instanceof BroadcastStream) {
      checkSameJob('connect', this.#from, (stream.toInput().origins[0] as StreamOrigin).node)
      return new BroadcastConnectedStream<T, U>(this.#origins, stream, attachStream)
    }
    if (!(stream instanceof DataStream)) {
      throw misuse(
        this.#from.name,
        `connect(${shown(stream)}): a stream is connected to another one that is not keyed, with connect(…).keyBy(first => …, second => …) where the operator works per key, or to a broadcast stream, made by .broadcast(mapState(…))`,
      )
    }
    checkSameJob('connect', this.#from, stream.#from)
    return new ConnectedStreams<T, U>(this.#origins, stream.#origins, attachStream)
  }

  /** Pairs what falls into the same window: `.where(k).equalTo(k).window(w).apply((left, right) => …)`. */
  join<U>(stream: DataStream<U>): JoinedStreams<T, U> {
    return new JoinedStreams<T, U>({ call: 'join', type: 'windowJoin', ...this.#with('join', stream) })
  }

  /** Gathers what falls into the same window: `.where(k).equalTo(k).window(w).apply((left, right, out) => …)`. */
  coGroup<U>(stream: DataStream<U>): CoGroupedStreams<T, U> {
    return new CoGroupedStreams<T, U>({ call: 'coGroup', type: 'coGroup', ...this.#with('coGroup', stream) })
  }

  /** All records of this stream and the others, in no particular order between them. */
  union(...streams: readonly DataStream<T>[]): DataStream<T> {
    for (const stream of streams) {
      if (!(stream instanceof DataStream)) {
        throw misuse(this.#from.name, `union(${shown(stream)}): every argument has to be a stream that is not keyed`)
      }
      checkSameJob('union', this.#from, stream.#from)
    }
    return new DataStream([this.#origins, ...streams.map(stream => stream.#origins)].flat())
  }

  /** Spreads records evenly over all subtasks of the next operator. */
  rebalance(): DataStream<T> {
    return this.#partitioned('rebalance')
  }

  /** Spreads records evenly over those subtasks of the next operator that belong to this subtask. */
  rescale(): DataStream<T> {
    return this.#partitioned('rescale')
  }

  /** Keeps records in their subtask; the next operator has to have the same parallelism. */
  forward(): DataStream<T> {
    return this.#partitioned('forward')
  }

  /**
   * Gives every record to every subtask of the next operator. With map states: a stream for `connect(…)`, whose records
   * keep these states up to date in every subtask.
   */
  broadcast(): DataStream<T>
  broadcast(...states: readonly [BroadcastStateDescriptor, ...BroadcastStateDescriptor[]]): BroadcastStream<T>
  broadcast(...states: readonly BroadcastStateDescriptor[]): DataStream<T> | BroadcastStream<T> {
    const broadcast = this.#partitioned('broadcast')
    return states.length === 0 ? broadcast : new BroadcastStream<T>(broadcast.#origins, states)
  }

  /** Gives records their event time and makes watermarks; those from upstream end here. */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<T>): OperatorStream<T> {
    return this.#attach({ type: 'timestamps', watermarks: strategy.toConfig(), functions: strategy.toFunctions() })
  }

  addSink(sink: SinkDescriptor<T>): SinkOperator {
    if (sink?.kind !== 'sink') {
      throw misuse(this.#from.name, `addSink(${shown(sink)}): the argument has to be a sink, e.g. fileSink({ … })`)
    }
    const inputs = this.#inputs()
    return new SinkOperator(
      addNode(this.#from.job, { type: sink.type, config: sink.config, functions: sink.functions, inputs }),
    )
  }

  /** Shows every record as a line `name[subtask]> record`. */
  print(label?: string): SinkOperator {
    const config: NewNode['config'] = label === undefined ? {} : { label }
    return new SinkOperator(addNode(this.#from.job, { type: 'print', config, inputs: this.#inputs() }))
  }

  #withFunction<Out>(type: string, fn: unknown): OperatorStream<Out> {
    checkFunction(type, fn, this.#from.name)
    return this.#attach({ type, config: { fn: functionText(fn) }, functions: { fn } })
  }

  #attach<Out>(node: NewNode): OperatorStream<Out> {
    return attachStream(this.#from, { ...node, inputs: this.#inputs() })
  }

  #partitioned(partitioner: StreamOrigin['partitioner']): DataStream<T> {
    return new DataStream(this.#origins.map(origin => ({ ...origin, partitioner, strict: partitioner === 'forward' })))
  }

  #with<U>(call: string, stream: DataStream<U>) {
    checkJoined(call, stream, stream instanceof DataStream, this.#from)
    checkSameJob(call, this.#from, stream.#from)
    return { left: this.#origins, right: stream.#origins, attach: attachStream }
  }

  #inputs() {
    return this.#origins.map(origin => ({ ...origin, input: 0 }))
  }

  /** The operator that a message about this stream names. */
  get #from(): StreamNode {
    return (this.#origins[0] as StreamOrigin).node
  }
}

/** The main output of an operator, and the operator's settings. */
export class OperatorStream<T> extends DataStream<T> implements OperatorSettings {
  readonly #node: StreamNode

  /** Not for jobs. */
  constructor(node: StreamNode) {
    super([mainOutput(node)])
    this.#node = node
  }

  /** What the operator sent to `tag`. */
  getSideOutput<Out>(tag: OutputTag<Out>): DataStream<Out> {
    if (typeof tag?.id !== 'string') {
      throw misuse(this.#node.name, `getSideOutput(${shown(tag)}): the argument has to be an OutputTag`)
    }
    return new DataStream([{ ...mainOutput(this.#node), output: tag.id }])
  }

  name(name: string): this {
    setName(this.#node, name)
    return this
  }

  uid(uid: string): this {
    setUid(this.#node, uid)
    return this
  }

  setParallelism(parallelism: number): this {
    setNodeParallelism(this.#node, parallelism)
    return this
  }

  startNewChain(): this {
    this.#node.chaining = 'head'
    return this
  }

  disableChaining(): this {
    this.#node.chaining = 'never'
    return this
  }

  slotSharingGroup(group: string): this {
    setSlotSharingGroup(this.#node, group)
    return this
  }
}

/** A sink that was added to a stream: its settings. */
export class SinkOperator implements OperatorSettings {
  readonly #node: StreamNode

  /** Not for jobs. */
  constructor(node: StreamNode) {
    this.#node = node
  }

  name(name: string): this {
    setName(this.#node, name)
    return this
  }

  uid(uid: string): this {
    setUid(this.#node, uid)
    return this
  }

  setParallelism(parallelism: number): this {
    setNodeParallelism(this.#node, parallelism)
    return this
  }

  startNewChain(): this {
    this.#node.chaining = 'head'
    return this
  }

  disableChaining(): this {
    this.#node.chaining = 'never'
    return this
  }

  slotSharingGroup(group: string): this {
    setSlotSharingGroup(this.#node, group)
    return this
  }
}

/** Adds an operator to the job of `after` and gives its main output. */
function attachStream<T>(after: StreamNode, node: NewNode): OperatorStream<T> {
  return new OperatorStream<T>(addNode(after.job, node))
}

function checkProcess(fn: unknown, where: string): void {
  if (fn instanceof KeyedProcessFunction) {
    throw misuse(
      where,
      `process(new ${fn.constructor.name}()): a KeyedProcessFunction works per key; put .keyBy(record => …) before it`,
    )
  }
  if (typeof fn === 'function' && !/^class\b/.test(Function.prototype.toString.call(fn))) return
  if (typeof fn === 'object' && fn !== null && typeof Reflect.get(fn, 'processElement') === 'function') return
  const hint = typeof fn === 'function' ? `; write process(new ${fn.name}())` : ''
  throw misuse(
    where,
    `process(${shown(fn)}): the argument has to be a function, or an object with processElement${hint}`,
  )
}

const KEYED_ONLY = [
  'reduce',
  'sum',
  'count',
  'avg',
  'min',
  'max',
  'aggregate',
  'window',
  'countWindow',
  'statefulMap',
  'intervalJoin',
] as const

// Jobs are bundled without a type check, so a job that forgot keyBy gets here; "is not a function" would not help it.
for (const method of KEYED_ONLY) {
  Object.defineProperty(DataStream.prototype, method, {
    value(): never {
      throw misuse(method, `${method}() works on a keyed stream; put .keyBy(record => …) before it`)
    },
  })
}
