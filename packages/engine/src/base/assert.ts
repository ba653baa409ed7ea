import { WeirError } from './errors.ts'

/** For mistakes of our own only: it fails the task and is never caught to go on. User errors have codes of their own. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new WeirError('ASSERTION', message)
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never, what: string): never {
  throw new WeirError('ASSERTION', `unexpected ${what}: ${JSON.stringify(value)}`)
}
