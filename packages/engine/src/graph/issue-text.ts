import type { z } from 'zod'

/**
 * What a schema finds wrong with a value, for people: what it must be, and what it is. Words that a schema brings itself
 * are kept; the library's own are replaced, which speak of JavaScript's types.
 */
export function issueText(issue: z.core.$ZodIssue, value: unknown): string {
  const libraryWords = /^(Invalid|Too (big|small)|Unrecognized)\b/.test(issue.message)
  const rule = (libraryWords ? ruleOf(issue) : undefined) ?? issue.message
  if (value === undefined) return `is missing: it ${rule}`
  const given = shortValue(value)
  return `${rule}${given === '' ? '' : ` (it is ${given})`}`
}

function ruleOf(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_WORDS[issue.expected] ?? `of the type ${issue.expected}`}`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(v => JSON.stringify(v)).join(', ')}`
    case 'too_small':
      return `must ${sizeWords(issue.origin, issue.exact ? 'exactly' : issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${sizeWords(issue.origin, issue.exact ? 'exactly' : issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`
    default:
      return undefined
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list: [ … ]',
  tuple: 'a list: [ … ]',
  object: 'an object: { … }',
  record: 'an object: { … }',
}

function sizeWords(origin: string, comparison: string, size: number | bigint): string {
  if (origin === 'string') return `have ${comparison} ${size} ${size === 1 ? 'character' : 'characters'}`
  if (origin === 'array') return `have ${comparison} ${size} ${size === 1 ? 'entry' : 'entries'}`
  return `be ${comparison} ${size}`
}

const SHOWN_LENGTH = 60

/** Short enough for a message; nothing for what is long anyway. */
function shortValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  const text = JSON.stringify(value) ?? ''
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text
}

/** What stands at a path of a value; undefined where nothing does. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}
