import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { Collector } from '../functions/collector.ts'
import type { ProcessContext } from '../functions/process-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { Sink } from '../operators/sink.ts'
import type { Source } from '../operators/source.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { record, time } from '../testing/operator-harness.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import type { SlotRuntime } from './slot-runtime.ts'
import { Script, scriptSource } from './testing/script-source.ts'
import { runTestJob, type TestJob, type TestRunOptions } from './testing/test-job.ts'

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

const numbers = (count: number): [number][] => Array.from({ length: count }, (_, i) => [i])

function node(
  uid: string,
  type: string,
  more: Partial<JobNode> = {},
): Pick<JobNode, 'uid' | 'type' | 'name' | 'config'> & Partial<JobNode> {
  return { uid, type, name: uid, config: type === 'list' || type === 'keep' ? {} : { fn: '…' }, ...more }
}

/** Reads the counters of an operator over all slots. */
function counter(slots: readonly SlotRuntime[], uid: string): { recordsIn: number; recordsOut: number } {
  const sum = { recordsIn: 0, recordsOut: 0 }
  for (const { operators } of slots.flatMap(slot => slot.metrics())) {
    for (const operator of operators) {
      if (operator.uid !== uid) continue
      sum.recordsIn += operator.recordsIn
      sum.recordsOut += operator.recordsOut
    }
  }
  return sum
}

/** Each slot in a network of its own where frames are wanted: one node, one slot. */
const apart = (uid: string): Partial<JobNode> => ({ slotSharingGroup: uid })

describe.each(['local', 'rings'] as const)('a slow operator behind a source without bounds, %s', network => {
  const settings = { channelBuffers: 2, bufferSize: 4096, maxBatchRecords: 10 }

  it('holds the source back: no more is under way than credit and one batch', async () => {
    const count = 1_500
    let slots: readonly SlotRuntime[] = []
    let most = 0
    const look = (): void => {
      const ahead = counter(slots, 'in').recordsOut - counter(slots, 'slow').recordsIn
      most = Math.max(most, ahead)
    }
    const run = await runTestJob(
      {
        graph: {
          name: 'slow',
          nodes: [
            node('in', 'list', { config: { records: numbers(count) }, ...apart('in') }),
            node('slow', 'map', apart('slow')),
            node('out', 'keep', apart('slow')),
          ],
          edges: [
            { from: 'in', to: 'slow', partitioner: 'rebalance' },
            { from: 'slow', to: 'out' },
          ],
        },
        functions: {
          slow: {
            fn: (n: number) => {
              if (n % 7 === 0) look()
              spin(0.05)
              return n
            },
          },
        },
      },
      {
        network,
        compile: true,
        settings,
        // The channel's own buffers and none that float.
        buffersPerSlot: settings.channelBuffers,
        onDeployed: deployed => {
          slots = deployed
        },
      },
    )
    expect(run.rows.map(({ value }) => value)).toEqual(numbers(count).flat())
    // Batches in the channel's buffers, the one that is being read, and one that waits for credit.
    expect(most).toBeLessThanOrEqual((settings.channelBuffers + 2) * settings.maxBatchRecords)
    expect(most).toBeGreaterThan(settings.maxBatchRecords)
    const [source] = run.runtimes.flatMap(runtime => runtime.metrics())
    expect(source.backpressuredMs).toBeGreaterThan(source.busyMs)
  })

  it('lets an endless iterable go on only as fast as it reads', async () => {
    let pulled = 0
    let taken = 0
    let most = 0
    const run = await runTestJob(
      {
        graph: {
          name: 'endless',
          nodes: [
            node('in', 'list', { config: { records: numbers(2) }, ...apart('in') }),
            node('explode', 'flatMap', apart('in')),
            node('slow', 'map', apart('slow')),
            node('out', 'keep', apart('slow')),
          ],
          edges: [
            { from: 'in', to: 'explode' },
            { from: 'explode', to: 'slow', partitioner: 'rebalance' },
            { from: 'slow', to: 'out' },
          ],
        },
        functions: {
          explode: {
            *fn(): Generator<number> {
              // Without end, were it not for the test's own.
              while (taken < 2_000) yield pulled++
            },
          },
          slow: {
            fn: (n: number) => {
              most = Math.max(most, pulled - taken)
              taken++
              if (taken % 50 === 0) spin(0.2)
              return n
            },
          },
        },
      },
      { network, compile: true, settings, buffersPerSlot: settings.channelBuffers },
    )
    expect(run.rows.map(({ value }) => value)).toEqual(Array.from({ length: pulled }, (_, i) => i))
    expect(taken).toBeGreaterThanOrEqual(2_000)
    expect(most).toBeLessThanOrEqual((settings.channelBuffers + 3) * settings.maxBatchRecords)
  })
})

