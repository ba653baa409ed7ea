import { expect, it } from 'vitest'
import type { Source } from '../operators/source.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { type HarnessInput, record, time, watermark } from '../testing/operator-harness.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { Script, scriptSource } from './testing/script-source.ts'
import { runTestJob } from './testing/test-job.ts'

const HOUR_MS = 3_600_000

it('a wall clock that is set back by an hour does not hold up event time', async () => {
  const clock = new ManualClock(10 * HOUR_MS)
  const inputs: HarnessInput[] = [
    record('a', 1_000),
    watermark(1_000),
    time(9 * HOUR_MS),
    record('b', 12_000),
    // Closes the first window, if it goes out: the next record is late then.
    watermark(11_000),
    record('late', 2_000),
  ]
  const script = new Script(inputs, clock, () => Number.POSITIVE_INFINITY)
  const run = await runTestJob(
    {
      graph: {
        name: 'clock',
        nodes: [
          {
            uid: 'in',
            type: 'script',
            name: 'in',
            config: { script: 0 },
            watermarks: { strategy: 'custom', intervalMs: 1, generator: '…' },
          },
          {
            uid: 'window',
            type: 'window',
            name: 'window',
            config: { assigner: { type: 'tumbling', sizeMs: 10_000, time: 'event' }, compute: { type: 'count' } },
          },
          { uid: 'out', type: 'keep', name: 'out' },
        ],
        edges: [
          { from: 'in', to: 'window', partitioner: 'hash', key: '…' },
          { from: 'window', to: 'out' },
        ],
      },
      functions: { in: { watermarkGenerator: () => script.generator() }, window: { key0: () => 'all' } },
    },
    {
      network: 'local',
      compile: true,
      sources: [scriptSource([script]) as Source],
      platform: { clock, timers: clock, random: new SeededRandom(1) },
    },
  )
  expect(run.rows.map(({ value }) => value)).toEqual([
    { key: 'all', start: 0, end: 10_000, count: 1 },
    { key: 'all', start: 10_000, end: 20_000, count: 1 },
  ])
})
