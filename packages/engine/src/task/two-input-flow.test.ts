import { describe, expect, it } from 'vitest'
import type { Collector } from '../functions/collector.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { SlotRuntime } from './slot-runtime.ts'
import { runTestJob, type TestJob } from './testing/test-job.ts'

/** What is under way in topologies with two inputs stays bounded, however slow the last operator is. */

const BATCH = 10
const BUFFERS = 2
/** Records of one channel: in its buffers, in the batch that is being read, and in the one that waits for credit. */
const CHANNEL = (BUFFERS + 2) * BATCH

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

const numbers = (count: number, from = 0): [number, number][] =>
  Array.from({ length: count }, (_, i) => [from + i, from + i])

/** Each in a slot of its own. */
function node(uid: string, type: string, more: Partial<JobNode> = {}) {
  return { uid, type, name: uid, config: { fn: '…' }, slotSharingGroup: uid, ...more }
}

interface Counted {
  readonly recordsIn: number
  readonly recordsOut: number
}

class Watched {
  #slots: readonly SlotRuntime[] = []
  readonly #ahead: (of: (uid: string) => Counted, subtasks: (uid: string) => Counted[]) => number
  most = 0

  constructor(ahead: (of: (uid: string) => Counted, subtasks: (uid: string) => Counted[]) => number) {
    this.#ahead = ahead
  }

  /** Called by the slow function now and then. */
  look(): void {
    const subtasks = (uid: string): Counted[] =>
      this.#slots.flatMap(slot =>
        slot.metrics().flatMap(({ operators }) => operators.filter(operator => operator.uid === uid)),
      )
    const of = (uid: string): Counted =>
      subtasks(uid).reduce(
        (sum, { recordsIn, recordsOut }) => ({
          recordsIn: sum.recordsIn + recordsIn,
          recordsOut: sum.recordsOut + recordsOut,
        }),
        { recordsIn: 0, recordsOut: 0 },
      )
    this.most = Math.max(this.most, this.#ahead(of, subtasks))
  }

  async run(job: TestJob, network: 'local' | 'rings'): Promise<unknown[]> {
    const { rows, runtimes } = await runTestJob(job, {
      network,
      compile: true,
      settings: { channelBuffers: BUFFERS, bufferSize: 4096, maxBatchRecords: BATCH },
      buffersPerSlot: 12,
      onDeployed: slots => {
        this.#slots = slots
      },
    })
    const overdraft = runtimes.flatMap(slot => slot.metrics().map(({ overdraftBytesMax }) => overdraftBytesMax))
    expect(Math.max(...overdraft), 'bytes beyond the buffers').toBeLessThanOrEqual(4096)
    return rows.map(({ value }) => value)
  }
}

