import { WeirError } from '@weir/engine/base/errors'
import type { JobFunctions, NodeFunctions } from '@weir/engine/graph/job-functions'

/** The functions of a JSON job as its generated module gives them: by uid, then by place; an aggregator is an object. */
export type FunctionTree = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Throws JOB_GRAPH for a text that gives something else than a function. */
export function functionsOf(tree: FunctionTree): JobFunctions {
  const functions = new Map<string, NodeFunctions>()
  for (const [uid, places] of Object.entries(tree)) {
    const made = Object.entries(places).map(([place, value]) => [place, checked(value, uid, place)] as const)
    functions.set(uid, Object.fromEntries(made))
  }
  return functions
}

/** A text that is a class (`class extends KeyedProcessFunction { … }`) stands for an object of it. */
function checked(value: unknown, operator: string, place: string): unknown {
  if (typeof value === 'function') {
    return /^class\b/.test(Function.prototype.toString.call(value)) ? Reflect.construct(value, []) : value
  }
  if (typeof value === 'object' && value !== null) {
    for (const [part, one] of Object.entries(value)) {
      if (typeof one !== 'function') throw noFunction(one, operator, `${place}.${part}`)
    }
    return value
  }
  throw noFunction(value, operator, place)
}

function noFunction(value: unknown, operator: string, place: string): WeirError {
  const what = typeof value === 'object' ? String(value) : `the ${typeof value} ${String(value).slice(0, 40)}`
  const text = `operator "${operator}": ${place} is no function but ${what}; write one function, e.g. "x => x + 1"`
  return new WeirError('JOB_GRAPH', text, { place: { operator } })
}
