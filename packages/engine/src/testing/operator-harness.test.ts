import { expect, test } from 'vitest'
import type { Operator, OperatorContext } from '../operators/operator.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import { interleaved, runCase } from './harness-modes.ts'
import { end, OperatorHarness, record, watermark } from './operator-harness.ts'

const node = { uid: 'x', type: 'x', name: 'x', config: {} }
const noFunctions = () => ({})

/** Passes records on, marked with their input. */
const marking = ({ output }: OperatorContext): Operator => ({
  processElement: (value, timestamp, input) => output.collect(`${value}${input}`, timestamp),
})

test('a seed picks an interleaving of two inputs, each in its own order, and seeds differ', () => {
  const inputs = [0, 1].flatMap(input => [1, 2, 3, 4].map(value => record(value, value, input as 0 | 1)))
  const orders = [1, 2, 3, 4, 5].map(seed => interleaved(inputs, seed))
  for (const order of orders) {
    for (const side of [0, 1]) {
      const own = order.filter(input => input.type === 'record' && input.input === side)
      expect(own).toEqual(inputs.filter(input => input.type === 'record' && input.input === side))
    }
  }
  expect(new Set(orders.map(order => JSON.stringify(order))).size).toBeGreaterThan(1)
  expect(interleaved(inputs, 3)).toEqual(orders[2])
})

test('the watermark of two inputs is their minimum', () => {
  const harness = new OperatorHarness(node, noFunctions, marking, { inputCount: 2 })
  harness.push(watermark(5, 0), record('a', 1, 1), watermark(3, 1), end(0), end(1))
  expect(harness.outputs).toEqual([
    { type: 'record', value: 'a1', timestamp: 1 },
    { type: 'watermark', watermark: 3 },
    { type: 'watermark', watermark: Infinity },
  ])
})

test('an operator that forgets its state is found out by restoring', () => {
  const forgetting = ({ output }: OperatorContext): Operator => {
    let count = 0
    return { processElement: (_value, timestamp) => output.collect(++count, timestamp) }
  }
  const counting = { name: 'count', node, functions: noFunctions, inputs: [record('a'), record('b')], expected: [] }
  const counts = (mode: 'straight' | 'restored after each element') =>
    runCase(counting, forgetting, mode).records.map(output => (output.type === 'record' ? output.value : output))
  expect(counts('straight')).toEqual([1, 2])
  expect(counts('restored after each element')).toEqual([1, 1])
})

test('an operator that never comes to an end is stopped', () => {
  const endless = ({ flow }: OperatorContext): Operator => ({
    processElement: () => flow.suspend(),
    resume: () => false,
  })
  expect(() => new OperatorHarness(node, noFunctions, endless).push(record('a'))).toThrow('did not come to an end')
})

test('an operator that leaves the flow suspended is found out', () => {
  const leaking = ({ flow }: OperatorContext): Operator => ({ processElement: () => flow.suspend() })
  expect(() => new OperatorHarness(node, noFunctions, leaking).push(record('a'))).toThrow('the flow is suspended')
})

test('a snapshot goes through bytes', () => {
  const restored: unknown[] = []
  const keeping = (): Operator => ({
    processElement: () => undefined,
    snapshot: () => ({ operatorState: encodeValue({ at: -0, set: new Set([1]) }) }),
    restore: ([snapshot]) => void restored.push(decodeValue(snapshot.operatorState as Uint8Array)),
  })
  new OperatorHarness(node, noFunctions, keeping).restore()
  expect(restored).toEqual([{ at: -0, set: new Set([1]) }])
})
