import { refusePromise } from '../base/promises.ts'
import type {
  BroadcastContext,
  BroadcastProcessFunction,
  BroadcastState,
  ReadOnlyBroadcastContext,
  ReadOnlyBroadcastState,
} from '../functions/broadcast-process-function.ts'
import type { MapStateDescriptor } from '../functions/state-descriptors.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK } from '../record/stream-element.ts'
import { encodeValue } from '../record/value-codec.ts'
import { type BroadcastStateConfig, BroadcastStates } from './broadcast-states.ts'
import { functionObject } from './function-object.ts'
import { decodeWatermarks } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { userError } from './operator-errors.ts'
import { RecordContext } from './process.ts'
import { runtimeContext } from './runtime-context.ts'

export const BROADCAST_METHODS = ['processElement', 'processBroadcastElement'] as const

type AnyBroadcastFunction = Pick<
  BroadcastProcessFunction<unknown, unknown, unknown>,
  (typeof BROADCAST_METHODS)[number]
> &
  Partial<BroadcastProcessFunction<unknown, unknown, unknown>>

class ReadingContext extends RecordContext implements ReadOnlyBroadcastContext {
  readonly #states: BroadcastStates

  constructor(context: OperatorContext, states: BroadcastStates) {
    super(context)
    this.#states = states
  }

  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V> {
    return this.#states.readOnly(descriptor)
  }
}

class WritingContext extends RecordContext implements BroadcastContext {
  readonly #states: BroadcastStates

  constructor(context: OperatorContext, states: BroadcastStates) {
    super(context)
    this.#states = states
  }

  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V> {
    return this.#states.writable(descriptor)
  }
}

/** Runs a BroadcastProcessFunction: input 0 reads the broadcast states, input 1, which every subtask gets, writes them. */
export class BroadcastProcessOperator implements Operator {
  readonly #fn: AnyBroadcastFunction
  readonly #context: OperatorContext
  readonly #node: JobNode
  readonly #states: BroadcastStates
  readonly #reading: ReadingContext
  readonly #writing: WritingContext

  constructor(context: OperatorContext) {
    const { states } = context.node.config as unknown as { states: readonly BroadcastStateConfig[] }
    this.#fn = functionObject(context, BROADCAST_METHODS)
    this.#context = context
    this.#node = context.node
    this.#states = new BroadcastStates(states)
    this.#reading = new ReadingContext(context, this.#states)
    this.#writing = new WritingContext(context, this.#states)
  }

  open(): void {
    try {
      refusePromise(this.#fn.open?.(runtimeContext(this.#context, false)), 'open()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    const fn = this.#fn
    try {
      if (input === 0) {
        const reading = this.#reading
        reading.at = timestamp
        refusePromise(fn.processElement(value, reading, reading), 'processElement()')
      } else {
        const writing = this.#writing
        writing.at = timestamp
        refusePromise(fn.processBroadcastElement(value, writing, writing), 'processBroadcastElement()')
      }
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processWatermark(watermark: number): boolean {
    this.#reading.watermark = watermark
    this.#writing.watermark = watermark
    return true
  }

  snapshot(): OperatorSnapshot {
    return {
      operatorState: encodeValue({ watermark: this.#reading.watermark, broadcast: this.#states.contents() }),
    }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    this.#states.restore(snapshots)
    const watermark = Math.min(...decodeWatermarks(snapshots))
    if (watermark !== MAX_WATERMARK) this.processWatermark(watermark)
  }

  close(): void {
    try {
      this.#fn.close?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }
}
