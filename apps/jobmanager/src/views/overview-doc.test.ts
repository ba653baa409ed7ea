import type { Verdict } from '@weir/proto/web/job-doc'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { describe, expect, test } from 'vitest'
import type { TaskManagerView } from '../dispatcher/control-plane.ts'
import { attentionOf } from './attention.ts'
import { overviewDoc } from './overview-doc.ts'

const NOW = 10 * 86_400_000

const verdict = (kind: Verdict['kind'], change: Partial<Verdict> = {}): Verdict => ({
  kind,
  tone: 'warn',
  text: 'Waits for slots: needs 8, 4 are free.',
  detail: 'Add one.',
  operator: null,
  since: NOW - 60_000,
  ...change,
})

const row = (jobId: string, change: Partial<JobRowDoc> = {}): JobRowDoc => ({
  jobId,
  name: `name of ${jobId}`,
  status: 'RUNNING',
  restarting: false,
  verdict: verdict('running-well', { tone: 'ok' }),
  parallelism: 2,
  restarts: 0,
  submittedAt: NOW - 100_000,
  startedAt: NOW - 90_000,
  finishedAt: null,
  recordsIn: 10,
  recordsOut: 5,
  recordsInPerSecond: 100,
  recordsOutPerSecond: 50,
  backpressure: 0,
  busy: 0.5,
  ...change,
})

const taskManager = (id: string, change: Partial<TaskManagerView> = {}): TaskManagerView => ({
  id,
  host: '127.0.0.1',
  status: 'ACTIVE',
  slotsTotal: 4,
  slotsFree: 1,
  losses: [],
  lastHeartbeat: NOW - 500,
  lostAt: null,
  pid: 7,
  version: '0.1.0',
  cpu: 0.51234,
  eventLoopUtilization: 0.1,
  memoryUsedBytes: 123_456_789,
  memoryTotalBytes: 2_000_000_000,
  slots: ['job_1', null, 'job_1', 'job_2'],
  ...change,
})

const lost = taskManager('tm-2', { status: 'LOST', lostAt: NOW - 180_000, slotsTotal: 8, slotsFree: 0, slots: [] })

function overview(jobs: readonly JobRowDoc[], taskManagers: readonly TaskManagerView[] = [taskManager('tm-1'), lost]) {
  return overviewDoc({
    now: NOW,
    version: '0.1.0',
    startedAt: 5,
    statuses: [...jobs.map(({ status }) => status), 'FINISHED'],
    jobs,
    taskManagers,
  })
}

describe('the overview', () => {
  test('sums up the cluster: lost TaskManagers have no slots, and all jobs count', () => {
    const jobs = [
      row('job_1'),
      row('job_2', { status: 'CREATED', recordsInPerSecond: null }),
      row('job_3', { status: 'FAILED' }),
    ]
    expect(overview(jobs).cluster).toEqual({
      version: '0.1.0',
      startedAt: 5,
      taskManagersActive: 1,
      taskManagersTotal: 2,
      slotsTotal: 4,
      slotsFree: 1,
      recordsInPerSecond: 100,
      jobsRunning: 1,
      jobsWaiting: 1,
      jobsFailed: 1,
      jobsTotal: 4,
    })
  })

  test('knows no rate while no running job has one, and nought when nothing runs', () => {
    expect(overview([row('job_1', { recordsInPerSecond: null })]).cluster.recordsInPerSecond).toBe(null)
    expect(overview([]).cluster.recordsInPerSecond).toBe(0)
  })

  test('names jobs, TaskManagers and slots by their ids', () => {
    const doc = overview([row('job_1')])
    expect(Object.keys(doc.jobs)).toEqual(['job_1'])
    expect(doc.taskManagers['tm-1']).toMatchObject({
      cpu: 0.51,
      memoryUsedBytes: 123_000_000,
      slots: { 0: 'job_1', 1: null, 2: 'job_1', 3: 'job_2' },
    })
    expect(doc.taskManagers['tm-2']).toMatchObject({ status: 'LOST', lostAt: NOW - 180_000, slots: {} })
  })
})

describe('what needs attention', () => {
  const of = (jobs: readonly JobRowDoc[], taskManagers: readonly TaskManagerView[] = []) =>
    attentionOf({ now: NOW, jobs, taskManagers })

  test('a waiting job, as a sentence about it', () => {
    expect(of([row('job_1', { verdict: verdict('waiting-for-slots') })])).toEqual({
      'job/job_1/waiting-for-slots': {
        key: 'job/job_1/waiting-for-slots',
        tone: 'warn',
        subject: 'name of job_1',
        jobId: 'job_1',
        text: 'waits for slots: needs 8, 4 are free.',
        detail: 'Add one.',
        since: NOW - 60_000,
        href: '/jobs/job_1?tab=graph',
        action: 'Open job',
      },
    })
  })

  test('a bottleneck, with the way to its operator', () => {
    const text = 'Count is the bottleneck.'
    const [attention] = Object.values(of([row('job_1', { verdict: verdict('bottleneck', { text, operator: 'c 1' }) })]))
    // The name of an operator stays as it is.
    expect(attention).toMatchObject({ text, href: '/jobs/job_1?tab=graph&operator=c+1', action: 'See where' })
  })

  test.each([
    [86_400_000, 1],
    [86_400_001, 0],
  ])('a job that failed %d ms ago counts %d', (agoMs, count) => {
    const failed = row('job_1', {
      status: 'FAILED',
      finishedAt: NOW - agoMs,
      verdict: verdict('failed', { tone: 'error' }),
    })
    expect(Object.values(of([failed]))).toHaveLength(count)
  })

  test('restarts and jobs that make no progress, but not those that run well, or have ended well', () => {
    const kinds = [
      'restarting',
      'restarted',
      'no-progress',
      'running-well',
      'finished',
      'canceled',
      'source-is-limit',
    ] as const
    const jobs = kinds.map(kind => row(kind, { verdict: verdict(kind) }))
    expect(Object.keys(of(jobs))).toEqual([
      'job/restarting/restarting',
      'job/restarted/restarted',
      'job/no-progress/no-progress',
    ])
  })

  test('a lost TaskManager, for a day', () => {
    expect(of([], [taskManager('tm-1'), lost])).toEqual({
      'taskmanager/tm-2': expect.objectContaining({ subject: 'tm-2', since: NOW - 180_000, href: '/cluster' }),
    })
    expect(of([], [{ ...lost, lostAt: NOW - 86_400_001 }])).toEqual({})
  })
})
