import { describe, expect, it } from 'vitest'
import type { Collector } from '../functions/collector.ts'
import type { Context } from '../functions/process-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { SlotRuntime } from './slot-runtime.ts'
import { runTestJob, type TestJob } from './testing/test-job.ts'

/** Timers and windows that are due all at once stop where outputs are full, and go on there: nothing piles up. */

const KEYS = 300
const RESULTS = 3
const BATCH = 10
const BUFFERS = 2
const BUFFER_BYTES = 4096
/** Records of the channel behind: in its buffers, in what floats, in the batch that is read, in the one that waits. */
const UNDER_WAY_MAX = (BUFFERS + 2) * BATCH + 12 * BATCH

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Each in a slot of its own. */
function node(uid: string, type: string, more: Partial<JobNode> = {}) {
  return { uid, type, name: uid, config: { fn: '…' }, slotSharingGroup: uid, ...more }
}

interface Fired {
  readonly key: number
  readonly n: number
}

/** A source of one record a key, all at one time, then `firing`, which gives results at the end, then a slow map. */
function jobOf(
  firing: { type: string; config: JobNode['config']; functions: Record<string, unknown> },
  look: () => void,
) {
  let seen = 0
  const records = Array.from({ length: KEYS }, (_, key) => [key, 5])
  return {
    graph: {
      name: 'firing',
      nodes: [
        node('in', 'list', { config: { records }, watermarks: { strategy: 'monotonous' } }),
        node('firing', firing.type, { config: firing.config }),
        node('slow', 'map'),
        node('out', 'keep', { config: {}, slotSharingGroup: 'slow' }),
      ],
      edges: [
        { from: 'in', to: 'firing', partitioner: 'hash', key: '…' },
        { from: 'firing', to: 'slow', partitioner: 'rebalance' },
        { from: 'slow', to: 'out' },
      ],
    },
    functions: {
      firing: { key0: (key: number) => key, ...firing.functions },
      slow: {
        fn: (fired: Fired) => {
          if (seen++ % 13 === 0) look()
          spin(0.05)
          return fired
        },
      },
    },
  } as unknown as TestJob
}

async function run(network: 'local' | 'rings', firing: Parameters<typeof jobOf>[0]) {
  let slots: readonly SlotRuntime[] = []
  let underWayMax = 0
  const count = (uid: string, what: 'recordsIn' | 'recordsOut'): number =>
    slots
      .flatMap(slot => slot.metrics().flatMap(({ operators }) => operators))
      .reduce((sum, operator) => sum + (operator.uid === uid ? operator[what] : 0), 0)
  const look = (): void => {
    underWayMax = Math.max(underWayMax, count('firing', 'recordsOut') - count('slow', 'recordsIn'))
  }
  const { rows, runtimes } = await runTestJob(jobOf(firing, look), {
    network,
    compile: true,
    settings: { channelBuffers: BUFFERS, bufferSize: BUFFER_BYTES, maxBatchRecords: BATCH },
    buffersPerSlot: 12,
    onDeployed: deployed => {
      slots = deployed
    },
  })
  const overdraft = runtimes.flatMap(slot => slot.metrics().map(({ overdraftBytesMax }) => overdraftBytesMax))
  return { fired: rows.map(({ value }) => value as Fired), underWayMax, overdraftMax: Math.max(...overdraft) }
}

const give = (key: number, out: Collector<Fired>): void => {
  for (let n = 0; n < RESULTS; n++) out.collect({ key, n })
}

describe.each(['local', 'rings'] as const)('before a slow operator, %s,', network => {
  it.each([
    [
      'timers',
      {
        type: 'keyedProcess',
        config: { fn: '…' },
        functions: {
          fn: {
            processElement: (key: number, context: Context<number>) =>
              context.timerService().registerEventTimeTimer(1_000 + key),
            onTimer: (_time: number, context: Context<number>, out: Collector<Fired>) =>
              give(context.currentKey(), out),
          },
        },
      },
    ],
    [
      'windows',
      {
        type: 'window',
        config: {
          assigner: { type: 'tumbling', sizeMs: 100, offsetMs: 0, time: 'event' },
          compute: { type: 'process' },
          windowFn: '…',
        },
        functions: {
          windowFn: (key: number, _window: unknown, _values: unknown, out: Collector<Fired>) => give(key, out),
        },
      },
    ],
  ] as const)('%s that are due at once fire only as fast as they are taken, each once', async (_what, firing) => {
    const { fired, underWayMax, overdraftMax } = await run(network, firing as Parameters<typeof run>[1])
    const expected = Array.from({ length: KEYS * RESULTS }, (_, i) => [Math.floor(i / RESULTS), i % RESULTS])
    expect(fired.map(({ key, n }) => [key, n])).toEqual(expected)
    expect(underWayMax).toBeGreaterThan(BATCH)
    expect(underWayMax).toBeLessThanOrEqual(UNDER_WAY_MAX)
    expect(overdraftMax).toBeLessThanOrEqual(BUFFER_BYTES)
  })
})
