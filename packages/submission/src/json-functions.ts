import type { JobFunctions, NodeFunctions } from '@weir/engine/graph/job-functions'

/** The functions of a JSON job as its generated module gives them: by uid, then by place; an aggregator is an object. */
export type FunctionTree = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export function functionsOf(tree: FunctionTree): JobFunctions {
  const functions = new Map<string, NodeFunctions>()
  for (const [uid, places] of Object.entries(tree)) {
    functions.set(uid, Object.fromEntries(Object.entries(places).map(([place, value]) => [place, instance(value)])))
  }
  return functions
}

/** A text that is a class (`class extends KeyedProcessFunction { … }`) stands for an object of it. */
function instance(value: unknown): unknown {
  if (typeof value !== 'function' || !/^class\b/.test(Function.prototype.toString.call(value))) return value
  return Reflect.construct(value, [])
}
