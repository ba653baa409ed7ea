import { expect, test } from 'vitest'
import { endingOf, freeName, insertionOf } from './sample-path.ts'

/** The caret stands at `|`. */
const insert = (line: string, path = 'data/a.csv') => insertionOf(path, line.replace('|', ''), line.indexOf('|') + 1)

test('between quotes that are open the bare path is written', () => {
  expect(insert("path: '|'")).toBe('data/a.csv')
  expect(insert('path: "|"')).toBe('data/a.csv')
})

test('elsewhere it becomes a string', () => {
  expect(insert('path: |')).toBe("'data/a.csv'")
  expect(insert("path: 'x', |")).toBe("'data/a.csv'")
  expect(insert("'it\\'s' + |")).toBe("'data/a.csv'")
  expect(insert("// don't |")).toBe("'data/a.csv'")
})

test('quotes and backslashes in a path are escaped', () => {
  expect(insert('|', "it's")).toBe("'it\\'s'")
  expect(insert("'|'", 'a\\b')).toBe('a\\\\b')
  expect(insert('`|`', '$' + '{x}')).toBe('\\$' + '{x}')
})

test('pasted lines get a name that is free', () => {
  expect(freeName([], '.txt')).toBe('sample.txt')
  expect(freeName(['sample.txt', 'sample-2.txt'], '.txt')).toBe('sample-3.txt')
})

test('pasted lines get the ending that they look like', () => {
  expect(endingOf('{"a":1}\n{"a":2}')).toBe('.ndjson')
  expect(endingOf('{not json')).toBe('.txt')
  expect(endingOf('id,name,at\n1,x,2')).toBe('.csv')
  expect(endingOf('Call me Ishmael. Some years ago, never mind')).toBe('.txt')
  expect(endingOf('')).toBe('.txt')
})
