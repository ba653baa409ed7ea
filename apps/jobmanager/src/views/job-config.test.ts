import { expect, test } from 'vitest'
import { jobConfigView, restartView } from './job-config.ts'
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

test('restart strategies are told by name, with a value for each setting', () => {
  expect(restartView({ type: 'none' })).toEqual({ name: 'None', settings: { 'Any failure': 'ends the job' } })
  expect(restartView({ type: 'fixed-delay', attempts: 3, delayMs: 5_000 })).toEqual({
    name: 'Fixed delay',
    settings: { Attempts: '3', Delay: '5 s' },
  })
  const exponential = { type: 'exponential-delay', initialMs: 500, maxMs: 60_000, multiplier: 2, jitter: 0 } as const
  expect(restartView({ ...exponential, resetAfterMs: 0 })).toEqual({
    name: 'Exponential delay',
    settings: {
      Attempts: 'without limit',
      'First delay': '0.5 s',
      'Then each time': '2 times as long',
      'Longest delay': '1 min',
    },
  })
  expect(restartView({ ...exponential, resetAfterMs: 120_000 }).settings).toMatchObject({
    'Resets after': '2 min',
  })
  expect(restartView({ type: 'failure-rate', failures: 1, intervalMs: 120_000, delayMs: 1_000 })).toEqual({
    name: 'Failure rate',
    settings: { Attempts: 'up to 1 failure within 2 min', Delay: '1 s' },
  })
})

test('without a strategy faults of the platform are told from errors of the job', () => {
  expect(restartView(undefined)).toEqual({
    name: 'Default',
    settings: {
      'Platform faults': 'restart, without limit',
      Delay: '0.1 s to 10 s',
      'Errors in the code': 'end the job',
    },
  })
})
