import { WeirError } from './errors.ts'

/**
 * Operators take what a function returns at once, so a promise would go on as a record, pass every filter, or be waited
 * for by nobody. Async functions are refused when the job is built; a plain function shows what it returns only when it
 * runs, so results are looked at as they come: `if (result instanceof Promise) throw promiseRefused(…)`.
 *
 * Every result is looked at, not a sample of them: a function that finds most of its answers in a cache returns a promise
 * once in a while only, and counting calls costs as much as this look (1 ns each, whatever the shape of the records).
 * Looking for a method `then` instead would find promises of other libraries, too, but costs 5 ns where records have many
 * shapes; these are found where they leave the thread, since their functions cannot be sent.
 *
 * `found` says what and where, such as "the function returned a promise"; whoever catches the error adds the operator.
 */
export function promiseRefused(promise: Promise<unknown>, found: string): WeirError {
  // The job fails of this error. Were the promise rejected later, that would be reported as a second one, of nowhere.
  promise.catch(() => undefined)
  return new WeirError(
    'USER_FUNCTION',
    `${found}, but this operator does not wait for promises; give it the value itself, or use asyncMap(), which waits for each answer`,
  )
}

/** For functions whose result is passed over: what one does after it returned would be lost, or come at any time. */
export function refusePromise(result: unknown, name: string): void {
  if (result instanceof Promise) throw promiseRefused(result, `${name} returned a promise`)
}
