import { describe, expect, test } from 'vitest'
import { sourceConformance } from '../testing/source-conformance.ts'
import { ReaderHarness, readAll, type SourceCase } from '../testing/source-harness.ts'
import { type CustomSourceOptions, type CustomSplitReader, customSource } from './custom-source.ts'
import { customSourceRuntime } from './custom-source-reader.ts'

const sourceCase = (options: CustomSourceOptions<unknown, unknown>): SourceCase => {
  const { config, functions } = customSource(options)
  return { source: customSourceRuntime, config, functions }
}

const COUNT = 101

/** Split i of n gives the numbers i, i + n, i + 2n, … below COUNT; its position is the next of them. */
const numbers: CustomSourceOptions<unknown, unknown>['open'] = ({ index, count, position = index }) => {
  let next = position as number
  return {
    poll(output) {
      for (let emitted = 0; emitted < 10 && !output.blocked; emitted++) {
        if (next >= COUNT) return 'finished'
        output.collect(next)
        next += count
      }
      return 'emitted'
    },
    position: () => next,
  }
}
const expected = Array.from({ length: COUNT }, (_, n) => n)

sourceConformance('a custom source with a split for each subtask', () => ({
  ...sourceCase({ open: numbers }),
  expected,
}))
sourceConformance('a custom source with splits of its own number', () => ({
  ...sourceCase({ splits: 7, open: numbers }),
  expected,
}))

test('an input that does not end is told so', () => {
  expect(customSourceRuntime.isBounded(customSource({ bounded: false, open: numbers }).config)).toBe(false)
})

test('a reader that has nothing at hand is asked again after it woke the source up, and no other for it', async () => {
  const polls = [0, 0]
  const harness = new ReaderHarness(
    sourceCase({
      open: ({ index }, { wakeUp }) => {
        let ready = index === 0
        if (index === 0) polls[0] = 0
        return {
          poll(output) {
            polls[index] = (polls[index] as number) + 1
            if (ready) {
              output.collect(index)
              return 'finished'
            }
            setTimeout(() => {
              ready = true
              wakeUp()
            }, 5)
            return 'nothing'
          },
          position: () => null,
        }
      },
    }),
  )
  harness.add(await customSourceRuntime.discoverSplits({ open: 'x' }, { parallelism: 2, workdir: '/' }))
  harness.reader.noMoreSplits()
  await harness.run()
  expect(harness.records).toEqual([0, 1])
  expect(polls).toEqual([1, 2])
})

test('a reader may wake the source up while it is polled', async () => {
  let polls = 0
  const records = await readAll(
    sourceCase({
      open: (_, { wakeUp }) => ({
        poll(output) {
          if (++polls < 3) {
            wakeUp()
            return 'nothing'
          }
          output.collect('after all')
          return 'finished'
        },
        position: () => null,
      }),
    }),
  )
  expect(records).toEqual(['after all'])
})

test('readers are closed when their split is read and when the source is closed', async () => {
  const closed: number[] = []
  const harness = new ReaderHarness(
    sourceCase({
      open: ({ index }) => ({
        poll: () => (index === 0 ? 'finished' : 'nothing'),
        position: () => null,
        close: () => void closed.push(index),
      }),
    }),
  )
  harness.add(await customSourceRuntime.discoverSplits({ open: 'x' }, { parallelism: 2, workdir: '/' }))
  harness.reader.poll(harness)
  expect(closed).toEqual([0])
  harness.reader.close()
  expect(closed).toEqual([0, 1])
})

test('records take the timestamp that the reader gives', async () => {
  const {
    source,
    config,
    functions = {},
  } = sourceCase({
    open: () => ({
      poll(output) {
        output.collect('a', 17)
        output.collect('b')
        return 'finished'
      },
      position: () => null,
    }),
  })
  const harness = new ReaderHarness({ source, config, functions })
  const given: unknown[] = []
  harness.forSplit = () => ({ collect: (value: unknown, timestamp?: number) => void given.push([value, timestamp]) })
  harness.add(await source.discoverSplits(config, { parallelism: 1, workdir: '/' }))
  harness.reader.poll(harness)
  expect(given).toEqual([
    ['a', 17],
    ['b', Number.NEGATIVE_INFINITY],
  ])
})

describe('what a reader gets wrong is said in words', () => {
  const failing = (reader: Partial<Record<keyof CustomSplitReader<unknown, unknown>, unknown>> | undefined) =>
    readAll(sourceCase({ open: (() => reader) as never }))
  const position = () => null

  test.each([
    ['no reader', undefined, /gave a reader without poll\(\)/],
    ['a reader without a position', { poll: () => 'finished' }, /without position\(\)/],
    ['another answer', { poll: () => true, position }, /answered true; it has to answer "emitted"/],
    ['no answer', { poll: () => undefined, position }, /answered undefined/],
    ['a promise', { poll: async () => 'finished', position }, /poll\(\) of the custom source returned a promise/],
    [
      'a timestamp that is a text',
      { poll: (output: { collect(v: unknown, t: unknown): void }) => output.collect(1, '2026-01-01'), position },
      /timestamp 2026-01-01; give ms/,
    ],
    [
      'a timestamp of nanoseconds',
      { poll: (output: { collect(v: unknown, t: unknown): void }) => output.collect(1, 1.7e18), position },
      /timestamp 1700000000000000000; give ms/,
    ],
  ])('%s', async (_, reader, message) => {
    await expect(failing(reader)).rejects.toThrow(message)
  })

  test('a promise of a reader', async () => {
    await expect(readAll(sourceCase({ open: (async () => ({})) as never }))).rejects.toThrow(/returned a promise/)
  })

  test('no function', () => {
    expect(() => customSource({ open: 7 as never })).toThrow(/"open" has to be a function/)
    expect(() => customSource(undefined as never)).toThrow(/customSource\(\): its options are missing/)
    expect(() => new ReaderHarness({ source: customSourceRuntime, config: {} })).toThrow(/needs a function "open"/)
  })
})
