import { expect, test } from 'vitest'
import { operatorDetail, shortDuration } from './operator-detail.ts'

const detail = (type: string, config: Parameters<typeof operatorDetail>[0]['config'] = {}) =>
  operatorDetail({ type, config })

test('functions stand on one line, cut where the card ends', () => {
  expect(detail('map', { fn: 'line =>\n  line.trim()' })).toBe('line => line.trim()')
  const long = detail('map', { fn: `x => ${'y'.repeat(100)}` })
  expect(long).toHaveLength(60)
  expect(long.endsWith('…')).toBe(true)
})

test('a class is shown by its name, one without a name by what it extends', () => {
  expect(detail('keyedProcess', { fn: 'class extends KeyedProcessFunction {\n  processElement() {}\n}' })).toBe(
    'KeyedProcessFunction',
  )
  expect(detail('keyedProcess', { fn: 'class extends sdk.KeyedProcessFunction {}' })).toBe('KeyedProcessFunction')
  expect(detail('keyedProcess', { fn: 'class extendsNothing {}' })).toBe('class extendsNothing')
  expect(detail('keyedProcess', { fn: 'class Dedup extends KeyedProcessFunction {\n  processElement() {}\n}' })).toBe(
    'class Dedup',
  )
})

test('sources and sinks say where from and where to', () => {
  expect(detail('fileSource', { path: 'data/book.txt', format: 'lines' })).toBe('data/book.txt · lines')
  expect(detail('fileSink', { path: 'out/words', format: 'json' })).toBe('out/words · json')
  expect(detail('datagen', { rowsPerSecond: 5000, seed: 1 })).toBe('5,000 /s · seed 1')
  expect(detail('datagen', { count: 200_000 })).toBe('as fast as it goes · 200,000 records')
  expect(detail('print', { label: 'words' })).toBe('as words')
})

test('windows say their size and what they compute', () => {
  const assigner = { type: 'tumbling', sizeMs: 60_000, time: 'event' }
  expect(detail('window', { assigner, compute: { type: 'reduce' } })).toBe('tumbling 60 s · reduce')
  expect(detail('window', { assigner, compute: { type: 'sum', field: 'price' }, allowedLatenessMs: 5_000 })).toBe(
    'tumbling 60 s · sum of price · up to 5 s late',
  )
  expect(
    detail('window', { assigner: { ...assigner, sizeMs: 10_000, time: 'processing' }, compute: { type: 'count' } }),
  ).toBe('tumbling 10 s · count · processing time')
})

test('all kinds of windows say how long they are, when they fire and what they keep', () => {
  const window = (assigner: object, more: object = {}) =>
    detail('window', { assigner: { time: 'event', ...assigner }, compute: { type: 'count' }, ...more })
  expect(window({ type: 'sliding', sizeMs: 60_000, slideMs: 10_000 })).toBe('sliding 60 s every 10 s · count')
  expect(window({ type: 'session', gapMs: 30_000 })).toBe('session gap 30 s · count')
  expect(window({ type: 'global' }, { trigger: { type: 'purging', of: { type: 'count', count: 5 } } })).toBe(
    'global · count · fires every 5',
  )
  expect(window({ type: 'global' }, { trigger: { type: 'continuousEventTime', intervalMs: 1_000 } })).toBe(
    'global · count · fires every 1 s',
  )
  expect(window({ type: 'global' }, { trigger: { type: 'custom' }, evictor: { type: 'count', count: 10 } })).toBe(
    'global · count · trigger of its own · keeps 10',
  )
})

test('operators of two streams say how they bring them together', () => {
  expect(detail('coMap', { fn1: 'a => a', fn2: 'b => b.id' })).toBe('a => a · b => b.id')
  expect(detail('intervalJoin', { fn: '(a, b) => a', lowerMs: -5_000, upperMs: 0 })).toBe('−5 s to +0 s · (a, b) => a')
  expect(detail('coGroup', { fn: 'f', assigner: { type: 'tumbling', sizeMs: 1_000, time: 'event' } })).toBe(
    'tumbling 1 s · f',
  )
  expect(detail('broadcastProcess', { fn: 'class Rules {}', states: [{ name: 'rules' }] })).toBe('class Rules')
})

test('an operator that it does not know says its settings and its function', () => {
  expect(detail('asyncMap', { fn: 'x => ask(x)', capacity: 100, timeoutMs: 30_000, ordered: true })).toBe(
    'capacity 100 · timeout 30 s · ordered · x => ask(x)',
  )
  expect(detail('kafkaSource', { topic: 'orders', bootstrapServers: 'a:9092', password: 'secret' })).toBe('orders')
  expect(detail('somethingNew', {})).toBe('')
})

test('durations take the unit that reads best', () => {
  expect(
    [0, 1, 250, 1_000, 1_500, 60_000, 120_000, 3_600_000, 21_600_000, 86_400_000, 172_800_000].map(shortDuration),
  ).toEqual(['0 s', '1 ms', '250 ms', '1 s', '1,500 ms', '60 s', '2 min', '60 min', '6 h', '24 h', '2 d'])
})
