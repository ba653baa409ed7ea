/**
 * The source text of a user's function as it stands in the graph: an expression that gives this function when it is
 * evaluated, but for what it closes over. A method written in short form (`add(a, b) { … }`) becomes a function
 * expression; an object of a class is shown by the text of its class.
 */
export function functionText(fn: unknown): string {
  if (typeof fn === 'function') return expression(Function.prototype.toString.call(fn))
  const made: unknown = typeof fn === 'object' && fn !== null ? fn.constructor : undefined
  if (typeof made === 'function' && made !== Object) return Function.prototype.toString.call(made)
  return String(fn)
}

/** The texts of an object's functions, by name: how an aggregator stands in the graph. */
export function functionTexts(object: object, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [name, functionText(Reflect.get(object, name))]))
}

const SHORT_METHOD = /^(async\s+)?(\*?)\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*\(/u

function expression(text: string): string {
  const method = SHORT_METHOD.exec(text)
  if (method === null || method[3] === 'function' || method[3] === 'async') return text
  const [head, asynchronous = '', generator, name] = method
  return `${asynchronous}function${generator} ${name}(${text.slice(head.length)}`
}

/** What an aggregator has to have. */
export const AGGREGATOR_FUNCTIONS = ['createAccumulator', 'add', 'getResult', 'merge'] as const
