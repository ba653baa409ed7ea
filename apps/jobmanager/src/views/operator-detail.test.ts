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

test('a class is shown by its name', () => {
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

test('an operator that it does not know has no detail', () => {
  expect(detail('somethingNew', { path: 'x' })).toBe('')
})

test('durations take the unit that reads best', () => {
  expect(
    [0, 1, 250, 1_000, 1_500, 60_000, 120_000, 3_600_000, 21_600_000, 86_400_000, 172_800_000].map(shortDuration),
  ).toEqual(['0 s', '1 ms', '250 ms', '1 s', '1,500 ms', '60 s', '2 min', '60 min', '6 h', '24 h', '2 d'])
})
