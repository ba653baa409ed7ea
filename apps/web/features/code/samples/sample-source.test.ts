import { expect, test } from 'vitest'
import { formatOf, sourceOf } from './sample-source.ts'

test.each([
  ['a.csv', 'x', 'csv'],
  ['a.NDJSON', '', 'json'],
  ['a.jsonl', '', 'json'],
  ['a.json', '{"a":1}\n{"a":2}\n', 'json'],
  ['a.json', '{\n  "a": 1\n}\n', 'lines'],
  ['a.txt', '{"a":1}\n', 'json'],
  ['a.txt', 'id,name\n1,x\n', 'lines'],
  ['book', 'Call me Ishmael.\n', 'lines'],
] as const)('%s that begins with %j is read as %s', (name, head, format) => {
  expect(formatOf({ name, head })).toBe(format)
})

const json = (head: string) => sourceOf({ name: 'a.ndjson', path: 'a.ndjson', head })

test('documents have the fields of all of the first lines', () => {
  expect(json('{"id":1,"at":null,"tags":[1]}\n{"id":2,"at":5,"tags":[],"more":{}}\n')).toBe(
    "fileSource<{\n  id: number\n  at: null | number\n  tags: unknown[]\n  more: undefined | Record<string, unknown>\n}>({ path: 'a.ndjson', format: 'json' })",
  )
})

test('a line that is cut, or no document, tells nothing', () => {
  expect(json('{"id":1}\n{"id":2,"na')).toContain('fileSource<{ id: number }>(')
  expect(json('[1,2]\n')).toBe("fileSource({ path: 'a.ndjson', format: 'json' })")
})

test('fields whose names are no names are quoted, and many are not written out', () => {
  expect(json('{"a b":1}\n')).toContain('<{ "a b": number }>')
  expect(json(`${JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, n])))}\n`)).toContain(
    'fileSource({',
  )
})

test('a column is of numbers only if all of the first rows say so; a header with quotes is left alone', () => {
  const csv = (head: string) => sourceOf({ name: 'a.csv', path: 'a.csv', head })
  expect(csv('id,n\n1,2\n2,x\n')).toBe(
    "fileSource<{ id: number; n: string }>({\n  path: 'a.csv',\n  format: 'csv',\n  schema: { id: 'number' },\n})",
  )
  expect(csv('id\n')).toBe("fileSource<{ id: string }>({ path: 'a.csv', format: 'csv' })")
  expect(csv('"a,b",c\n1,2\n')).toBe("fileSource({ path: 'a.csv', format: 'csv' })")
})

test('quotes and backslashes in a path are escaped', () => {
  expect(sourceOf({ name: 'a', path: "it's\\a", head: '' })).toBe(
    "fileSource({ path: 'it\\'s\\\\a', format: 'lines' })",
  )
})
