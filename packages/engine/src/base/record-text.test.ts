import { expect, test } from 'vitest'
import { recordText } from './record-text.ts'

test('plain records read like JSON', () => {
  expect(recordText({ id: 7, name: 'a "b"', tags: [1, true, null], at: { x: -0.5 } })).toBe(
    '{"id": 7, "name": "a \\"b\\"", "tags": [1, true, null], "at": {"x": -0.5}}',
  )
  expect(recordText('line')).toBe('"line"')
})

test('what JSON has no word for is shown all the same', () => {
  expect(recordText([undefined, Number.NaN, Infinity, -0, 7n])).toBe('[undefined, NaN, Infinity, -0, 7n]')
  expect(recordText([new Date(0), new Date(Number.NaN), new Map([['a', 1]]), new Set([2])])).toBe(
    '["1970-01-01T00:00:00.000Z", [invalid date], Map(1) [["a", 1]], Set(1) [2]]',
  )
  expect(recordText([new Uint8Array(3), () => 1, new TypeError('no'), Promise.resolve()])).toBe(
    '[[Uint8Array of 3 bytes], [function ], "TypeError: no", [promise]]',
  )
})

test('long records are cut and marked', () => {
  const text = recordText({ text: 'x'.repeat(10_000) })
  expect(text).toHaveLength(2_000)
  expect(text.endsWith('…')).toBe(true)
  expect(recordText('x'.repeat(1_998))).toHaveLength(2_000)
  expect(recordText('x'.repeat(1_998)).endsWith('"')).toBe(true)
  expect(recordText('x'.repeat(1_999)).endsWith('…')).toBe(true)
})

test('objects without end come to an end', () => {
  const circle: Record<string, unknown> = { a: 1 }
  circle.self = circle
  expect(recordText(circle)).toBe('{"a": 1, "self": [circular]}')
  let deep: unknown = 1
  for (let i = 0; i < 10_000; i++) deep = [deep]
  expect(recordText(deep)).toBe('[[[[[[[[[…]]]]]]]]]')
  const huge = Array.from({ length: 1_000_000 }, (_, i) => i)
  expect(recordText(huge)).toHaveLength(2_000)
})

test('objects that do not want to be looked at do no harm', () => {
  const refuses = {
    a: 1,
    get b(): number {
      throw new Error('no')
    },
  }
  expect(recordText(refuses)).toBe('{"a": 1, "b": [its getter throws]}')
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new RangeError('no')
      },
    },
  )
  expect(recordText(proxy)).toContain('[cannot be shown: RangeError]')
})
