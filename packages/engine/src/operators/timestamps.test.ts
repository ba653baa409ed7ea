import { expect, test } from 'vitest'
import type { WatermarksConfig } from '../graph/job-graph.ts'
import { end, OperatorHarness, record, time, watermark } from '../testing/operator-harness.ts'
import type { WatermarkingOperator } from './operator.ts'
import { createOperator } from './operator-factories.ts'

function harness(
  watermarks: WatermarksConfig,
  functions = {},
): { harness: OperatorHarness; operator: WatermarkingOperator } {
  const node = { uid: 't', type: 'timestamps', name: 'times', config: {}, watermarks }
  const made = new OperatorHarness(node, () => functions, createOperator)
  return { harness: made, operator: made.operator as WatermarkingOperator }
}

test('records take the assigned time, and watermarks from upstream end here but for the last', () => {
  const { harness: times } = harness(
    { strategy: 'bounded', boundMs: 10, timestampAssigner: 'x => x' },
    { timestampAssigner: (value: number) => value },
  )
  times.push(record(100, 5), watermark(1_000), record(50, 6), end())
  expect(times.outputs).toEqual([
    { type: 'record', value: 100, timestamp: 100 },
    { type: 'watermark', watermark: 89 },
    { type: 'record', value: 50, timestamp: 50 },
    { type: 'watermark', watermark: Infinity },
  ])
})

test('event time ends with the last date, before and after the epoch', () => {
  const last = 8.64e15
  const { harness: times } = harness(
    { strategy: 'monotonous', timestampAssigner: 'x => x' },
    { timestampAssigner: (value: number) => value },
  )
  times.push(record(-last), record(last))
  expect(times.outputs.flatMap(output => (output.type === 'record' ? [output.timestamp] : []))).toEqual([-last, last])
  for (const beyond of [last + 1, -last - 1, 1e300]) {
    expect(() => times.push(record(beyond))).toThrow(/'times': the timestamp assigner has to .* is no date any more/)
  }
})

test('without an assigner records keep their timestamps', () => {
  const { harness: times } = harness({ strategy: 'monotonous' })
  times.push(record('a', 5))
  expect(times.outputs).toEqual([
    { type: 'record', value: 'a', timestamp: 5 },
    { type: 'watermark', watermark: 4 },
  ])
})

test('the watermark does not go back over a restore', () => {
  const { harness: times } = harness({ strategy: 'monotonous' })
  times.push(record('a', 100))
  times.restore()
  times.push(record('b', 50), record('c', 200))
  expect(times.outputs.flatMap(output => (output.type === 'watermark' ? [output.watermark] : []))).toEqual([99, 199])
})

test('is idle after the time-out, active with the next record, and not idle at the end', () => {
  const { harness: times, operator } = harness({ strategy: 'monotonous', idlenessMs: 1_000 })
  times.push(record('a', 100), time(999))
  expect(operator.isIdle()).toBe(false)
  times.push(time(1_000))
  expect(operator.isIdle()).toBe(true)
  operator.processElement('b', 200, 0)
  expect(operator.isIdle()).toBe(false)
  times.push(time(2_000))
  times.push(time(3_000))
  expect(operator.isIdle()).toBe(true)
  times.push(end())
  expect(operator.isIdle()).toBe(false)
})
