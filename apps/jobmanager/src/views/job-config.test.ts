import { expect, test } from 'vitest'
import { jobConfigView, restartWords } from './job-config.ts'
import { clicksGraph } from './testing/made-up-job.ts'

test('settings are told in words, operators with their config', () => {
  const graph = { ...clicksGraph.job, checkpointing: { intervalMs: 10_000, mode: 'exactly-once' as const } }
  const view = jobConfigView(
    { id: 'job_1', name: 'clicks', owner: 'ada' },
    { fileName: 'clicks.ts', graph, graphHash: 'h' },
  )
  expect(view.settings).toMatchObject({
    Parallelism: '4',
    'Max parallelism': '128 key groups',
    Slots: '4',
    'State backend': 'the cluster’s',
    Checkpointing: 'every 10 s, exactly once',
    'Submitted by': 'ada',
  })
  expect(view.settings['Not in this version']).toMatch(/^Checkpoints are not there .*\.$/)
  expect(view.operators[1]).toEqual({ uid: 'count', name: 'count', type: 'window', config: '{}' })
})

test('restart strategies say what happens', () => {
  expect(restartWords({ type: 'none' })).toBe('none: the first failure ends the job')
  expect(restartWords({ type: 'fixed-delay', attempts: 1, delayMs: 5_000 })).toBe(
    'up to 1 restart, 5 s after each failure',
  )
  expect(
    restartWords({
      type: 'exponential-delay',
      initialMs: 500,
      maxMs: 60_000,
      multiplier: 2,
      resetAfterMs: 0,
      jitter: 0,
    }),
  ).toBe('without limit, 0.5 s after the first failure, 2 times as long after each further one, at most 1 min')
  expect(restartWords({ type: 'failure-rate', failures: 3, intervalMs: 120_000, delayMs: 1_000 })).toBe(
    'up to 3 failures within 2 min, 1 s after each',
  )
  expect(restartWords(undefined)).toContain('default')
})
