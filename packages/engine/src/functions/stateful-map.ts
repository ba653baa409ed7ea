import type { Collector } from './collector.ts'
import { type Context, KeyedProcessFunction, type RuntimeContext } from './process-function.ts'
import type { ValueState } from './state.ts'
import { valueState } from './state-descriptors.ts'

/**
 * Outputs and the key's new state for one record. `state` is undefined for a key that has none; returning undefined as the
 * new state clears it.
 */
export type StatefulMapFunction<K, In, S, Out> = (
  key: K,
  value: In,
  state: S | undefined,
) => readonly [outputs: Iterable<Out>, state: S | undefined]

/** What `keyBy(…).statefulMap(fn)` runs. */
export class StatefulMap<K, In, S, Out> extends KeyedProcessFunction<K, In, Out> {
  readonly #fn: StatefulMapFunction<K, In, S, Out>
  #state!: ValueState<S | undefined>

  constructor(fn: StatefulMapFunction<K, In, S, Out>) {
    super()
    this.#fn = fn
  }

  override open(context: RuntimeContext): void {
    this.#state = context.getState(valueState<S>('state'))
  }

  override processElement(value: In, context: Context<K>, out: Collector<Out>): void {
    const result = this.#fn(context.currentKey(), value, this.#state.value())
    // biome-ignore lint/correctness/noVoidTypeReturn: for the operator, which refuses it
    if (result instanceof Promise) return result as never
    const [outputs, state] = result
    if (state === undefined) this.#state.clear()
    else this.#state.update(state)
    for (const output of outputs) out.collect(output)
  }
}