describe.each(['local', 'rings'] as const)('over %s', network => {
  it('a diamond before a slow operator holds its source back on both ways', async () => {
    const watched = new Watched(of => 2 * of('in').recordsOut - of('slow').recordsIn)
    let seen = 0
    const values = await watched.run(
      {
        graph: {
          name: 'diamond',
          nodes: [
            node('in', 'list', { config: { records: numbers(1_000) } }),
            node('a', 'map'),
            node('b', 'map'),
            node('both', 'coMap', { config: { fn1: '…', fn2: '…' } }),
            node('slow', 'map'),
            node('out', 'keep', { config: {}, slotSharingGroup: 'slow' }),
          ],
          edges: [
            { from: 'in', to: 'a', partitioner: 'rebalance' },
            { from: 'in', to: 'b', partitioner: 'rebalance' },
            { from: 'a', to: 'both', partitioner: 'rebalance', input: 0 },
            { from: 'b', to: 'both', partitioner: 'rebalance', input: 1 },
            { from: 'both', to: 'slow', partitioner: 'rebalance' },
            { from: 'slow', to: 'out' },
          ],
        },
        functions: {
          a: { fn: (n: number) => n },
          b: { fn: (n: number) => -n },
          both: { fn1: (n: number) => n, fn2: (n: number) => n },
          slow: {
            fn: (n: number) => {
              if (seen++ % 11 === 0) watched.look()
              spin(0.05)
              return n
            },
          },
        },
      },
      network,
    )
    expect(values).toHaveLength(2_000)
    expect(values.filter(value => (value as number) > 0)).toEqual(Array.from({ length: 999 }, (_, i) => i + 1))
    expect(watched.most).toBeGreaterThan(BATCH)
    // Floating buffers go to where the backlog is: at most all that a slot has.
    expect(watched.most).toBeLessThanOrEqual(5 * (CHANNEL + 12 * BATCH))
  })

  it('a join of a fast and a slow side gives its results only as fast as they are taken', async () => {
    const watched = new Watched(of => of('join').recordsOut - of('slow').recordsIn)
    let seen = 0
    const values = await watched.run(
      {
        graph: {
          name: 'join',
          nodes: [
            node('fast', 'list', { config: { records: numbers(800) } }),
            node('few', 'list', { config: { records: numbers(10, 395) } }),
            node('join', 'intervalJoin', { config: { fn: '…', lowerMs: -300, upperMs: 300 } }),
            node('slow', 'map'),
            node('out', 'keep', { config: {}, slotSharingGroup: 'slow' }),
          ],
          edges: [
            { from: 'fast', to: 'join', partitioner: 'hash', key: '…', input: 0 },
            { from: 'few', to: 'join', partitioner: 'hash', key: '…', input: 1 },
            { from: 'join', to: 'slow', partitioner: 'rebalance' },
            { from: 'slow', to: 'out' },
          ],
        },
        functions: {
          join: {
            key0: () => 'k',
            key1: () => 'k',
            fn: (left: number, right: number, _context: unknown, out: Collector<number>) =>
              out.collect(left * 1e4 + right),
          },
          slow: {
            fn: (n: number) => {
              if (seen++ % 37 === 0) watched.look()
              if (seen % 10 === 0) spin(0.1)
              return n
            },
          },
        },
      },
      network,
    )
    const expected = numbers(800).flatMap(([left]) =>
      numbers(10, 395).flatMap(([right]) => (Math.abs(left - right) <= 300 ? [left * 1e4 + right] : [])),
    )
    expect([...(values as number[])].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b))
    // One right record has 601 partners; what it gives beyond the buffers waits in the join's state, not in memory.
    expect(watched.most).toBeLessThanOrEqual(CHANNEL + 12 * BATCH)
  })

  it('a broadcast stream waits for the slowest of its subtasks', async () => {
    const watched = new Watched((of, subtasks) =>
      Math.max(...subtasks('rules').map(({ recordsIn }) => of('in').recordsOut - recordsIn)),
    )
    let seen = 0
    const values = await watched.run(
      {
        graph: {
          name: 'broadcast',
          nodes: [
            node('none', 'list', { config: { records: [] } }),
            node('in', 'list', { config: { records: numbers(600) } }),
            node('rules', 'broadcastProcess', { config: { fn: '…', states: [{ name: 'm' }] }, parallelism: 3 }),
            node('out', 'keep', { config: {} }),
          ],
          edges: [
            { from: 'none', to: 'rules', partitioner: 'rebalance', input: 0 },
            { from: 'in', to: 'rules', partitioner: 'broadcast', input: 1 },
            { from: 'rules', to: 'out', partitioner: 'rebalance' },
          ],
        },
        functions: () => {
          let subtask = -1
          return {
            rules: {
              fn: {
                open: (context: { subtask: number }) => {
                  subtask = context.subtask
                },
                processElement: () => undefined,
                processBroadcastElement: (n: number, _context: unknown, out: Collector<number>) => {
                  if (subtask === 0) {
                    if (seen++ % 7 === 0) watched.look()
                    spin(0.05)
                  }
                  out.collect(n)
                },
              },
            },
          }
        },
      },
      network,
    )
    expect(values).toHaveLength(1_800)
    expect(watched.most).toBeGreaterThan(0)
    expect(watched.most).toBeLessThanOrEqual(CHANNEL + 12 * BATCH)
  })
})
