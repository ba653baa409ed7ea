import { checkField, checkFunction } from './checks.ts'
import { functionText } from './function-text.ts'

/** A key selector and its source text. */
export interface Key {
  readonly selector: (value: never) => unknown
  readonly text: string
}

/** The key that is given as a function or as the name of a field. `call` and `where` are for the message. */
export function keyOf(call: string, key: unknown, where: string): Key {
  if (typeof key === 'string') {
    const field = checkField(call, key, where)
    return {
      selector: (value: unknown) => (value as Readonly<Record<string, unknown>>)[field],
      text: `record => record[${JSON.stringify(field)}]`,
    }
  }
  checkFunction(call, key, where)
  return { selector: key as (value: never) => unknown, text: functionText(key) }
}
