import { WeirError } from '@weir/engine/base/errors'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import { describe, expect, test } from 'vitest'
import type { JobStatusView } from '../dispatcher/control-plane.ts'
import type { IndexedJob } from '../dispatcher/job-index.ts'
import type { LiveJob } from '../dispatcher/job-views.ts'
import type { RecentFailure } from '../dispatcher/recent-failures.ts'
import { JobMetrics } from '../metrics/job-metrics.ts'
import { fromStoredFigures } from '../metrics/stored-figures.ts'
import type { JobExceptionRecord, JobFiguresRecord, JobRecord } from '../store/records.ts'
import { LiveViews, type ViewedCluster } from './live-views.ts'
import { clicksGraph, liveJobOf, reportAt, statusOf } from './testing/made-up-job.ts'

const T = 1_000_000_000_000

/** One job of which tests say what it does, in a cluster without TaskManagers. */
function setUp() {
  const clock = new ManualClock(T)
  const metrics = new JobMetrics(clicksGraph)
  const job = {
    status: statusOf({ submittedAt: T - 1_000, startedAt: T }) as JobStatusView,
    live: {} as Partial<LiveJob>,
    inMemory: true,
    stored: true,
    exceptions: [] as JobExceptionRecord[],
    draftId: 'draft_1' as string | null,
    databaseIsAway: false,
  }
  const indexed = (): IndexedJob => ({
    ...job.status,
    error: job.status.error as IndexedJob['error'],
    recordsIn: null,
    recordsOut: null,
  })
  const cluster: ViewedCluster = {
    jobs: () => (job.stored ? [indexed()] : []),
    liveJob: jobId =>
      job.inMemory && jobId === 'job_1' ? liveJobOf(job.status, metrics, { running: true, ...job.live }) : null,
    jobStatus: async jobId => {
      if (!job.stored || jobId !== 'job_1') throw new WeirError('NOT_FOUND', `there is no job ${jobId}`)
      return job.status
    },
    jobSource: async () => ({ graph: clicksGraph.job, source: '', fileName: 'clicks.ts' }),
    taskManagers: async () => [],
    storedFigures: async () => {
      const kept = keptRecords.at(-1)
      return (
        (kept === undefined ? null : fromStoredFigures(kept.figures, clicksGraph)) ??
        new JobMetrics(clicksGraph).figures(false, 0)
      )
    },
    storedCharts: async () => keptRecords.at(-1)?.charts ?? null,
    keepFigures: async (_, record) => {
      if (job.databaseIsAway) throw new WeirError('DATABASE', 'the database is away')
      keptRecords.push(structuredClone(record))
    },
  }
  const keptRecords: JobFiguresRecord[] = []
  const faults: string[] = []
  let counts = 0
  const views = new LiveViews({
    cluster: () => cluster,
    store: {
      getJob: async () => ({ draftId: job.draftId }) as JobRecord,
      listExceptions: async () => {
        counts++
        return { rows: job.exceptions, next: null }
      },
    },
    clock,
    timers: clock,
    version: '1',
    onFault: (_, error) => faults.push(error.code),
  })
  /** A second goes by, in which every subtask reports. */
  const run = (seconds: number): void => {
    for (let s = 0; s < seconds; s++) {
      clock.advance(1_000)
      reportAt(metrics, clock.monotonicMs() / 1000, clock.monotonicMs(), clock.now())
    }
  }
  return { clock, metrics, job, views, run, counts: () => counts, keptRecords, faults }
}

const failure = (at: number): RecentFailure => ({
  code: 'TASK_MANAGER_LOST',
  operator: null,
  subtask: null,
  message: 'TaskManager tm-1 was lost',
  stack: null,
  record: null,
  at,
  attempt: 1,
})

