import { describe, expect, it } from 'vitest'
import { inAnyOrder, interleaved } from '../testing/harness-modes.ts'
import { TWO_INPUT_CASES } from '../testing/operator-cases.ts'
import type { HarnessInput, OperatorCase } from '../testing/operator-harness.ts'
import { type CaseOptions, mainOf, runInSubtasks, SHAPES, sidesOf } from './testing/case-runner.ts'

/** Every operator with two inputs through real subtasks: two sources, whose elements take effect in one order. */

const CASES = TWO_INPUT_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const)

async function expectResults(
  operatorCase: OperatorCase,
  schedule: readonly HarnessInput[],
  options: Omit<CaseOptions, 'schedule'>,
  label = '',
): Promise<string> {
  const expected = operatorCase.expectedOf?.(schedule) ?? {
    outputs: operatorCase.expected,
    lateRecords: operatorCase.lateRecords ?? 0,
  }
  const run = await runInSubtasks(operatorCase, [], { ...options, schedule })
  if ((options.parallelism ?? 1) === 1 && operatorCase.unordered !== true)
    expect(run.main, label).toEqual(mainOf(expected.outputs))
  else expect(inAnyOrder(run.main), label).toEqual(inAnyOrder(mainOf(expected.outputs)))
  expect(inAnyOrder(run.sides), label).toEqual(inAnyOrder(sidesOf(expected.outputs)))
  expect(run.lateRecords, label).toBe(expected.lateRecords)
  const records = schedule.filter(({ type }) => type === 'record').length
  if (options.restored) expect(run.restored).toBeGreaterThan(records / 2)
  return JSON.stringify([expected.outputs, expected.lateRecords])
}

describe.each(Object.entries(SHAPES))('with %s', (_shape, shape) => {
  describe.each([
    ['by reference, interpreted', { network: 'local', compile: false, restored: false }],
    ['by reference, generated', { network: 'local', compile: true, restored: true }],
    ['over rings, interpreted', { network: 'rings', compile: false, restored: true }],
    ['over rings, generated', { network: 'rings', compile: true, restored: false }],
  ] as const)('%s', (_way, way) => {
    it.each(CASES)('%s', { timeout: 30_000 }, async (_name, operatorCase) => {
      await expectResults(operatorCase, operatorCase.inputs, { ...way, ...shape })
    })
  })
})

describe.each([false, true])('at parallelism 3 (restored after each element: %s)', restored => {
  it.each(CASES)('%s', { timeout: 30_000 }, async (_name, operatorCase) => {
    await expectResults(operatorCase, operatorCase.inputs, {
      ...{ network: 'rings', compile: true, settings: { bufferSize: 256 }, buffersPerSlot: 32 },
      ...{ parallelism: 3, restored },
    })
  })
})

/** Of which a plain program can say what comes of any order. */
const OF_ANY_ORDER = CASES.filter(([, { expectedOf }]) => expectedOf !== undefined)

describe('in the interleavings that seeds pick', () => {
  it.each(OF_ANY_ORDER)('%s', { timeout: 60_000 }, async (_name, operatorCase) => {
    const outcomes = new Set<string>()
    for (let seed = 1; seed <= 8; seed++) {
      const options: CaseOptions = {
        network: seed % 2 === 0 ? 'local' : 'rings',
        compile: seed % 3 !== 0,
        restored: seed % 5 < 2,
        settings: { channelBuffers: 1 + (seed % 2), maxBatchRecords: 1 + seed, bufferSize: seed % 4 === 0 ? 32 : 1024 },
        buffersPerSlot: 16,
      }
      outcomes.add(await expectResults(operatorCase, interleaved(operatorCase.inputs, seed), options, `seed ${seed}`))
    }
    // What is joined does not depend on which record comes first, as long as none is late.
    const isJoin = ['intervalJoin', 'windowJoin', 'coGroup'].includes(operatorCase.node.type)
    if (!isJoin || operatorCase.name.endsWith('to side outputs'))
      expect(outcomes.size, 'different outcomes').toBeGreaterThan(1)
  })
})
