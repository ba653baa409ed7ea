import { refusePromise } from '../base/promises.ts'
import type { KeyedCoProcessFunction } from '../functions/co-process-function.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts'
import { TimerService } from '../time/timer-service.ts'
import { CO_PROCESS_METHODS } from './co-process.ts'
import { functionObject } from './function-object.ts'
import { KeyKinds } from './key-kinds.ts'
import { KeyedContext } from './keyed-context.ts'
import { KeyedFunction } from './keyed-function.ts'
import { keySelector } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { userError } from './operator-errors.ts'

type AnyKeyedCoProcessFunction = Pick<
  KeyedCoProcessFunction<unknown, unknown, unknown, unknown>,
  (typeof CO_PROCESS_METHODS)[number]
> &
  Partial<KeyedCoProcessFunction<unknown, unknown, unknown, unknown>>

/** Runs a KeyedCoProcessFunction: both streams and the timers share the state of a key. */
export class KeyedCoProcessOperator implements Operator {
  readonly #fn: AnyKeyedCoProcessFunction
  readonly #selectors: readonly KeySelector[]
  readonly #kinds: KeyKinds
  readonly #backend: KeyedStateBackend
  readonly #node: JobNode
  readonly #keyed: KeyedContext
  readonly #function: KeyedFunction

  constructor(context: OperatorContext) {
    const { flow, platform } = context
    const timers = new TimerService<CanonicalKey>(platform.clock, () => flow.blocked)
    this.#fn = functionObject(context, CO_PROCESS_METHODS)
    this.#selectors = [keySelector(context, 0), keySelector(context, 1)]
    this.#kinds = new KeyKinds(context)
    this.#backend = context.keyedState
    this.#node = context.node
    this.#keyed = new KeyedContext(context, timers)
    this.#function = new KeyedFunction(this.#fn, context, timers, this.#keyed)
  }

  open(): void {
    this.#function.open()
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    const keyed = this.#keyed
    keyed.at = timestamp
    try {
      const key = this.#selectors[input](value)
      this.#kinds.saw(key, input)
      this.#backend.setCurrentKey(key)
      if (input === 0) refusePromise(this.#fn.processElement1(value, keyed, keyed), 'processElement1()')
      else refusePromise(this.#fn.processElement2(value, keyed, keyed), 'processElement2()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processWatermark(watermark: number): boolean {
    return this.#function.processWatermark(watermark)
  }

  processProcessingTime(nowMs: number): boolean {
    return this.#function.processProcessingTime(nowMs)
  }

  nextProcessingTime(): number {
    return this.#function.nextProcessingTime()
  }

  snapshot(): OperatorSnapshot {
    return this.#function.snapshot()
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    this.#function.restore(snapshots)
  }

  close(): void {
    this.#function.close()
  }
}