describe('flatMaps', () => {
  const job = (first: unknown, second: unknown, chained: boolean): TestJob => ({
    graph: {
      name: 'flat',
      nodes: [
        node('in', 'list', { config: { records: numbers(4) } }),
        node('a', 'flatMap'),
        node('b', 'flatMap'),
        node('out', 'keep'),
      ],
      edges: [
        { from: 'in', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'b', to: 'out', partitioner: chained ? 'forward' : 'rebalance' },
      ],
    },
    functions: { a: { fn: first }, b: { fn: second } },
  })
  const expected = Array.from({ length: 4 }, () =>
    Array.from({ length: 100 }, (_, i) => Array.from({ length: 100 }, () => i)),
  )

  // Sleeping between two records instead of going on would take far more time than a test has.
  it.each([true, false])('that feed one another never wait for nothing (all in one chain: %s)', async chained => {
    const arrays = job(
      () => Array.from({ length: 100 }, (_, i) => i),
      (i: number) => Array.from({ length: 100 }, () => i),
      chained,
    )
    const generators = job(
      function* () {
        for (let i = 0; i < 100; i++) yield i
      },
      function* (i: number) {
        for (let j = 0; j < 100; j++) yield i
      },
      chained,
    )
    for (const one of [arrays, generators]) {
      const run = await runTestJob(one, {
        network: 'local',
        compile: true,
        settings: { channelBuffers: 1, maxBatchRecords: 7 },
      })
      expect(run.rows.map(({ value }) => value)).toEqual(expected.flat(2))
    }
  })

  it('with more results than they give at a stretch go on at once in a chain without outputs', async () => {
    const count = 300_000
    let kept = 0
    const counting: Sink = {
      type: 'counting',
      createWriter: () => ({
        open: async () => undefined,
        write: () => void kept++,
        isReady: () => true,
        prepareCommit: async () => [],
        close: async () => undefined,
      }),
    }
    await runTestJob(
      {
        graph: {
          name: 'long',
          nodes: [
            node('in', 'list', { config: { records: numbers(1) } }),
            node('many', 'flatMap'),
            node('out', 'counting', { config: {} }),
          ],
          edges: [
            { from: 'in', to: 'many' },
            { from: 'many', to: 'out' },
          ],
        },
        functions: {
          many: {
            *fn() {
              for (let i = 0; i < count; i++) yield i
            },
          },
        },
      },
      { network: 'local', compile: true, sinks: [counting] },
    )
    expect(kept).toBe(count)
  })
})

describe('the overdraft', () => {
  const burst = (records: number): TestJob => ({
    graph: {
      name: 'burst',
      nodes: [
        node('in', 'list', { config: { records: numbers(3) }, ...apart('in') }),
        node('burst', 'process', apart('in')),
        node('out', 'keep', apart('out')),
      ],
      edges: [
        { from: 'in', to: 'burst' },
        { from: 'burst', to: 'out', partitioner: 'rebalance' },
      ],
    },
    functions: {
      burst: {
        fn: (n: number, _context: ProcessContext, out: Collector<string>) => {
          for (let i = 0; i < records; i++) out.collect(`${n}:${i}:${'x'.repeat(100)}`)
        },
      },
    },
  })
  const options: TestRunOptions = {
    network: 'rings',
    compile: true,
    settings: { bufferSize: 256, channelBuffers: 1, maxOverdraftBytes: 50_000 },
    buffersPerSlot: 4,
  }

  it('takes what one call emits beyond the credit, is counted, and empties again', async () => {
    const run = await runTestJob(burst(200), options)
    expect(run.rows).toHaveLength(600)
    expect(run.rows.map(({ value }) => (value as string).slice(0, -101))).toEqual(
      [0, 1, 2].flatMap(n => Array.from({ length: 200 }, (_, i) => `${n}:${i}`)),
    )
    const [source] = run.runtimes.flatMap(runtime => runtime.metrics())
    expect(source.overdraftBytesMax).toBeGreaterThan(10_000)
    expect(source.overdraftBytesMax).toBeLessThan(50_000)
  })

  it('has an end, and the error names the operator', async () => {
    const error = await runTestJob(burst(2_000), options).catch(thrown => thrown)
    expect(error).toBeInstanceOf(WeirError)
    expect(error).toMatchObject({ code: 'OVERDRAFT', place: { operator: 'burst', subtask: 0 } })
    expect(error.message).toMatch(/^operator 'burst': emitted about \d+ KB at one go/)
  })
})

