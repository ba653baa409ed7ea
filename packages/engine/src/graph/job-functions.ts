/**
 * The closures of one evaluation of a job's bundle, found by the operator's uid and then by the name of the place where
 * the closure is used: the name of the config field (`fn`, `aggregator`, `windowFn`, …), `key0` / `key1` for the key
 * selector of an input, `timestampAssigner` and `watermarkGenerator` for those of the watermark strategy.
 *
 * Functions are never serialised. Each slot evaluates the bundle for itself, so a function object with fields is never
 * shared between subtasks.
 */
export type NodeFunctions = Readonly<Record<string, unknown>>
export type JobFunctions = ReadonlyMap<string, NodeFunctions>

export type KeySelector = (value: unknown) => unknown

export function keySelectorName(input: number): string {
  return `key${input}`
}
