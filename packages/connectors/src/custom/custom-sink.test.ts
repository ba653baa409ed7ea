import { expect, test } from 'vitest'
import { sinkConformance } from '../testing/sink-conformance.ts'
import { WriterHarness } from '../testing/sink-harness.ts'
import { type CustomSinkOptions, customSink } from './custom-sink.ts'
import { customSinkRuntime } from './custom-sink-writer.ts'

const harnessOf = (options: CustomSinkOptions<unknown>): WriterHarness => {
  const { config, functions } = customSink(options)
  return new WriterHarness({ sink: withFunctions(functions), config })
}

/** The harness of sinks knows none with functions. */
const withFunctions = (functions = {}): typeof customSinkRuntime => ({
  ...customSinkRuntime,
  createWriter: (config, context) => customSinkRuntime.createWriter(config, { ...context, functions }),
})

let written: unknown[] = []
sinkConformance('a custom sink', () => {
  written = []
  return {
    sink: withFunctions({ open: () => ({ write: (value: unknown) => void written.push(value) }) }),
    config: {},
    records: [1, 'two', null, { three: 3 }],
    visible: () => written,
    immediate: true,
  }
})

test('a writer is told where it runs, flushed at the end and closed', async () => {
  const calls: unknown[] = []
  const harness = harnessOf({
    open: async ({ subtask, parallelism, attempt, publish }) => {
      calls.push([subtask, parallelism, attempt])
      return {
        write: (value, timestamp) => void calls.push([value, timestamp]),
        flush: async () => publish('flushed'),
        close: () => void calls.push('closed'),
      }
    },
  })
  await harness.writer.open()
  await harness.write('a')
  await harness.finish()
  expect(calls).toEqual([[0, 1, 0], ['a', 0], 'closed'])
  expect(harness.published).toEqual(['flushed'])
})

test('a writer that is not ready stops the job until it wakes it up', async () => {
  let room = 1
  const taken: unknown[] = []
  const harness = harnessOf({
    open: ({ wakeUp }) => ({
      write(value) {
        taken.push(value)
        room--
        setTimeout(() => {
          room++
          wakeUp()
        }, 2)
      },
      isReady: () => room > 0,
    }),
  })
  await harness.writer.open()
  await harness.write(1, 2, 3)
  expect(taken).toEqual([1, 2, 3])
})

test('what a writer gets wrong is said in words', async () => {
  await expect(harnessOf({ open: () => ({}) as never }).writer.open()).rejects.toThrow(/gave no writer/)
  const harness = harnessOf({ open: () => ({ write: (async () => undefined) as never }) })
  await harness.writer.open()
  expect(() => harness.writer.write(1, 0)).toThrow(/write\(\) of the custom sink returned a promise/)
  expect(() => customSink({ open: undefined as never })).toThrow(/"open" has to be a function/)
})