describe('a record that cannot be sent', () => {
  it.each([1, 512])('names the operator that emitted it, in a batch of %i', async maxBatchRecords => {
    const job: TestJob = {
      graph: {
        name: 'unsendable',
        nodes: [
          node('in', 'list', { config: { records: numbers(3) }, ...apart('in') }),
          node('wrap', 'map', apart('in')),
          node('out', 'keep', apart('out')),
        ],
        edges: [
          { from: 'in', to: 'wrap' },
          { from: 'wrap', to: 'out', partitioner: 'rebalance' },
        ],
      },
      functions: { wrap: { fn: (n: number) => ({ n, call: () => n }) } },
    }
    const error = await runTestJob(job, { network: 'rings', compile: true, settings: { maxBatchRecords } }).catch(
      thrown => thrown,
    )
    expect(error).toMatchObject({ code: 'RECORD_TYPE', place: { operator: 'wrap', subtask: 0 } })
    expect(error.message).toContain("operator 'wrap'")
  })

  it('names it, too, when the batch goes because nothing more comes', async () => {
    const clock = new ManualClock()
    // Waits for ever for the record to arrive.
    const script = new Script([record(1), time(1)], clock, () => 0)
    const job: TestJob = {
      graph: {
        name: 'unsendable',
        nodes: [
          node('in', 'script', { config: { script: 0 }, ...apart('in') }),
          node('wrap', 'map', apart('in')),
          node('out', 'keep', apart('out')),
        ],
        edges: [
          { from: 'in', to: 'wrap' },
          { from: 'wrap', to: 'out', partitioner: 'rebalance' },
        ],
      },
      functions: { wrap: { fn: (n: number) => ({ n, call: () => n }) } },
    }
    const sources = [scriptSource([script]) as Source]
    const error = await runTestJob(job, { network: 'rings', compile: true, sources }).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'RECORD_TYPE', place: { operator: 'wrap', subtask: 0 } })
  })
})

describe('a sink that takes its time', () => {
  it('holds everything before it back, and loses nothing', async () => {
    const written: unknown[] = []
    let most = 0
    const slowly: Sink = {
      type: 'slowly',
      createWriter: (_config, { wakeUp }) => {
        let waiting = 0
        return {
          open: async () => undefined,
          write: value => {
            waiting++
            most = Math.max(most, waiting)
            setTimeout(() => {
              written.push(value)
              waiting--
              wakeUp()
            }, 2)
          },
          isReady: () => waiting < 5,
          prepareCommit: async () => {
            while (waiting > 0) await new Promise(resolve => setTimeout(resolve, 1))
            return []
          },
          close: async () => undefined,
        }
      },
    }
    await runTestJob(
      {
        graph: {
          name: 'slow sink',
          nodes: [
            node('in', 'list', { config: { records: numbers(400) }, ...apart('in') }),
            node('out', 'slowly', { config: {}, ...apart('out') }),
          ],
          edges: [{ from: 'in', to: 'out', partitioner: 'rebalance' }],
        },
        functions: {},
      },
      { network: 'rings', compile: true, sinks: [slowly], settings: { maxBatchRecords: 20 } },
    )
    expect(written).toEqual(numbers(400).flat())
    expect(most).toBe(5)
  })
})

describe('a slot whose outputs are full', () => {
  it.each(['local', 'rings'] as const)('sleeps, though watermarks are long due, %s', async network => {
    let turns = 0
    let open = false
    const gate: Sink = {
      type: 'gate',
      createWriter: (_config, { wakeUp }) => {
        setTimeout(() => {
          open = true
          wakeUp()
        }, 300)
        return {
          open: async () => undefined,
          write: () => undefined,
          isReady: () => open,
          prepareCommit: async () => [],
          close: async () => undefined,
        }
      },
    }
    const began = performance.now()
    await runTestJob(
      {
        graph: {
          name: 'gate',
          nodes: [
            node('in', 'list', {
              config: { records: numbers(500) },
              watermarks: { strategy: 'monotonous', intervalMs: 5 },
              ...apart('in'),
            }),
            node('out', 'gate', { config: {}, ...apart('out') }),
          ],
          edges: [{ from: 'in', to: 'out', partitioner: 'rebalance' }],
        },
        functions: {},
      },
      {
        network,
        compile: true,
        sinks: [gate],
        settings: { maxBatchRecords: 10 },
        buffersPerSlot: 2,
        onYield: callback => {
          if (!open) turns++
          setImmediate(callback)
        },
      },
    )
    expect(performance.now() - began).toBeGreaterThan(250)
    expect(turns).toBeLessThan(50)
  })
})

