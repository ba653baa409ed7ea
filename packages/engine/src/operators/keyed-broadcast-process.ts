import { refusePromise } from '../base/promises.ts'
import type {
  BroadcastState,
  KeyedBroadcastContext,
  KeyedBroadcastProcessFunction,
  OnTimerBroadcastContext,
  ReadOnlyBroadcastState,
} from '../functions/broadcast-process-function.ts'
import type { MapStateDescriptor } from '../functions/state-descriptors.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { encodeValue } from '../record/value-codec.ts'
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts'
import { TimerService } from '../time/timer-service.ts'
import { BROADCAST_METHODS } from './broadcast-process.ts'
import { type BroadcastStateConfig, BroadcastStates } from './broadcast-states.ts'
import { functionObject } from './function-object.ts'
import { KeyedContext } from './keyed-context.ts'
import { KeyedFunction, type KeyedFunctionParts } from './keyed-function.ts'
import { keySelector } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { userError } from './operator-errors.ts'
import { RecordContext } from './process.ts'

type AnyKeyedBroadcastFunction = Pick<
  KeyedBroadcastProcessFunction<unknown, unknown, unknown, unknown>,
  (typeof BROADCAST_METHODS)[number]
> &
  Partial<KeyedBroadcastProcessFunction<unknown, unknown, unknown, unknown>>

class ReadingContext extends KeyedContext implements OnTimerBroadcastContext<unknown> {
  readonly #states: BroadcastStates

  constructor(context: OperatorContext, timers: TimerService<CanonicalKey>, states: BroadcastStates) {
    super(context, timers)
    this.#states = states
  }

  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V> {
    return this.#states.readOnly(descriptor)
  }
}

class WritingContext extends RecordContext implements KeyedBroadcastContext<unknown> {
  readonly #backend: KeyedStateBackend
  readonly #states: BroadcastStates

  constructor(context: OperatorContext, states: BroadcastStates) {
    super(context)
    this.#backend = context.keyedState
    this.#states = states
  }

  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V> {
    return this.#states.writable(descriptor)
  }

  applyToKeyedState = ((descriptor: MapStateDescriptor<unknown, unknown>, apply: (...args: unknown[]) => unknown) => {
    const state = this.#backend.getState(descriptor)
    this.#backend.forEachKey(descriptor.name, key =>
      refusePromise(apply(key, state), 'the function of applyToKeyedState'),
    )
  }) as KeyedBroadcastContext<unknown>['applyToKeyedState']
}

/**
 * Runs a KeyedBroadcastProcessFunction: input 0 is keyed and has timers, input 1 comes to every subtask.
 *
 * Invariant: a record of input 1 sees no current key.
 */
export class KeyedBroadcastProcessOperator implements Operator {
  readonly #fn: AnyKeyedBroadcastFunction
  readonly #selector: KeySelector
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  readonly #timers: TimerService<CanonicalKey>
  readonly #states: BroadcastStates
  readonly #reading: ReadingContext
  readonly #writing: WritingContext
  readonly #function: KeyedFunction

  constructor(context: OperatorContext) {
    const { flow, platform, node } = context
    const { states } = node.config as unknown as { states: readonly BroadcastStateConfig[] }
    this.#fn = functionObject(context, BROADCAST_METHODS)
    this.#selector = keySelector(context)
    this.#backend = context.keyedState
    this.#node = node
    this.#timers = new TimerService(platform.clock, () => flow.blocked)
    this.#states = new BroadcastStates(states)
    this.#reading = new ReadingContext(context, this.#timers, this.#states)
    this.#writing = new WritingContext(context, this.#states)
    this.#function = new KeyedFunction(this.#fn as KeyedFunctionParts, context, this.#timers, this.#reading)
  }

  open(): void {
    this.#function.open()
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    const fn = this.#fn
    try {
      if (input === 0) {
        const reading = this.#reading
        reading.at = timestamp
        this.#backend.setCurrentKey(this.#selector(value))
        refusePromise(fn.processElement(value, reading, reading), 'processElement()')
      } else {
        const writing = this.#writing
        writing.at = timestamp
        this.#backend.clearCurrentKey()
        refusePromise(fn.processBroadcastElement(value, writing, writing), 'processBroadcastElement()')
      }
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processWatermark(watermark: number): boolean {
    this.#writing.watermark = watermark
    return this.#function.processWatermark(watermark)
  }

  processProcessingTime(nowMs: number): boolean {
    return this.#function.processProcessingTime(nowMs)
  }

  nextProcessingTime(): number {
    return this.#function.nextProcessingTime()
  }

  snapshot(): OperatorSnapshot {
    const operatorState = encodeValue({ watermark: this.#timers.watermark, broadcast: this.#states.contents() })
    return { ...this.#function.snapshot(), operatorState }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    this.#function.restore(snapshots)
    this.#states.restore(snapshots)
    this.#writing.watermark = this.#timers.watermark
  }

  close(): void {
    this.#function.close()
  }
}
