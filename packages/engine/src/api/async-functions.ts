import { misuse } from './checks.ts'

/** What `Object.prototype.toString` says of them; unlike `instanceof` it holds for functions of every realm. */
const ASYNC_TAGS = new Set(['[object AsyncFunction]', '[object AsyncGeneratorFunction]'])

/**
 * Refuses async functions, also as methods: operators take what a function returns at once, so a promise would go on as
 * a record, and every promise would pass a filter. Functions that return a promise without being async are found when
 * they run (`base/promises.ts`).
 */
export function checkSynchronous(operator: string, functions: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(functions)) {
    const found = isAsync(value) ? 'the function' : asyncMethodOf(value)
    if (found === undefined) continue
    throw misuse(
      operator,
      `${found} is async, but this operator does not wait for promises; make it a plain function, or use asyncMap(), which waits for each answer`,
    )
  }
}

function isAsync(value: unknown): boolean {
  return typeof value === 'function' && ASYNC_TAGS.has(Object.prototype.toString.call(value))
}

/** Of an object, such as an aggregator or one of a function class: its methods and those of its classes. */
function asyncMethodOf(value: unknown): string | undefined {
  if (typeof value !== 'object') return undefined
  for (let object = value; object !== null && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const [name, { value: member }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if (isAsync(member)) return `${name}()`
    }
  }
  return undefined
}
