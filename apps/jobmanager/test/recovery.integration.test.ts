import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PublicJobStatus } from '../src/dispatcher/control-plane.ts'
import { toStoredFigures } from '../src/metrics/stored-figures.ts'
import { eventually, submission, TestDatabase, TestJobManager } from './test-job-manager.ts'

let jobManager: TestJobManager

const database = new TestDatabase()

beforeAll(() => database.open())
afterAll(() => database.remove())

beforeEach(async () => {
  await database.clear()
  jobManager = new TestJobManager(database)
  await jobManager.start()
})

afterEach(() => jobManager.remove())

const statusIs = async (jobId: string, status: PublicJobStatus): Promise<boolean> =>
  (await jobManager.dispatcher.jobStatus(jobId)).status === status

/** The status is in the database, so that a crash does not lose it. */
const stored = (jobId: string, status: PublicJobStatus): Promise<true> =>
  eventually(async () => (await jobManager.store.jobs.getJob(jobId))?.status === status)

describe('after a crash of the JobManager', () => {
  it('a job that ran is taken up again as its next attempt, and the old one is ended on its TaskManager first', async () => {
    const old = await jobManager.addTaskManager({ id: 'tm-1', slots: 2, finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await stored(jobId, 'RUNNING')
    const { port } = jobManager.rpc
    const orphans = [...old.runs.values()].map(run => run.ref)
    await jobManager.crash()
    await jobManager.start(port)

    const before = await jobManager.dispatcher.jobStatus(jobId)
    expect(before).toMatchObject({ status: 'RUNNING', restarting: true, attempt: 1, restarts: 1 })
    // The same process, which has kept its slots, registers again.
    const back = await jobManager.addTaskManager({ id: 'tm-1', incarnation: 'i1', slots: 2, orphans })
    await eventually(() => statusIs(jobId, 'FINISHED'))
    expect(back.cancelled[0]).toMatchObject({ jobId, attempt: 1 })
    expect(back.deployments[0]?.attempt).toMatchObject({ attempt: 2 })
    expect(back.deployments[0]?.bundle.toString()).toBe('export default null')
    expect(back.deployments[0]?.sourceMap.toString()).toBe('{}')
    const history = await jobManager.dispatcher.jobHistory(jobId)
    expect(history.map(({ message }) => message).join('\n')).toContain('the JobManager was restarted')
    expect((await jobManager.dispatcher.jobExceptions(jobId))[0]?.message).toBe('the JobManager was restarted')
  })

  it('waits for the TaskManagers that were there before it starts a job again, but not for ever', async () => {
    await jobManager.addTaskManager({ id: 'tm-1', slots: 2, finishes: false })
    await jobManager.addTaskManager({ id: 'tm-2', slots: 2, finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await stored(jobId, 'RUNNING')
    const { port } = jobManager.rpc
    await jobManager.crash()
    await jobManager.start(port)
    const one = await jobManager.addTaskManager({ id: 'tm-1', slots: 2 })
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(one.deployments).toEqual([])
    await eventually(() => statusIs(jobId, 'FINISHED'))
    await eventually(async () => {
      const two = (await jobManager.dispatcher.taskManagers()).find(({ id }) => id === 'tm-2')
      return two?.status === 'LOST'
    })
  })

  it('the list of jobs, their history and errors are there', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId: finished } = await jobManager.dispatcher.submit(submission(1))
    await taskManager.finishAll()
    await eventually(() => statusIs(finished, 'FINISHED'))
    const { jobId: canceled } = await jobManager.dispatcher.submit(submission(1))
    await jobManager.dispatcher.cancel(canceled)
    await eventually(() => statusIs(canceled, 'CANCELED'))
    await jobManager.crash()
    await jobManager.start()
    const jobs = await jobManager.dispatcher.listJobs()
    expect(jobs.map(({ jobId, status }) => [jobId, status])).toEqual([
      [canceled, 'CANCELED'],
      [finished, 'FINISHED'],
    ])
    const view = await jobManager.dispatcher.jobStatus(finished)
    expect(view.vertices.map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED'])
    expect((await jobManager.dispatcher.jobHistory(finished)).at(-1)?.type).toBe('FINISHED')
    expect((await jobManager.dispatcher.jobMetrics(finished)).vertices).toHaveLength(2)
    expect((await jobManager.dispatcher.jobSource(finished)).fileName).toBe('job.json')
  })

  it('what an ended job had done is there, for the list, for REST and for charts', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await taskManager.finishAll()
    await eventually(() => statusIs(jobId, 'FINISHED'))
    const before = jobManager.dispatcher.liveJob(jobId)!
    const figures = before.metrics.figures(false, 0)
    const totals = { ...figures.totals, recordsIn: 1_707, recordsOut: 367 }
    await jobManager.dispatcher.keepFigures(jobId, {
      recordsIn: 1_707,
      recordsOut: 367,
      figures: toStoredFigures({ ...figures, totals }),
      charts: { '5m': { from: 0, stepMs: 1_000, values: { recordsInPerSecond: [1, null] } } },
      at: Date.now(),
    })
    await jobManager.crash()
    await jobManager.start()
    expect(jobManager.dispatcher.jobs()[0]).toMatchObject({ jobId, recordsIn: 1_707, recordsOut: 367 })
    expect(await jobManager.dispatcher.jobMetrics(jobId)).toMatchObject({ recordsIn: 1_707, recordsOut: 367 })
    expect((await jobManager.dispatcher.storedFigures(jobId)).totals).toMatchObject({ recordsIn: 1_707 })
    expect(await jobManager.dispatcher.storedCharts(jobId)).toMatchObject({ '5m': { stepMs: 1_000 } })
  })

  it('a commit that had begun is repeated, and the job is not run again', async () => {
    const { WeirError } = await import('@weir/engine/base/errors')
    const taskManager = await jobManager.addTaskManager({ id: 'tm-1' })
    taskManager.commitError = new WeirError('FILE_ACCESS', 'not now')
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await eventually(async () => (await jobManager.dispatcher.jobStatus(jobId)).reason?.includes('not now'))
    const { port } = jobManager.rpc
    await jobManager.crash()
    await jobManager.start(port)
    const back = await jobManager.addTaskManager({ id: 'tm-1' })
    await eventually(() => statusIs(jobId, 'FINISHED'))
    expect(back.deployments).toEqual([])
    expect(back.commits.flatMap(commit => commit.committables as string[]).sort()).toEqual(['1/0', '1/1'])
  })

  it('a cancellation that had begun comes to its end', async () => {
    await jobManager.addTaskManager({ id: 'tm-1', finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await stored(jobId, 'RUNNING')
    await jobManager.store.jobs.updateJob(jobManager.dispatcher.epoch, jobId, { status: 'CANCELLING' })
    const { port } = jobManager.rpc
    await jobManager.crash()
    await jobManager.start(port)
    await jobManager.addTaskManager({ id: 'tm-1' })
    await eventually(() => statusIs(jobId, 'CANCELED'))
  })

  it('a JobManager of an older epoch is told that it is fenced', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await jobManager.store.leases.acquireLease({ holder: 'test', address: null, ttlMs: 10_000 })
    await taskManager.finishAll()
    await eventually(() => jobManager.fenced.length > 0)
    expect(jobManager.fenced[0]?.code).toBe('FENCED')
    expect(taskManager.commits).toEqual([])
    expect((await jobManager.store.jobs.getJob(jobId))?.status).not.toBe('FINISHED')
  })
})

describe('after an orderly stop', () => {
  it('a job goes on without a word of failure, once; a crash after that is one again', async () => {
    await jobManager.addTaskManager({ id: 'tm-1', slots: 2, finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await stored(jobId, 'RUNNING')
    const { port } = jobManager.rpc
    await jobManager.stopInOrder()
    await jobManager.start(port)
    expect(await jobManager.dispatcher.jobStatus(jobId)).toMatchObject({ restarts: 0, restarting: true })
    await jobManager.addTaskManager({ id: 'tm-1', slots: 2, finishes: false })
    await eventually(async () => {
      const { restarting, attempt } = await jobManager.dispatcher.jobStatus(jobId)
      return !restarting && attempt === 2
    })
    expect(await jobManager.dispatcher.jobExceptions(jobId)).toEqual([])
    expect((await jobManager.dispatcher.jobHistory(jobId)).map(({ type }) => type)).toContain('STOPPED')

    await jobManager.crash()
    await jobManager.start(port)
    expect(await jobManager.dispatcher.jobStatus(jobId)).toMatchObject({ restarts: 1, restarting: true })
    expect((await jobManager.dispatcher.jobExceptions(jobId))[0]?.code).toBe('JOBMANAGER_RESTARTED')
  })
})
