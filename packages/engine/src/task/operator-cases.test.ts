import { describe, expect, it } from 'vitest'
import { inAnyOrder, interleaved } from '../testing/harness-modes.ts'
import { ONE_INPUT_CASES as OPERATOR_CASES } from '../testing/operator-cases.ts'
import type { HarnessInput, OperatorCase } from '../testing/operator-harness.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { mainOf, runInSubtasks, SHAPES, sidesOf } from './testing/case-runner.ts'

/** Every operator with one input through real subtasks. */

describe.each(Object.entries(SHAPES))('with %s', (_shape, shape) => {
  describe.each([
    ['by reference, interpreted', { network: 'local', compile: false }],
    ['by reference, generated', { network: 'local', compile: true }],
    ['over rings, interpreted', { network: 'rings', compile: false }],
    ['over rings, generated', { network: 'rings', compile: true }],
  ] as const)('%s', (_way, way) => {
    it.each(OPERATOR_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const))(
      '%s',
      async (_name, operatorCase) => {
        const run = await runInSubtasks(operatorCase, [operatorCase.inputs], { ...way, ...shape })
        expect(run.main).toEqual(mainOf(operatorCase.expected))
        expect(inAnyOrder(run.sides)).toEqual(inAnyOrder(sidesOf(operatorCase.expected)))
        expect(run.lateRecords).toBe(operatorCase.lateRecords ?? 0)
        const records =
          operatorCase.inputs.filter(({ type }) => type === 'record').length + operatorCase.expected.length
        expect(way.network === 'rings' ? run.sent.ring : run.sent.local).toBe(records)
      },
    )
  })
})

/** Operators that are one function have no state, and nothing to be restored. */
const recordsOf = ({ node, inputs }: OperatorCase): number =>
  ['map', 'filter'].includes(node.type) ? 0 : inputs.filter(({ type }) => type === 'record').length

describe.each(Object.entries(SHAPES))('restored from its snapshot after each element, with %s', (_shape, shape) => {
  describe.each([
    ['by reference, interpreted', { network: 'local', compile: false }],
    ['over rings, generated', { network: 'rings', compile: true }],
  ] as const)('%s', (_way, way) => {
    it.each(OPERATOR_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const))(
      '%s',
      async (_name, operatorCase) => {
        const run = await runInSubtasks(operatorCase, [operatorCase.inputs], { ...way, ...shape, restored: true })
        expect(run.main).toEqual(mainOf(operatorCase.expected))
        expect(inAnyOrder(run.sides)).toEqual(inAnyOrder(sidesOf(operatorCase.expected)))
        expect(run.lateRecords).toBe(operatorCase.lateRecords ?? 0)
        expect(run.restored).toBeGreaterThanOrEqual(recordsOf(operatorCase))
      },
    )
  })
})

describe.each([
  ['interpreted', { network: 'local', compile: false, restored: false }],
  ['generated', { network: 'local', compile: true, restored: false }],
  ['generated, with one credit', { ...SHAPES['one credit'], network: 'rings', compile: true, restored: false }],
  ['interpreted, restored after each element', { network: 'local', compile: false, restored: true }],
  ['generated, restored after each element', { network: 'rings', compile: true, restored: true }],
] as const)('in one chain with its source, %s', (_way, way) => {
  it.each(OPERATOR_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const))(
    '%s',
    async (_name, operatorCase) => {
      const run = await runInSubtasks(operatorCase, [operatorCase.inputs], { ...way, fused: true })
      expect(run.main).toEqual(mainOf(operatorCase.expected))
      expect(inAnyOrder(run.sides)).toEqual(inAnyOrder(sidesOf(operatorCase.expected)))
      expect(run.lateRecords).toBe(operatorCase.lateRecords ?? 0)
      // Nothing is sent but the results.
      expect(run.sent.local + run.sent.ring).toBe(operatorCase.expected.length)
    },
  )
})

describe.each([false, true])('at parallelism 3 (restored after each element: %s)', restored => {
  it.each(OPERATOR_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const))(
    '%s',
    async (_name, operatorCase) => {
      const run = await runInSubtasks(operatorCase, [operatorCase.inputs], {
        network: 'rings',
        compile: true,
        settings: { bufferSize: 256 },
        buffersPerSlot: 32,
        parallelism: 3,
        restored,
      })
      expect(inAnyOrder([...run.main, ...run.sides])).toEqual(inAnyOrder(operatorCase.expected))
      expect(run.lateRecords).toBe(operatorCase.lateRecords ?? 0)
    },
  )
})

