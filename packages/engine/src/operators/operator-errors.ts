import { isWeirError, WeirError } from '../base/errors.ts'
import { withFrozenHint } from '../base/frozen-records.ts'
import { recordText } from '../base/record-text.ts'
import { describeThrown } from '../base/thrown.ts'
import type { TimeWindow } from '../functions/window-function.ts'
import type { NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'

/**
 * What an operator throws for what a user's function threw: USER_FUNCTION with the operator's name, the message and the
 * stack of the original, wrapped once. An error that names its operator already comes from further down the chain, through
 * `out.collect`, and passes unchanged; any other WeirError (a key that cannot be one, say) keeps its code.
 *
 * `where` stands for the record where there is none: a timer or a window that fires.
 *
 * Operators call it in `catch (error) { throw userError(error, node) }` around calls of user code alone.
 */
export function userError(thrown: unknown, node: JobNode, where?: string): WeirError {
  const known = isWeirError(thrown) ? thrown : undefined
  if (known?.place.operator !== undefined) return known
  const code = known?.code ?? 'USER_FUNCTION'
  const { message, stack } = describeThrown(thrown)
  const original = withFrozenHint(message, thrown)
  const at = where === undefined ? '' : ` (${where})`
  const error = new WeirError(code, `operator '${node.name}': ${original}${at}`, {
    cause: thrown,
    place: { ...known?.place, operator: node.name },
    problems: known?.problems,
  })
  if (stack !== undefined) error.stack = stack
  return error
}

/** Longest text of a key, or of one record of a pair, in a message. */
const KEY_TEXT_MAX = 200

/** For `userError`: user code ran for a timer. */
export function inTimer(time: number, key: unknown): string {
  return `in the timer for ${time} of the key ${recordText(key, KEY_TEXT_MAX)}`
}

/** For `userError`: user code ran for a window that fired. */
export function inWindow({ start, end }: TimeWindow, key: unknown): string {
  return `in the window from ${start} to ${end} of the key ${recordText(key, KEY_TEXT_MAX)}`
}

/** For `userError`: user code ran for two records of a window. */
export function inPair({ start, end }: TimeWindow, left: unknown, right: unknown): string {
  const pair = `${recordText(left, KEY_TEXT_MAX)} and ${recordText(right, KEY_TEXT_MAX)}`
  return `in the window from ${start} to ${end} for the pair ${pair}`
}

/** The closure of a node under the name of its config field; throws JOB_GRAPH when it is missing. */
export function requireFunction<F>(functions: NodeFunctions, name: string, node: JobNode): F {
  const found = functions[name]
  if (typeof found === 'function') return found as F
  throw missing(name, node, 'a function')
}

/** The same for what may be an object with methods, such as an aggregator. */
export function requireObject<O>(functions: NodeFunctions, name: string, methods: readonly string[], node: JobNode): O {
  const found = functions[name]
  if (typeof found !== 'object' || found === null) throw missing(name, node, `an object with ${methods.join(', ')}`)
  for (const method of methods) {
    if (typeof (found as Record<string, unknown>)[method] !== 'function') {
      throw missing(`${name}.${method}`, node, 'a function')
    }
  }
  return found as O
}

function missing(name: string, node: JobNode, what: string): WeirError {
  return new WeirError('JOB_GRAPH', `operator '${node.name}' (${node.type}) needs ${what} as '${name}'`, {
    place: { operator: node.name },
  })
}