describe('the document of a job', () => {
  test('comes of a job in memory, with what the database knows beside', async () => {
    const { views, run, job } = setUp()
    run(6)
    job.exceptions = [{} as JobExceptionRecord]
    const { doc, isSettled } = await views.job('job_1', true)
    expect(isSettled).toBe(false)
    expect(doc).toMatchObject({ draftId: 'draft_1', exceptions: 1, totals: { recordsInPerSecond: 1_000 } })
    expect(doc.verdict.kind).toBe('running-well')
  })

  test('knows since when its verdict holds, though nobody watched', async () => {
    const { clock, views, run } = setUp()
    views.start()
    run(10)
    const { doc } = await views.job('job_1', true)
    expect(doc.verdict.kind).toBe('running-well')
    expect(clock.now() - doc.verdict.since!).toBeGreaterThan(5_000)
    await views.stop()
    const before = doc.verdict.since
    clock.advance(5_000)
    expect((await views.job('job_1', true)).doc.verdict.since).toBe(before)
  })

  test('tells how long a call has lasted, from a report that comes once', async () => {
    const { clock, views, job, run } = setUp()
    run(6)
    job.live = { stuck: [{ slot: 3, operator: 'count', ms: 5_000 }] }
    const begun = clock.now() - 5_000
    views.tick()
    clock.advance(7_000)
    const { doc } = await views.job('job_1', true)
    expect(doc.verdict).toMatchObject({
      kind: 'no-progress',
      text: 'No progress in count: subtask 3 has been in one call for 12 s.',
      operator: 'count',
      since: begun,
    })
    expect(doc.vertices.count!.noProgress).toBe(true)
  })

  test('counts exceptions again when there was a failure, and else asks nobody', async () => {
    const { views, job, run, counts, clock } = setUp()
    run(6)
    await views.job('job_1', true)
    await views.job('job_1', true)
    expect(counts()).toBe(1)
    clock.advance(20_000)
    await views.job('job_1', true)
    expect(counts()).toBe(1)
    job.live = { failures: [failure(clock.now())] }
    job.exceptions = [{} as JobExceptionRecord, {} as JobExceptionRecord]
    expect((await views.job('job_1', true)).doc.exceptions).toBe(2)
    clock.advance(3_000)
    await views.job('job_1', true)
    const after = counts()
    await views.job('job_1', true)
    expect(counts()).toBe(after)
  })

  test('says when the draft is gone', async () => {
    const { views, job, run, clock } = setUp()
    run(6)
    await views.job('job_1', true)
    job.draftId = null
    clock.advance(5_000)
    expect((await views.job('job_1', true)).doc.draftId).toBe(null)
  })

  test('is settled when the last figures of a job that has ended are there', async () => {
    const { views, job, run, clock } = setUp()
    run(6)
    job.status = { ...job.status, status: 'FINISHED', finishedAt: clock.now() }
    expect((await views.job('job_1', true)).isSettled).toBe(false)
    clock.advance(3_000)
    expect((await views.job('job_1', true)).isSettled).toBe(true)
  })

  test('comes of the database for a job that ended long ago, and is settled', async () => {
    const { views, job } = setUp()
    job.inMemory = false
    job.status = statusOf({ status: 'FINISHED', startedAt: T, finishedAt: T + 12_000 })
    const { doc, isSettled } = await views.job('job_1', true)
    expect(isSettled).toBe(true)
    expect(doc.verdict.text).toBe('Finished in 12 s.')
    expect(doc.totals.recordsIn).toBe(null)
  })

  test('is refused for a job that does not exist', async () => {
    const { views, job } = setUp()
    job.inMemory = false
    job.stored = false
    await expect(views.job('job_1', true)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the record at which a job failed', () => {
  const error = { ...failure(T + 3_000), code: 'USER_FUNCTION' as const, operator: 'count', record: '{"user":"ada"}' }

  test.each([
    ['has just failed', true],
    ['failed under an earlier JobManager', false],
  ])('is quoted only to those who see records, when the job %s', async (_, inMemory) => {
    const { views, job } = setUp()
    job.inMemory = inMemory
    job.status = statusOf({ status: 'FAILED', startedAt: T, finishedAt: T + 3_000, error })
    const docs = async (seesRecords: boolean): Promise<string> =>
      JSON.stringify([
        (await views.job('job_1', seesRecords)).doc.verdict,
        (await views.overview(seesRecords)).doc,
        (await views.overview(seesRecords)).doc,
      ])
    expect((await docs(true)).split('ada')).toHaveLength(6)
    expect(await docs(false)).not.toContain('ada')
    expect(await docs(true)).toContain('ada')
  })

  test('is not quoted either while the job runs again', async () => {
    const { views, job, run } = setUp()
    run(6)
    job.live = { failures: [{ ...error, attempt: 1 }] }
    expect((await views.job('job_1', true)).doc.verdict.detail).toContain('ada')
    expect(JSON.stringify([await views.job('job_1', false), await views.overview(false)])).not.toContain('ada')
  })
})

describe('the overview', () => {
  test('has a row for each job, and keeps that of one that has ended', async () => {
    const { views, job, run } = setUp()
    run(6)
    const running = (await views.overview(true)).doc
    expect(running.jobs.job_1).toMatchObject({ status: 'RUNNING', recordsInPerSecond: 1_000 })
    job.status = { ...job.status, status: 'FINISHED', finishedAt: T + 7_000 }
    const ended = (await views.overview(true)).doc.jobs.job_1
    expect(ended).toMatchObject({ status: 'FINISHED', recordsIn: 6_000 })
    job.inMemory = false
    expect((await views.overview(true)).doc.jobs.job_1).toBe(ended)
  })

  test('forgets a job that was deleted', async () => {
    const { views, job, run } = setUp()
    run(6)
    views.tick()
    job.stored = false
    views.tick()
    expect((await views.overview(true)).doc.jobs).toEqual({})
    expect((await views.series('job_1', '5m')).values).toEqual({})
  })

  test('is refused by a standby', async () => {
    const clock = new ManualClock(T)
    const store = { getJob: async () => null, listExceptions: async () => ({ rows: [], next: null }) }
    const views = new LiveViews({ cluster: () => null, store, clock, timers: clock, version: '1' })
    views.tick()
    await expect(views.overview(true)).rejects.toMatchObject({ code: 'NOT_LEADER' })
  })
})

describe('the history for charts', () => {
  test('is filled once a second, and has a gap while the job restarts', async () => {
    const { views, job, run } = setUp()
    views.start()
    run(5)
    job.live = { running: false }
    run(4)
    job.live = {}
    run(2)
    await views.stop()
    const rates = (await views.series('job_1', '5m')).values.recordsInPerSecond!
    expect(rates).toHaveLength(11)
    expect(rates.slice(2, 5)).toEqual([1_000, 1_000, 1_000])
    expect(rates.slice(5, 9)).toEqual([null, null, null, null])
    expect(rates.at(-1)).toBe(1_000)
  })

  test('has load and lag by name', async () => {
    const { views, run } = setUp()
    run(5)
    views.tick()
    expect(Object.keys((await views.series('job_1', '30m')).values)).toEqual([
      'recordsInPerSecond',
      'recordsOutPerSecond',
      'watermarkLagMs',
      'stateBytes',
      'busy/clicks',
      'backpressure/clicks',
      'busy/count',
      'backpressure/count',
      'busy/late',
      'backpressure/late',
    ])
  })
})

describe('a job that has ended', () => {
  const settle = async (views: LiveViews): Promise<void> => {
    views.tick()
    await new Promise(resolve => setImmediate(resolve))
  }

  test('is shown with all it has done, and its charts, by the next JobManager', async () => {
    const { views, job, run, clock, keptRecords } = setUp()
    views.start()
    run(6)
    job.live = { running: false }
    job.status = { ...job.status, status: 'FINISHED', finishedAt: clock.now() }
    await settle(views)
    expect(keptRecords.map(({ recordsIn }) => recordsIn)).toEqual([6_000])
    // The last report comes with the heartbeat after the end.
    run(4)
    await settle(views)
    expect(keptRecords.at(-1)).toMatchObject({ recordsIn: 9_000 })
    const written = keptRecords.length
    run(5)
    await settle(views)
    expect(keptRecords).toHaveLength(written)

    const next = setUp()
    next.keptRecords.push(...keptRecords)
    next.job.inMemory = false
    next.job.status = job.status
    const { doc } = await next.views.job('job_1', true)
    expect(doc.totals).toMatchObject({ recordsIn: 9_000, recordsInPerSecond: null, watermarkLagMs: null })
    expect(doc.verdict.text).toBe('Finished in 6 s: 9,000 records in, 396 out.')
    expect(doc.vertices.count).toMatchObject({ recordsIn: 9_000, busy: null })
    expect(doc.operators.count).toMatchObject({ lateRecords: 36 })
    const { values } = await next.views.series('job_1', '5m')
    expect(values.recordsInPerSecond).toContain(1_000)
  })

  test('is kept when the JobManager stops right after', async () => {
    const { views, job, run, clock, keptRecords } = setUp()
    run(6)
    job.status = { ...job.status, status: 'CANCELED', finishedAt: clock.now() }
    await views.stop()
    expect(keptRecords).toHaveLength(1)
  })

  test('is tried again while the database is away', async () => {
    const { views, job, run, clock, keptRecords, faults } = setUp()
    run(6)
    job.status = { ...job.status, status: 'FINISHED', finishedAt: clock.now() }
    job.databaseIsAway = true
    clock.advance(4_000)
    await settle(views)
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000)
      await settle(views)
    }
    expect(faults, 'told once, not with each try').toEqual(['DATABASE'])
    job.databaseIsAway = false
    await settle(views)
    clock.advance(5_000)
    await settle(views)
    await settle(views)
    expect(keptRecords).toHaveLength(1)
  })
})