/** Work of a random length, and turns of the event loop of a random length, as the seed picks. */
function schedule(seed: number): { work: (n: number) => number; onYield: (callback: () => void) => void } {
  const random = new SeededRandom(seed)
  const slow = random.below(4)
  return {
    work: n => {
      if (random.next() < 0.2) spin(random.next() * 0.02 * slow)
      return n
    },
    onYield: callback => {
      if (random.next() < 0.1) setTimeout(callback, random.below(3))
      else setImmediate(callback)
    },
  }
}

const sorted = (rows: readonly { value: unknown }[]): number[] =>
  rows.map(({ value }) => value as number).sort((x, y) => x - y)

describe('a diamond of two paths with 2 buffers for each channel', () => {
  it('comes to its end in every one of 200 schedules', async () => {
    const count = 120
    for (let seed = 1; seed <= 200; seed++) {
      const left = schedule(seed)
      const right = schedule(seed + 1_000)
      const run = await runTestJob(
        {
          graph: {
            name: 'diamond',
            parallelism: 2,
            nodes: [
              node('in', 'list', { config: { records: numbers(count) } }),
              node('left', 'map'),
              node('right', 'map'),
              node('out', 'keep'),
            ],
            edges: [
              { from: 'in', to: 'left', partitioner: 'rebalance' },
              { from: 'in', to: 'right', partitioner: seed % 2 === 0 ? 'rebalance' : 'broadcast' },
              { from: 'left', to: 'out', partitioner: 'rebalance' },
              { from: 'right', to: 'out', partitioner: 'rebalance' },
            ],
          },
          functions: { left: { fn: left.work }, right: { fn: (n: number) => right.work(n) + count } },
        },
        {
          network: seed % 3 === 0 ? 'local' : 'rings',
          compile: seed % 5 !== 0,
          settings: { channelBuffers: 2, bufferSize: 64, maxBatchRecords: 1 + (seed % 9), recordCredit: 20 },
          buffersPerSlot: 8 + (seed % 4),
          onYield: left.onYield,
        },
      )
      const copies = seed % 2 === 0 ? 1 : 2
      const rights = numbers(count).flatMap(([n]) => Array.from({ length: copies }, () => n + count))
      expect(sorted(run.rows), `seed ${seed}`).toEqual([...numbers(count).flat(), ...rights])
    }
  }, 60_000)
})

describe('an operator with a fast and a slow input', () => {
  it('takes from both, each in its order', async () => {
    for (const slowSide of ['a', 'b']) {
      const count = 300
      const run = await runTestJob(
        {
          graph: {
            name: 'two inputs',
            nodes: [
              node('a', 'list', { config: { records: numbers(count) }, ...apart('a') }),
              node('b', 'list', { config: { records: numbers(count) }, ...apart('b') }),
              node('slow', 'map', apart('slow')),
              node('both', 'process', apart('both')),
              node('out', 'keep', apart('both')),
            ],
            edges: [
              { from: slowSide, to: 'slow', partitioner: 'rebalance' },
              { from: 'slow', to: 'both', partitioner: 'rebalance', input: 0 },
              { from: slowSide === 'a' ? 'b' : 'a', to: 'both', partitioner: 'rebalance', input: 1 },
              { from: 'both', to: 'out' },
            ],
          },
          functions: {
            slow: {
              fn: (n: number) => {
                spin(0.05)
                return -n - 1
              },
            },
            both: {
              fn: (n: number, _context: ProcessContext, out: Collector<number>) => out.collect(n),
            },
          },
        },
        { network: 'rings', compile: true, settings: { bufferSize: 64, channelBuffers: 1 }, buffersPerSlot: 3 },
      )
      const values = run.rows.map(({ value }) => value as number)
      expect(values.filter(value => value >= 0)).toEqual(numbers(count).flat())
      expect(values.filter(value => value < 0)).toEqual(numbers(count).map(([n]) => -n - 1))
    }
  })
})
