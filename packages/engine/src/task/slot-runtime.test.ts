import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { runTestJob, type TestJob, type TestRunOptions } from './testing/test-job.ts'

const words = 'it was the best of times it was the worst of times it was the age of wisdom'.split(' ')

/** Words to running counts, two exchanges, at a given parallelism. */
function countJob(input: readonly string[], parallelism: number): TestJob & { functions: Record<string, object> } {
  return {
    graph: {
      name: 'count',
      parallelism,
      nodes: [
        { uid: 'in', type: 'list', name: 'in', config: { records: input.map(word => [word]) } },
        { uid: 'pair', type: 'map', name: 'pair', config: { fn: '' } },
        { uid: 'count', type: 'reduce', name: 'count', config: { fn: '' } },
        { uid: 'out', type: 'keep', name: 'out', config: {}, parallelism: 1 },
      ],
      edges: [
        { from: 'in', to: 'pair' },
        { from: 'pair', to: 'count', partitioner: 'hash', key: 'w => w.word' },
        { from: 'count', to: 'out' },
      ],
    },
    functions: {
      pair: { fn: (word: string) => ({ word, count: 1 }) },
      count: {
        fn: (a: Count, b: Count) => ({ word: a.word, count: a.count + b.count }),
        key0: (value: Count) => value.word,
      },
    },
  }
}

interface Count {
  word: string
  count: number
}

function totals(rows: readonly { value: unknown }[]): Record<string, number> {
  const last: Record<string, number> = {}
  for (const { value } of rows as { value: Count }[]) last[value.word] = Math.max(last[value.word] ?? 0, value.count)
  return last
}

function batchTotals(input: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of input) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

const modes: { name: string; options: TestRunOptions }[] = [
  { name: 'by reference, compiled', options: { network: 'local', compile: true } },
  { name: 'by reference, interpreted', options: { network: 'local', compile: false } },
  { name: 'over rings, compiled', options: { network: 'rings', compile: true } },
  { name: 'over rings, interpreted', options: { network: 'rings', compile: false } },
  {
    name: 'one credit for each channel',
    options: { network: 'rings', compile: true, settings: { channelBuffers: 1 }, buffersPerSlot: 8 },
  },
  {
    name: 'one record in each buffer',
    options: { network: 'rings', compile: true, settings: { maxBatchRecords: 1, channelBuffers: 1 } },
  },
  {
    name: 'records split over buffers',
    options: { network: 'rings', compile: true, settings: { bufferSize: 16, channelBuffers: 1 } },
  },
]

describe.each(modes)('a job with two exchanges, $name', ({ options }) => {
  it.each([1, 2, 4])('counts like a batch program at parallelism %i', async parallelism => {
    const input = Array.from({ length: 60 }, () => words).flat()
    const run = await runTestJob(countJob(input, parallelism), options)
    expect(totals(run.rows)).toEqual(batchTotals(input))
    expect(run.rows).toHaveLength(input.length)
    if (parallelism > 1 && options.network === 'rings') expect(run.sent.ring).toBeGreaterThan(0)
  })
})

describe('an error in user code', () => {
  it.each([true, false])('names the operator (compiled: %s)', async compile => {
    const job = countJob(words, 1)
    const broken = { ...job.functions, pair: { fn: () => (undefined as unknown as Count).word } }
    const error = await runTestJob({ ...job, functions: broken }, { network: 'local', compile }).catch(e => e)
    expect(error).toBeInstanceOf(WeirError)
    expect(error.code).toBe('USER_FUNCTION')
    expect(error.place).toMatchObject({ operator: 'pair', subtask: 0 })
    expect(error.message).toContain("'pair'")
  })

  it('in a key selector names the operator whose key it is', async () => {
    const job = countJob(words, 1)
    const broken = { ...job.functions, count: { ...job.functions.count, key0: () => Number.NaN } }
    const error = await runTestJob({ ...job, functions: broken }, { network: 'local', compile: true }).catch(e => e)
    expect(error.code).toBe('KEY_TYPE')
  })
})

describe('a diamond of a fast and a slow path', () => {
  it('does not deadlock with 2 buffers for each channel', async () => {
    const input = Array.from({ length: 3000 }, (_, i) => i)
    const job: TestJob = {
      graph: {
        name: 'diamond',
        parallelism: 2,
        nodes: [
          { uid: 'in', type: 'list', name: 'in', config: { records: input.map(i => [i]) } },
          { uid: 'fast', type: 'map', name: 'fast', config: { fn: '' }, chaining: 'head' },
          { uid: 'slow', type: 'map', name: 'slow', config: { fn: '' }, chaining: 'head' },
          { uid: 'out', type: 'keep', name: 'out', config: {} },
        ],
        edges: [
          { from: 'in', to: 'fast', partitioner: 'rebalance' },
          { from: 'in', to: 'slow', partitioner: 'rebalance' },
          { from: 'fast', to: 'out', partitioner: 'rebalance' },
          { from: 'slow', to: 'out', partitioner: 'rebalance' },
        ],
      },
      functions: {
        fast: { fn: (i: number) => i },
        slow: {
          fn: (i: number) => {
            const until = performance.now() + 0.05
            while (performance.now() < until);
            return -i
          },
        },
      },
    }
    const run = await runTestJob(job, {
      network: 'rings',
      compile: true,
      settings: { channelBuffers: 2, bufferSize: 256 },
      buffersPerSlot: 24,
    })
    const got = run.rows.map(row => row.value as number).sort((a, b) => a - b)
    const expected = [...input, ...input.map(i => -i)].sort((a, b) => a - b)
    expect(got.map(value => value + 0)).toEqual(expected.map(value => value + 0))
  })
})
