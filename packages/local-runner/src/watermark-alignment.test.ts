import type { JobFunctions } from '@weir/engine/graph/job-functions'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import { PROBE_STEPS } from '@weir/engine/task/chain-plan'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import { beforeAll, describe, expect, it } from 'vitest'
import { LocalCluster } from './local-cluster.ts'

const DRIFT_MS = 300
const INTERVAL_MS = 100
const HOUR_MS = 3_600_000
/** Of event time in the input; the slow source gives it in so many ms of the clock, too. */
const SLOW_MS = 3_000
const STEP_MS = 10

interface Click {
  readonly at: number
  readonly side: 'fast' | 'slow'
}

interface Run {
  readonly aligned: boolean
  readonly parallelism: number
  readonly idlenessMs?: number
  /** The slow source gives nothing from the first to the second, by the clock. */
  readonly quietMs?: readonly [from: number, to: number]
}

/** The slow source gives its records at the pace of their event time, the fast one ten times as fast. */
function jobOf({ aligned, parallelism, idlenessMs }: Run): JobGraph {
  const alignment = { group: 'clicks', maxDriftMs: DRIFT_MS, intervalMs: INTERVAL_MS }
  const watermarks = {
    strategy: 'monotonous',
    intervalMs: 20,
    timestampAssigner: 'click => click.at',
    ...(aligned ? { alignment } : {}),
    ...(idlenessMs === undefined ? {} : { idlenessMs }),
  } as const
  const source = (uid: string) => ({
    uid,
    type: 'customSource',
    name: uid,
    config: { open: 'split => reader' },
    watermarks,
  })
  return jobGraphSchema.parse({
    name: 'clicks',
    parallelism,
    nodes: [
      source('fast'),
      source('slow'),
      { uid: 'join', type: 'intervalJoin', name: 'join', config: { lowerMs: 0, upperMs: 0, fn: 'click => click' } },
      { uid: 'out', type: 'collect', name: 'out', config: {} },
    ],
    edges: [
      { from: 'fast', to: 'join', partitioner: 'hash', key: 'click => click.at % 7', input: 0 },
      { from: 'slow', to: 'join', partitioner: 'hash', key: 'click => click.at % 7', input: 1 },
      { from: 'join', to: 'out' },
    ],
  })
}

interface Seen {
  /** By which the fast source was ahead of the slow one when it gave a record: the largest of all. */
  aheadMs: number
  /** By the clock: of the job, and of the input of the fast source. */
  endMs: number
  fastEndMs: number
  rows: number
  /** Of all subtasks together. */
  stateBytesMax: number
  /** Steps of all subtasks. */
  steps: number
  /** Of one subtask of the fast source. */
  fast: { pausedMs: number; idleMs: number; backpressuredMs: number }
}

