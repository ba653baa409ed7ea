import { recordText } from './record-text.ts'

/** Longest message of user code's error that is passed on; what is beyond is cut. */
export const MESSAGE_MAX = 10_000
/** Longest stack that is passed on. */
export const STACK_MAX = 50_000
/** Longest text of an object that was thrown in place of an error. */
const OBJECT_MAX = 500

/** What can be said of something that was thrown. */
export interface Thrown {
  readonly message: string
  /** Absent where it is no error, or has none. */
  readonly stack: string | undefined
}

/**
 * Message and stack of whatever user code threw, of a length that can be kept and shown. Never throws itself: user code
 * may throw null, errors whose getters throw, proxies that refuse any question, messages as long as memory.
 */
export function describeThrown(thrown: unknown): Thrown {
  if (!isError(thrown)) return { message: textOfValue(thrown), stack: undefined }
  const whole = stringAt(thrown, 'message') || stringAt(thrown, 'name') || 'an error whose message cannot be read'
  const message = cut(whole, MESSAGE_MAX)
  const stack = stringAt(thrown, 'stack')
  if (stack === undefined) return { message, stack }
  // A stack begins with its message, whose length must not cost the lines behind it.
  return { message, stack: cut(message === whole ? stack : stack.replace(whole, () => message), STACK_MAX) }
}

function textOfValue(thrown: unknown): string {
  if (typeof thrown === 'string' && thrown !== '') return cut(thrown, MESSAGE_MAX)
  return `${recordText(thrown, OBJECT_MAX)} was thrown; throw an Error that says what is wrong`
}

/** A proxy may throw when it is asked. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error
  } catch {
    return false
  }
}

function stringAt(error: Error, name: 'message' | 'name' | 'stack'): string | undefined {
  try {
    const value: unknown = error[name]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function cut(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1).toWellFormed()}…`
}
