/**
 * The globals that a module may use while it builds its graph, in the sandbox and in every slot: those of the language
 * (ECMAScript, without `Intl`) and `console`. What belongs to a platform is missing in the sandbox on purpose: it would
 * make the graph depend on where it is built. Functions of the job run later, in a slot, and may use all that Node has.
 *
 * The clock and the random source are real in both places, since a closure that keeps them must get the real ones. A
 * graph that depends on them differs from one evaluation to the next and is refused: at submission by a second
 * evaluation with another clock, and in each slot by the graph's hash.
 */
export const SANDBOX_GLOBALS: readonly string[] = [
  ...['globalThis', 'Infinity', 'NaN', 'undefined', 'eval', 'isFinite', 'isNaN', 'parseFloat', 'parseInt'],
  ...['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape'],
  ...['Object', 'Function', 'Boolean', 'Symbol', 'Number', 'BigInt', 'Math', 'Date', 'String', 'RegExp', 'Iterator'],
  ...['Array', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['BigInt64Array', 'BigUint64Array', 'Float16Array', 'Float32Array', 'Float64Array'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['JSON', 'Promise', 'Proxy', 'Reflect', 'FinalizationRegistry', 'console'],
]

/** What people reach for that is not there while the graph is built, and what to do instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  process: 'write the value into the job: functions of the job have no environment variables either',
  require: 'use an import statement at the top of the file',
  fetch: 'call it inside a function of the job, e.g. asyncMap()',
  setTimeout: 'call it inside a function of the job; time in a stream comes from timers and windows',
  setInterval: 'call it inside a function of the job; time in a stream comes from timers and windows',
  __dirname: 'give paths to fileSource() and fileSink() relative to the folder where jobs work',
  __filename: 'give paths to fileSource() and fileSink() relative to the folder where jobs work',
}

/** For an error of a missing global: what to do; undefined for any other error. */
export function missingGlobalHint(message: string): string | undefined {
  const name = /^'?(\w+)'? is not defined$/.exec(message)?.[1]
  if (name === undefined) return undefined
  if (Object.hasOwn(ELSEWHERE, name)) return `"${name}" is not there while the job builds its graph; ${ELSEWHERE[name]}`
  if (name in globalThis && !SANDBOX_GLOBALS.includes(name)) {
    return `"${name}" is not there while the job builds its graph; use it inside a function of the job`
  }
  return 'declare or import it'
}
