import { describe, expect, it } from 'vitest'
import { UNORDERED_ASYNC_CASES } from '../testing/cases/async-cases.ts'
import { inAnyOrder } from '../testing/harness-modes.ts'
import { runInSubtasks, SHAPES } from './testing/case-runner.ts'
import { runTestJob, type TestJob } from './testing/test-job.ts'

describe.each(Object.entries(SHAPES))('asyncMap as answers come, with %s', (_shape, shape) => {
  it.each(UNORDERED_ASYNC_CASES.map(one => [one.name, one] as const))('%s', async (_name, operatorCase) => {
    for (const [compile, restored, parallelism] of [
      [false, false, 1],
      [true, false, 3],
      [true, true, 1],
      [false, true, 3],
    ] as const) {
      const run = await runInSubtasks(operatorCase, [operatorCase.inputs], {
        ...{ network: 'rings', compile, restored, parallelism, ...shape, buffersPerSlot: 32 },
      })
      expect(inAnyOrder(run.main)).toEqual(inAnyOrder(operatorCase.expected))
    }
  })
})

/** source → flatMap → asyncMap → window → sink, all but the window in one chain. */
function chained(asyncMap: Record<string, unknown>, fn: (n: number) => unknown): TestJob {
  const records = Array.from({ length: 400 }, (_, i) => [i, i * 10] as [number, number])
  return {
    graph: {
      name: 'async in a chain',
      parallelism: 1,
      maxParallelism: 128,
      nodes: [
        {
          uid: 'in',
          type: 'list',
          name: 'in',
          config: { records },
          watermarks: { strategy: 'monotonous', intervalMs: 1 },
        },
        { uid: 'three', type: 'flatMap', name: 'three', config: { fn: '' } },
        { uid: 'ask', type: 'asyncMap', name: 'ask', config: { fn: '', ...(asyncMap as object) } },
        {
          uid: 'count',
          type: 'window',
          name: 'count',
          config: { assigner: { type: 'tumbling', sizeMs: 100, time: 'event' }, compute: { type: 'count' } },
        },
        { uid: 'out', type: 'keep', name: 'out', config: {} },
      ],
      edges: [
        { from: 'in', to: 'three', partitioner: 'forward', output: null, input: 0 },
        { from: 'three', to: 'ask', partitioner: 'forward', output: null, input: 0 },
        { from: 'ask', to: 'count', partitioner: 'hash', key: '', output: null, input: 0 },
        { from: 'count', to: 'out', partitioner: 'forward', output: null, input: 0 },
      ],
    },
    functions: {
      three: { fn: (n: number) => [n, n, n] },
      ask: { fn },
      count: { key0: () => 'all' },
    },
  }
}

describe.each([true, false])('behind a flatMap in one chain (compiled: %s)', compile => {
  it.each([1, 2, 7, 1_000])('with room for %i no record is late, and none is lost', async capacity => {
    const fn = (n: number) => new Promise(resolve => setTimeout(resolve, n % 3, n))
    const { rows } = await runTestJob(chained({ capacity, ordered: capacity % 2 === 0 }, fn), {
      network: 'local',
      compile,
    })
    const counts = rows.map(({ value }) => value as { start: number; count: number })
    expect(counts.map(({ start }) => start)).toEqual(Array.from({ length: 40 }, (_, i) => i * 100))
    expect(new Set(counts.map(({ count }) => count))).toEqual(new Set([30]))
  })

  it('a call that fails names operator and record, whoever waits', async () => {
    const fn = async (n: number) => {
      await undefined
      if (n === 300) throw new Error('refused')
      return n
    }
    await expect(runTestJob(chained({ capacity: 5 }, fn), { network: 'local', compile })).rejects.toMatchObject({
      code: 'USER_FUNCTION',
      message: "operator 'ask': refused",
      place: { operator: 'ask', subtask: 0, record: '300' },
    })
  })

  it('a time-out is noticed though nothing else happens', async () => {
    const fn = () => new Promise(() => undefined)
    const began = performance.now()
    await expect(
      runTestJob(chained({ capacity: 5, timeoutMs: 50 }, fn), { network: 'local', compile }),
    ).rejects.toMatchObject({ message: "operator 'ask': the function did not answer within 50 ms" })
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