async function run(how: Run): Promise<Seen> {
  const { quietMs: [quietFrom, quietTo] = [0, 0] } = how
  const clock = new ManualClock(HOUR_MS)
  const probe = new Int32Array(2)
  const seen: Seen = {
    aheadMs: 0,
    endMs: 0,
    fastEndMs: 0,
    rows: 0,
    stateBytesMax: 0,
    steps: 0,
    fast: { pausedMs: 0, idleMs: 0, backpressuredMs: 0 },
  }
  let slowReached = 0
  const split = (side: Click['side'], pace: number) => (_split: unknown, context: { wakeUp(): void }) => {
    let at = 0
    const startMs = clock.monotonicMs()
    return {
      poll(output: { blocked: boolean; collect(click: Click): void }) {
        const now = clock.monotonicMs() - startMs
        const quiet = side === 'slow' ? Math.min(Math.max(0, now - quietFrom), quietTo - quietFrom) : 0
        const due = Math.min(SLOW_MS, (now - quiet) * pace)
        let emitted = false
        while (!output.blocked && at <= due) {
          if (side === 'fast') seen.aheadMs = Math.max(seen.aheadMs, at - slowReached)
          else slowReached = Math.max(slowReached, at)
          output.collect({ at, side })
          at += STEP_MS
          emitted = true
        }
        if (at > SLOW_MS) {
          if (side === 'fast') seen.fastEndMs = now
          return 'finished'
        }
        if (emitted || output.blocked) return 'emitted'
        clock.after((at - due) / pace, context.wakeUp)
        return 'nothing'
      },
      position: () => at,
    }
  }
  const load = async (): Promise<JobFunctions> => {
    const key = ({ at }: Click): number => at % 7
    const assigner = { timestampAssigner: ({ at }: Click) => at }
    const fn = (left: Click, _right: Click, _context: unknown, out: { collect(click: Click): void }) =>
      out.collect(left)
    return new Map<string, Record<string, unknown>>([
      ['fast', { open: split('fast', 10), ...assigner }],
      ['slow', { open: split('slow', 1), ...assigner }],
      ['join', { key0: key, key1: key, fn }],
    ])
  }
  const cluster = new LocalCluster({
    jobId: 'job_00000000',
    graph: jobOf(how),
    load,
    workdir: '/',
    platform: { clock, timers: clock, random: { next: () => 0.5 } },
    place: error => error,
    onRow: () => {
      seen.rows++
    },
    probe,
    onOperators: () => undefined,
    onStatus: () => undefined,
    log: () => undefined,
  })
  let ended = false
  const running = cluster.run().finally(() => {
    ended = true
  })
  // Time passes when everybody has done what there was to do.
  while (!ended) {
    await new Promise(resolve => setTimeout(resolve, 2))
    const subtasks = cluster.metrics()
    const stateBytes = subtasks.reduce((sum, subtask) => sum + subtask.stateBytes, 0)
    seen.stateBytesMax = Math.max(seen.stateBytesMax, stateBytes)
    const fast = subtasks.find(({ operators }) => operators[0]?.uid === 'fast')
    if (fast !== undefined) {
      const { idleMs, backpressuredMs, alignment } = fast
      seen.fast = { pausedMs: alignment?.pausedMs ?? 0, idleMs, backpressuredMs }
    }
    clock.advance(10)
  }
  expect(await running).toBe('FINISHED')
  return { ...seen, endMs: clock.monotonicMs(), steps: probe[PROBE_STEPS] ?? 0 }
}

describe.each([1, 2])('two sources at parallelism %i, one ten times as fast as the other,', parallelism => {
  const rows = (SLOW_MS / STEP_MS + 1) * parallelism ** 2
  let loose: Seen
  let aligned: Seen

  beforeAll(async () => {
    loose = await run({ aligned: false, parallelism })
    aligned = await run({ aligned: true, parallelism })
  })

  it('drift apart without alignment', () => {
    expect(loose.rows).toBe(rows)
    expect(loose.aheadMs).toBeGreaterThan(5 * DRIFT_MS)
  })

  it('keep within the drift with it, and the slow one is not held up', () => {
    expect(aligned.rows).toBe(rows)
    expect(aligned.aheadMs).toBeGreaterThan(DRIFT_MS / 2)
    expect(aligned.aheadMs).toBeLessThanOrEqual(DRIFT_MS + INTERVAL_MS)
    expect(aligned.endMs).toBeLessThan(loose.endMs + 5 * INTERVAL_MS)
  })

  it('leave a join little to keep', () => {
    expect(aligned.stateBytesMax).toBeLessThan(loose.stateBytesMax / 2)
  })

  it('show that the fast one waits: idle, not backpressured, and without stepping all the time', () => {
    const { fast, steps } = aligned
    expect(fast.pausedMs).toBeGreaterThan(SLOW_MS / 3)
    expect(fast.idleMs).toBeGreaterThanOrEqual(fast.pausedMs)
    expect(fast.backpressuredMs).toBe(0)
    expect(steps).toBeLessThan(100 * parallelism * (SLOW_MS / STEP_MS))
  })
})

it('a source that is idle holds nobody back until it gives something again', async () => {
  const quietMs = [1_000, 2_500] as const
  const waits = await run({ aligned: true, parallelism: 1, quietMs })
  expect(waits.fastEndMs).toBeGreaterThan(quietMs[1])
  const goesOn = await run({ aligned: true, parallelism: 1, quietMs, idlenessMs: 200 })
  expect(goesOn.fastEndMs).toBeGreaterThan(quietMs[0])
  expect(goesOn.fastEndMs).toBeLessThan(quietMs[1])
})