/** Each record to one of two inputs; every input gets all watermarks, which hold for a part of the records too. */
function split(inputs: readonly HarnessInput[], seed: number): HarnessInput[][] {
  const random = new SeededRandom(seed)
  const sides: HarnessInput[][] = [[], []]
  for (const input of inputs) {
    if (input.type === 'record') random.pick(sides).push(input)
    else for (const side of sides) side.push(input)
  }
  return sides
}

/** Cases whose result does not depend on the order of the records of one key, as long as none is late. */
const UNORDERED = OPERATOR_CASES.filter(({ name, node, inputs, lateRecords }) => {
  const { compute } = node.config as { compute?: { type: string } }
  const commutes = ['sum', 'avg', 'min', 'max', 'count', 'aggregate'].includes(compute?.type ?? '')
  const isStateless = ['map', 'filter', 'flatMap', 'process', 'timestamps'].includes(node.type)
  const isTimed = inputs.some(({ type }) => type === 'time') || name.includes('late')
  return (isStateless || (node.type === 'window' && commutes)) && !isTimed && (lateRecords ?? 0) === 0
})

describe('two inputs in the interleavings that seeds pick', () => {
  it('cover stateless operators and windows', () => {
    expect(new Set(UNORDERED.map(({ node }) => node.type))).toEqual(
      new Set(['map', 'filter', 'flatMap', 'process', 'timestamps', 'window']),
    )
  })

  it.each(UNORDERED.map(operatorCase => [operatorCase.name, operatorCase] as const))(
    '%s',
    async (_name, operatorCase) => {
      for (let seed = 1; seed <= 10; seed++) {
        const run = await runInSubtasks(operatorCase, split(operatorCase.inputs, seed), {
          network: seed % 2 === 0 ? 'local' : 'rings',
          compile: seed % 3 !== 0,
          settings: {
            channelBuffers: 1 + (seed % 2),
            maxBatchRecords: 1 + seed * 3,
            bufferSize: seed % 4 === 0 ? 32 : 1024,
          },
          buffersPerSlot: 16,
        })
        expect(inAnyOrder([...run.main, ...run.sides]), `seed ${seed}`).toEqual(inAnyOrder(operatorCase.expected))
      }
    },
  )
})

/** The records of a key all to one of two inputs, so that each key keeps its order; of the rest each input gets all. */
function splitByKey(
  inputs: readonly HarnessInput[],
  keyOf: (value: unknown) => unknown,
  seed: number,
): HarnessInput[][] {
  const random = new SeededRandom(seed)
  const sideOf = new Map<string, number>()
  const sides: HarnessInput[][] = [[], []]
  for (const input of inputs) {
    if (input.type === 'record') {
      const key = JSON.stringify(keyOf(input.value))
      if (!sideOf.has(key)) sideOf.set(key, random.pick([0, 1]))
      sides[sideOf.get(key) as number].push(input)
    } else for (const side of sides) side.push(input)
  }
  return sides
}

/** Cases of one key at a time, that no watermark and no hour makes wait for other keys. */
const KEYED = OPERATOR_CASES.filter(({ node, inputs }) => {
  const isTimed = inputs.some(({ type }) => type === 'time' || type === 'watermark')
  return ['reduce', 'sum', 'count', 'avg', 'min', 'max', 'aggregate', 'statefulMap'].includes(node.type) && !isTimed
})

describe('two inputs of keyed operators in the interleavings that seeds pick', () => {
  it('cover every operator with a result for each record', () => {
    expect(new Set(KEYED.map(({ node }) => node.type))).toEqual(
      new Set(['reduce', 'sum', 'count', 'avg', 'min', 'max', 'aggregate', 'statefulMap']),
    )
  })

  it.each(KEYED.map(operatorCase => [operatorCase.name, operatorCase] as const))('%s', async (_name, operatorCase) => {
    const keyOf = operatorCase.functions().key0 as (value: unknown) => unknown
    for (let seed = 1; seed <= 10; seed++) {
      const run = await runInSubtasks(operatorCase, splitByKey(operatorCase.inputs, keyOf, seed), {
        network: seed % 2 === 0 ? 'local' : 'rings',
        compile: seed % 3 !== 0,
        settings: { channelBuffers: 1 + (seed % 2), maxBatchRecords: 1 + seed, bufferSize: seed % 4 === 0 ? 32 : 1024 },
        buffersPerSlot: 16,
      })
      expect(inAnyOrder([...run.main, ...run.sides]), `seed ${seed}`).toEqual(inAnyOrder(operatorCase.expected))
    }
  })
})

