import { expect, test } from 'vitest'
import { z } from 'zod'
import { issueText } from './issue-text.ts'

function text(schema: z.ZodType, value: unknown): string | undefined {
  const result = schema.safeParse(value)
  return result.success ? undefined : issueText(result.error.issues[0], value)
}

test.each<[z.ZodType, unknown, string]>([
  [z.string(), 5, 'must be a text (it is 5)'],
  [z.number(), 'fast', 'must be a number (it is "fast")'],
  [z.int(), 1.5, 'must be a whole number (it is 1.5)'],
  [z.boolean(), 'yes', 'must be true or false (it is "yes")'],
  [z.array(z.int()), 5, 'must be a list: [ … ] (it is 5)'],
  [z.strictObject({}), [], 'must be an object: { … } (it is a list)'],
  [z.string(), null, 'must be a text (it is null)'],
  [z.string(), { a: 1 }, 'must be a text (it is an object)'],
  [z.string(), undefined, 'is missing: it must be a text'],
  [z.enum(['a', 'b']), 'c', 'must be one of "a", "b" (it is "c")'],
  [z.literal('a'), 'c', 'must be "a" (it is "c")'],
  [z.string().min(1), '', 'must have at least 1 character (it is "")'],
  [z.array(z.int()).max(2), [1, 2, 3], 'must have at most 2 entries (it is a list)'],
  [z.number().min(3), 2, 'must be at least 3 (it is 2)'],
  [z.number().gt(3), 3, 'must be more than 3 (it is 3)'],
  [z.number().max(3), 4, 'must be at most 3 (it is 4)'],
  [z.number().min(3, 'is too few'), 2, 'is too few (it is 2)'],
  [z.enum(['a'], 'must be "a"'), 7, 'must be "a" (it is 7)'],
])('%# a rule of a schema and the value are told in plain words: %s', (schema, value, expected) => {
  expect(text(schema, value)).toBe(expected)
})

test('a long value is shown in part', () => {
  expect(text(z.number(), 'x'.repeat(10_000))).toMatch(/^must be a number \(it is "x{59}…\)$/)
})
