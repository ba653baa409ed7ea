import { expect, test } from 'vitest'
import { blackholeSinkRuntime } from './blackhole/blackhole-sink.ts'
import { collectSinkRuntime } from './collect/collect-sink.ts'
import { printed, printSinkRuntime } from './print/print-sink.ts'
import { sinkConformance } from './testing/sink-conformance.ts'
import { WriterHarness } from './testing/sink-harness.ts'

const records = [{ a: 1 }, 'text', [1, 2], null]

sinkConformance('collect', () => ({
  sink: collectSinkRuntime,
  config: {},
  records,
  visible: harness => harness.published,
  immediate: true,
}))

sinkConformance('print', () => ({
  sink: printSinkRuntime,
  config: { label: 'x' },
  records: ['one', 'two'],
  visible: harness => harness.published.map(line => String(line).replace('x[0]> ', '')),
  immediate: true,
}))

test('print names its label and subtask', async () => {
  const harness = await new WriterHarness({ sink: printSinkRuntime, config: {}, subtask: 3 }).write({ a: 1 })
  expect(harness.published).toEqual(['print[3]> {"a":1}'])
})

test.each([
  ['a text', 'a "b"', 'a "b"'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a bigint', 5n, '5n'],
  [
    'an object with all that JSON lacks',
    { a: 1n, b: Number.NaN, c: new Map([['k', 1]]), d: new Set([2]) },
    '{"a":"1n","b":"NaN","c":[["k",1]],"d":[2]}',
  ],
])('prints %s on one line', (_, value, line) => {
  expect(printed(value)).toBe(line)
})

test('a black hole shows nothing and is always ready', async () => {
  const harness = await new WriterHarness({ sink: blackholeSinkRuntime, config: {} }).write(...records)
  await harness.finish()
  expect(harness.published).toEqual([])
})
