import { promiseRefused, refusePromise } from '../base/promises.ts'
import type { CoGroupFunction, JoinFunction } from '../functions/join-function.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { KeySelector } from '../graph/job-functions.ts'
import { keySelectorName } from '../graph/job-functions.ts'
import { detachValue } from '../state/detach.ts'
import type { WindowFold } from '../window/window-fold.ts'
import { KeyKinds } from './key-kinds.ts'
import { keySelector } from './keyed-operator.ts'
import type { Operator, OperatorContext, OperatorSnapshot, Output } from './operator.ts'
import { inPair, requireFunction, userError } from './operator-errors.ts'
import { KeptWork } from './resumable-output.ts'
import { OWN_FOLD } from './window-compute.ts'
import { createWindowOperator } from './window-factory.ts'

/** What a window holds of a key: the records of either stream, in the order of their arrival. */
interface BothSides {
  readonly left: unknown[]
  readonly right: unknown[]
}

/**
 * Joins two streams by key and window, as Flink does: a window operator that takes the records of both, keeps them apart,
 * and when a window fires gives the function every pair (`windowJoin`) or both lists (`coGroup`). So all windows, triggers
 * and what there is about lateness are those of the window operator.
 *
 * Which of the two a record is from is told to key selector and fold by `#input`, which holds during one call: a wrapper
 * around each record would cost an object for each, in memory and in state.
 */
export class WindowJoinOperator implements Operator, Output {
  readonly #context: OperatorContext
  readonly #selectors: readonly KeySelector[]
  readonly #kinds: KeyKinds
  readonly #kept: KeptWork
  readonly #windows: Operator
  #input = 0
  /** Timestamp of the window's results. */
  #timestamp = 0

  constructor(context: OperatorContext) {
    const { node, functions, flow } = context
    this.#context = context
    this.#selectors = [keySelector(context, 0), keySelector(context, 1)]
    this.#kinds = new KeyKinds(context)
    this.#kept = new KeptWork(flow)
    const fn: unknown = requireFunction(functions, 'fn', node)
    this.#windows = createWindowOperator({
      ...context,
      node: { ...node, config: { ...node.config, compute: { type: 'process' } } },
      functions: {
        ...functions,
        [keySelectorName(0)]: (value: unknown) => this.#keyOf(value),
        [OWN_FOLD]: this.#fold(
          node.type === 'coGroup'
            ? this.#coGroup(fn as CoGroupFunction<unknown, unknown, unknown, unknown>)
            : this.#join(fn as JoinFunction<unknown, unknown, unknown>),
        ),
      },
      output: this,
    })
  }

  open(): void {
    this.#windows.open?.()
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    this.#input = input
    this.#windows.processElement(value, timestamp, 0)
  }

  processWatermark(watermark: number): boolean {
    return this.#windows.processWatermark?.(watermark) ?? true
  }

  processProcessingTime(nowMs: number): boolean {
    return this.#windows.processProcessingTime?.(nowMs) ?? true
  }

  nextProcessingTime(): number {
    return this.#windows.nextProcessingTime?.() ?? Number.POSITIVE_INFINITY
  }

  resume(): boolean {
    return this.#kept.resume() && (this.#windows.resume?.() ?? true) && !this.#kept.isKeeping
  }

  snapshot(): OperatorSnapshot {
    return this.#windows.snapshot?.() ?? {}
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    this.#windows.restore?.(snapshots)
  }

  close(): void {
    this.#kept.drop()
    this.#windows.close?.()
  }

  // What the window operator sees as its output.

  collect(value: unknown, timestamp: number): void {
    this.#timestamp = timestamp
    this.#context.output.collect(value, timestamp)
  }

  sideOutput(tag: string, value: unknown, timestamp: number): void {
    this.#context.output.sideOutput(tag, value, timestamp)
  }

  #keyOf(value: unknown): unknown {
    const key = this.#selectors[this.#input](value)
    this.#kinds.saw(key, this.#input)
    return key
  }

  #fold(emit: WindowFold<BothSides>['emit']): WindowFold<BothSides> {
    return {
      isList: false,
      create: value => (this.#input === 0 ? { left: [value], right: [] } : { left: [], right: [value] }),
      add: (sides, value) => {
        const list = this.#input === 0 ? sides.left : sides.right
        list.push(detachValue(value))
        return sides
      },
      merge: (a, b) => ({ left: a.left.concat(b.left), right: a.right.concat(b.right) }),
      emit,
    }
  }

  #coGroup(fn: CoGroupFunction<unknown, unknown, unknown, unknown>): WindowFold<BothSides>['emit'] {
    return (key, window, { left, right }, out) =>
      refusePromise(fn(left.slice(), right.slice(), out, key, window), 'the function')
  }

  #join(fn: JoinFunction<unknown, unknown, unknown>): WindowFold<BothSides>['emit'] {
    return (_key, window, { left, right }, out) => {
      if (left.length === 0 || right.length === 0) return
      // By the first result the window operator tells what timestamp the results take.
      out.collect(paired(fn, left[0], right[0], window))
      if (left.length === 1 && right.length === 1) return
      const pairs = new Pairs(left, right)
      const timestamp = this.#timestamp
      const rest = (): boolean => this.#emitPairs(fn, pairs, window, timestamp)
      if (this.#kept.isKeeping || !rest()) this.#kept.keep(rest)
    }
  }

  /** False when outputs were full before the last pair. */
  #emitPairs(
    fn: JoinFunction<unknown, unknown, unknown>,
    pairs: Pairs,
    window: TimeWindow,
    timestamp: number,
  ): boolean {
    const { output, flow, node } = this.#context
    while (pairs.hasMore) {
      if (flow.blocked) return false
      let result: unknown
      try {
        result = paired(fn, pairs.left, pairs.right, window)
      } catch (error) {
        throw userError(error, node, inPair(window, pairs.left, pairs.right))
      }
      pairs.advance()
      output.collect(result, timestamp)
    }
    return true
  }
}

function paired(
  fn: JoinFunction<unknown, unknown, unknown>,
  left: unknown,
  right: unknown,
  window: TimeWindow,
): unknown {
  const result = fn(left, right, window)
  if (result instanceof Promise) throw promiseRefused(result, 'the function returned a promise')
  return result
}

/** Every pair of two lists behind the first. */
class Pairs {
  readonly #left: readonly unknown[]
  readonly #right: readonly unknown[]
  #i = 0
  #j = 0

  constructor(left: readonly unknown[], right: readonly unknown[]) {
    this.#left = left
    this.#right = right
    this.advance()
  }

  get hasMore(): boolean {
    return this.#i < this.#left.length
  }

  get left(): unknown {
    return this.#left[this.#i]
  }

  get right(): unknown {
    return this.#right[this.#j]
  }

  advance(): void {
    if (++this.#j < this.#right.length) return
    this.#j = 0
    this.#i++
  }
}
