import { WeirError } from '../base/errors.ts'
import type { OperatorContext } from './operator.ts'
import { userError } from './operator-errors.ts'

/**
 * The function object of a node, given as an object or as a class to make one of. Throws JOB_GRAPH, naming what is missing,
 * unless it has all of `methods`.
 */
export function functionObject<F extends object>(context: OperatorContext, methods: readonly string[]): F {
  const { functions, node } = context
  const given = functions.fn
  let object: unknown = given
  if (typeof given === 'function' && methods.some(method => method in (given.prototype ?? {}))) {
    try {
      object = new (given as new () => unknown)()
    } catch (error) {
      throw userError(error, node)
    }
  }
  const missing = methods.filter(
    method => typeof object !== 'object' || object === null || typeof Reflect.get(object, method) !== 'function',
  )
  if (missing.length === 0) return object as F
  throw new WeirError(
    'JOB_GRAPH',
    `operator '${node.name}' (${node.type}) needs an object with ${methods.join(' and ')}; missing: ${missing.join(', ')}`,
    { place: { operator: node.name } },
  )
}
