import { promiseRefused } from './promises.ts'

/**
 * What functions of a job give that the engine goes on with: an undefined accumulator would silently become NaN, or no
 * state at all, at the next record.
 */

/** A new accumulator of a user's aggregator. Throws when there is none. */
export function newAccumulator<Acc>(aggregator: { createAccumulator(): Acc }): Acc {
  const accumulator: unknown = aggregator.createAccumulator()
  if (accumulator === undefined || accumulator instanceof Promise) {
    throw refusedResult(accumulator, 'createAccumulator()', 'the accumulator to begin with')
  }
  return accumulator as Acc
}

/** The error for a result that is a promise or undefined. `call` is what gave it, `instead` what it has to give. */
export function refusedResult(result: unknown, call: string, instead: string): Error {
  if (result instanceof Promise) return promiseRefused(result, `${call} returned a promise`)
  return new TypeError(`${call} returned ${String(result)}; it has to return ${instead}`)
}

/** The error for what a reduce function gave that is no value. */
export function refusedReduction(result: unknown): Error {
  return refusedResult(result, 'the function', 'what the two values reduce to, in every case')
}
