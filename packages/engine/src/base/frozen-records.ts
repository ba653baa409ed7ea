import { isError } from './thrown.ts'

/**
 * Records are immutable by contract: several operators may hold the same object, and so may state and a batch that waits
 * to be sent. Where this is checked (in local mode and in the tests of operators) a record is frozen when it leaves an
 * operator, and the operator that writes to it afterwards fails, by its name, at the line that wrote.
 */

/** Deeper parts of a record stay as they are. */
const DEPTH_MAX = 8

/**
 * Freezes a record with all plain objects and arrays in it. Instances of classes, Maps, Sets, dates and typed arrays
 * cannot be frozen in a way that stops their methods, and are passed over.
 */
export function freezeRecord(value: unknown): void {
  if (typeof value === 'object' && value !== null) freeze(value, DEPTH_MAX)
}

function freeze(value: object, depth: number): void {
  // What is frozen already was frozen here, with all its parts.
  if (Object.isFrozen(value)) return
  if (Array.isArray(value)) {
    Object.freeze(value)
    for (const element of value) freezePart(element, depth)
    return
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return
  Object.freeze(value)
  for (const name in value) freezePart((value as Record<string, unknown>)[name], depth)
}

function freezePart(part: unknown, depth: number): void {
  if (depth > 0 && typeof part === 'object' && part !== null) freeze(part, depth - 1)
}

/** What V8 says of a write to a frozen object or array. */
const FROZEN_WRITE =
  /read only property|object is not extensible|Cannot delete property|Cannot redefine property|Cannot add property/

/** The message of an error of user code, with the reason and the remedy where it wrote to a record that had left. */
export function withFrozenHint(message: string, thrown: unknown): string {
  if (!isError(thrown) || !(thrown instanceof TypeError) || !FROZEN_WRITE.test(message)) return message
  return (
    `${message}: a record must not be changed after an operator has emitted it, since others hold the same object; ` +
    'emit or store a new one instead, such as { ...record, count: record.count + 1 }'
  )
}