/** The same elements as from two inputs, with all watermarks in both, in an order that the seed picks. */
function interleaving(inputs: readonly HarnessInput[], seed: number): HarnessInput[] {
  const sides = split(inputs, seed).flatMap((list, side) =>
    list
      .filter(({ type }) => type !== 'time' || side === 0)
      .map(input => (input.type === 'time' ? input : { ...input, input: side as 0 | 1 })),
  )
  return interleaved(sides, seed)
}

/** Cases in which it counts what a record, a watermark or an hour comes after. */
const TIMED = OPERATOR_CASES.flatMap(operatorCase =>
  operatorCase.expectedOf === undefined ? [] : [{ operatorCase, expectedOf: operatorCase.expectedOf }],
)

describe('two inputs of timed operators in the interleavings that seeds pick', () => {
  it('cover timers and windows in event time and processing time, late records and allowed lateness', () => {
    expect(TIMED.map(({ operatorCase }) => operatorCase.name)).toEqual([
      'keyed process with event-time timers',
      'keyed process with processing-time timers',
      'tumbling window with late records to a side output',
      'tumbling window with allowed lateness',
      'tumbling window in processing time',
      'sliding window with count and late records to a side output',
      'sliding window with allowed lateness, late records',
      'sliding window in processing time',
      'session window with late records to a side output',
      'session window with allowed lateness, and a late record that bridges two sessions',
      'session window in processing time',
    ])
  })

  it.each(TIMED.map(timed => [timed.operatorCase.name, timed] as const))(
    '%s',
    { timeout: 60_000 },
    async (_name, { operatorCase, expectedOf }) => {
      const outcomes = new Set<string>()
      for (let seed = 1; seed <= 20; seed++) {
        const schedule = interleaving(operatorCase.inputs, seed)
        const expected = expectedOf(schedule)
        const run = await runInSubtasks(operatorCase, [], {
          network: seed % 2 === 0 ? 'local' : 'rings',
          compile: seed % 3 !== 0,
          restored: seed % 5 < 2,
          settings: {
            channelBuffers: 1 + (seed % 2),
            maxBatchRecords: 1 + seed,
            bufferSize: seed % 4 === 0 ? 32 : 1024,
          },
          buffersPerSlot: 16,
          schedule,
        })
        expect(inAnyOrder([...run.main, ...run.sides]), `seed ${seed}`).toEqual(inAnyOrder(expected.outputs))
        expect(run.lateRecords, `seed ${seed}`).toBe(expected.lateRecords)
        outcomes.add(JSON.stringify([inAnyOrder(expected.outputs), expected.lateRecords]))
      }
      expect(outcomes.size, 'different outcomes').toBeGreaterThan(1)
    },
  )
})

describe('two inputs that take turns', () => {
  it.each(OPERATOR_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const))(
    '%s',
    { timeout: 60_000 },
    async (_name, operatorCase) => {
      for (const seed of [1, 2]) {
        // Each record to one of the inputs, and nothing changes its place.
        const random = new SeededRandom(seed)
        const schedule = operatorCase.inputs.flatMap((input): HarnessInput[] => {
          if (input.type === 'time') return [input]
          if (input.type === 'record') return [{ ...input, input: random.pick([0, 1]) }]
          return [0, 1].map(side => ({ ...input, input: side as 0 | 1 }))
        })
        const run = await runInSubtasks(operatorCase, [], {
          network: seed === 1 ? 'local' : 'rings',
          compile: seed === 1,
          restored: seed === 2,
          schedule,
        })
        expect(run.main, `seed ${seed}`).toEqual(mainOf(operatorCase.expected))
        expect(inAnyOrder(run.sides), `seed ${seed}`).toEqual(inAnyOrder(sidesOf(operatorCase.expected)))
        expect(run.lateRecords, `seed ${seed}`).toBe(operatorCase.lateRecords ?? 0)
      }
    },
  )
})
