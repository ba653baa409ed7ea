import { WeirError } from '@weir/engine/base/errors'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PublicJobStatus } from '../src/dispatcher/control-plane.ts'
import { eventually, HEARTBEAT_TIMEOUT_MS, submission, TestDatabase, TestJobManager } from './test-job-manager.ts'

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

describe('Dispatcher', () => {
  it('refuses a submission while no TaskManager is registered', async () => {
    await expect(jobManager.dispatcher.submit(submission(1))).rejects.toMatchObject({ code: 'NO_TASK_MANAGERS' })
    expect(await jobManager.dispatcher.listJobs()).toEqual([])
  })

  it('runs a job on two TaskManagers to its end, and commits what its sinks made', async () => {
    const one = await jobManager.addTaskManager({ slots: 2 })
    const two = await jobManager.addTaskManager({ slots: 2 })
    const { jobId, status } = await jobManager.dispatcher.submit(submission(3))
    expect(status === 'RUNNING' || status === 'FINISHED').toBe(true)
    await eventually(() => statusIs(jobId, 'FINISHED'))
    const committed = [...one.commits, ...two.commits].flatMap(commit => commit.committables as string[])
    expect(committed.sort()).toEqual(['1/0', '1/1', '1/2'])
    expect(one.deployments).toHaveLength(1)
    expect(two.deployments).toHaveLength(1)
    const view = await jobManager.dispatcher.jobStatus(jobId)
    expect(view).toMatchObject({ name: 'test job', attempt: 1, restarts: 0, error: null, restarting: false })
    expect(view.vertices.map(vertex => vertex.status)).toEqual(['FINISHED', 'FINISHED'])
    expect(view.vertices[1]?.subtasks.map(subtask => subtask.taskManager)).toEqual(['tm-1', 'tm-2', 'tm-1'])
    expect((await jobManager.dispatcher.clusterMetrics()).availableSlots).toBe(4)
    const history = (await jobManager.dispatcher.jobHistory(jobId)).map(line => line.type)
    expect(history).toEqual(['SUBMITTED', 'DEPLOYING', 'RUNNING', 'COMMIT_RECORDED', 'FINISHED'])
  })

  it('hands every split to exactly one reader, and tells all that none is unread before they start', async () => {
    const taskManager = await jobManager.addTaskManager()
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await eventually(() => statusIs(jobId, 'FINISHED'))
    const given = taskManager.assignments.flatMap(({ splits }) => JSON.parse(splits.toString()) as { id: string }[])
    expect(given.map(split => split.id).sort()).toEqual(['a', 'b', 'c'])
    for (const subtask of [0, 1]) {
      const last = taskManager.assignments.filter(assignment => assignment.subtask === subtask).at(-1)
      expect(last).toMatchObject({ noMoreSplits: true, unreadSplits: false })
    }
  })

  it('answers after the wait with CREATED and the reason when there are too few slots, and starts when they come', async () => {
    await jobManager.addTaskManager({ slots: 1 })
    const { jobId, status } = await jobManager.dispatcher.submit(submission(3, 100))
    expect(status).toBe('CREATED')
    expect((await jobManager.dispatcher.jobStatus(jobId)).reason).toBe('needs 3 slots, 1 is free')
    await jobManager.addTaskManager({ slots: 2 })
    await eventually(() => statusIs(jobId, 'FINISHED'))
  })

  it('sees a killed TaskManager at once, starts the job again elsewhere, and says why', async () => {
    const one = await jobManager.addTaskManager({ slots: 2, finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    expect(await statusIs(jobId, 'RUNNING')).toBe(true)
    one.kill()
    await eventually(async () => (await jobManager.dispatcher.jobStatus(jobId)).restarting, 1000)
    const lost = (await jobManager.dispatcher.taskManagers())[0]
    expect(lost).toMatchObject({ id: 'tm-1', status: 'LOST' })
    await jobManager.addTaskManager({ slots: 2 })
    await eventually(() => statusIs(jobId, 'FINISHED'))
    const view = await jobManager.dispatcher.jobStatus(jobId)
    expect(view).toMatchObject({ attempt: 2, restarts: 1, error: null })
    const [exception] = await jobManager.dispatcher.jobExceptions(jobId)
    expect(exception).toMatchObject({ attempt: 1, message: expect.stringContaining('TaskManager tm-1 was lost') })
  })

  it('sees a silent TaskManager within the time-out plus a second, and refuses it when it is back', async () => {
    const frozen = await jobManager.addTaskManager({ slots: 2, finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    const run = [...frozen.runs.values()][0]!
    frozen.freeze()
    const began = performance.now()
    await eventually(async () => (await jobManager.dispatcher.jobStatus(jobId)).restarting, 5000)
    expect(performance.now() - began).toBeLessThan(HEARTBEAT_TIMEOUT_MS + 1000)
    expect((await frozen.report([]))?.code).toBe('STALE_ATTEMPT')
    frozen.thaw()
    expect((await eventually(() => frozen.refused)).code).toBe('STALE_ATTEMPT')
    await expect(frozen.register()).rejects.toMatchObject({ code: 'STALE_ATTEMPT' })
    expect(await frozen.fail(run, new WeirError('USER_FUNCTION', 'too late'))).toMatchObject({ code: 'STALE_ATTEMPT' })
    await jobManager.addTaskManager({ slots: 2 })
    await eventually(() => statusIs(jobId, 'FINISHED'))
  })

  it('takes a new incarnation under the same id as the loss of the old one', async () => {
    await jobManager.addTaskManager({ id: 'tm-1', slots: 2, finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await jobManager.addTaskManager({ id: 'tm-1', slots: 2 })
    await eventually(() => statusIs(jobId, 'FINISHED'))
    expect((await jobManager.dispatcher.jobStatus(jobId)).restarts).toBe(1)
    const [back, ...others] = await jobManager.dispatcher.taskManagers()
    expect(others).toEqual([])
    expect(back).toMatchObject({ status: 'ACTIVE', lostAt: null, losses: [{ lostAt: expect.any(Number) }] })
    expect(back!.losses[0]!.backAt).toBeGreaterThanOrEqual(back!.losses[0]!.lostAt)
  })

  it('fails a job after an error of its code, names the operator, and leaves others alone', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId: other } = await jobManager.dispatcher.submit(submission(1))
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    const run = [...taskManager.runs.values()].find(({ ref }) => ref.jobId === jobId)!
    await taskManager.fail(run, new WeirError('USER_FUNCTION', 'boom', { place: { operator: 'map', subtask: 1 } }))
    await eventually(() => statusIs(jobId, 'FAILED'))
    const view = await jobManager.dispatcher.jobStatus(jobId)
    expect(view.error).toMatchObject({ operator: 'map', subtask: 1, message: 'boom' })
    expect(await jobManager.dispatcher.jobStatus(other)).toMatchObject({ status: 'RUNNING', restarts: 0 })
    expect(taskManager.aborted.map(ref => ref.jobId)).toEqual([jobId])
    expect((await jobManager.dispatcher.clusterMetrics()).availableSlots).toBe(3)
  })

  it('cancels a job: accepted once, then CANCELED with its slots free', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    expect(await jobManager.dispatcher.cancel(jobId)).toEqual({ accepted: true, status: 'CANCELLING' })
    expect((await jobManager.dispatcher.cancel(jobId)).accepted).toBe(false)
    await eventually(() => statusIs(jobId, 'CANCELED'))
    expect(await jobManager.dispatcher.cancel(jobId)).toEqual({ accepted: false, status: 'CANCELED' })
    expect(taskManager.runs.size).toBe(0)
    expect((await jobManager.dispatcher.clusterMetrics()).availableSlots).toBe(4)
    await expect(jobManager.dispatcher.cancel('job_ffffffff')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('restarts after a refused deployment, and runs when it is taken', async () => {
    const taskManager = await jobManager.addTaskManager()
    taskManager.deployError = new WeirError('BUFFERS', 'too few network buffers')
    const { jobId } = await jobManager.dispatcher.submit(submission(2, 300))
    expect((await jobManager.dispatcher.jobStatus(jobId)).error?.message).toBe('too few network buffers')
    taskManager.deployError = null
    await eventually(() => statusIs(jobId, 'FINISHED'))
  })

  it('tries a commit again until it succeeds', async () => {
    const taskManager = await jobManager.addTaskManager()
    taskManager.commitError = new WeirError('FILE_ACCESS', 'the disk is full')
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await eventually(async () => (await jobManager.dispatcher.jobStatus(jobId)).reason?.includes('the disk is full'))
    taskManager.commitError = null
    await eventually(() => statusIs(jobId, 'FINISHED'))
    expect(taskManager.commits).toEqual([{ operator: 'sink', committables: ['1/0'] }])
  })

  it('shows the latest rows and the metrics of a job', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await taskManager.publish(jobId, 1, [{ word: 'a' }, { word: 'b' }])
    expect((await jobManager.dispatcher.jobRows(jobId, 'sink')).map(({ row }) => row)).toEqual([
      { word: 'a' },
      { word: 'b' },
    ])
    const sent = { local: 1, ring: 2, tcp: 3 }
    const load = { status: 'running', recordsOut: 5, busyMs: 1, backpressuredMs: 0, idleMs: 1, watermark: 7 }
    const rest = { stateBytes: 0, overdraftBytesMax: 0, latency: { counts: [], sumSeconds: 0 }, sent, operators: [] }
    const subtask = { vertex: 0, subtask: 0, recordsIn: 5, ...load, ...rest }
    taskManager.metrics = [{ jobId, attempt: 1, slot: 0, subtasks: [subtask] }]
    const metrics = await eventually(async () => {
      const view = await jobManager.dispatcher.jobMetrics(jobId)
      return view.recordsIn === null ? null : view
    })
    expect(metrics.vertices[0]).toMatchObject({ id: 'source', recordsIn: 5, sent, watermark: 7 })
  })

  it('deletes an ended job with everything of it, and refuses while it runs', async () => {
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await expect(jobManager.dispatcher.deleteJob(jobId)).rejects.toMatchObject({ code: 'CONFLICT' })
    await taskManager.finishAll()
    await eventually(() => statusIs(jobId, 'FINISHED'))
    await jobManager.dispatcher.deleteJob(jobId)
    await expect(jobManager.dispatcher.jobStatus(jobId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await jobManager.dispatcher.listJobs()).toEqual([])
  })

  it('ends what a TaskManager still runs of an earlier JobManager before its slots count as free', async () => {
    const orphan = { jobId: 'job_00000001', attempt: 3, leaderEpoch: 0 }
    const taskManager = await jobManager.addTaskManager({ orphans: [orphan] })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    await eventually(() => statusIs(jobId, 'FINISHED'))
    expect(taskManager.cancelled[0]).toMatchObject({ jobId: orphan.jobId, attempt: 3 })
  })

  it('says what a job would need when it is only validated', async () => {
    await jobManager.addTaskManager({ slots: 1 })
    const checkpointing = { intervalMs: 1000, mode: 'exactly-once' } as const
    const valid = await jobManager.dispatcher.validate(submission(2, 0, { checkpointing }))
    expect(valid).toMatchObject({ slotsNeeded: 2, slotsFree: 1 })
    expect(valid.warnings).toHaveLength(2)
    expect(await jobManager.dispatcher.listJobs()).toEqual([])
  })

  it('says at the start of a job, and when it is checked, what it asks for and does not get', async () => {
    const missing = [/checkpoints are not there/]
    const asking = submission(1, 3000, {
      checkpointing: { intervalMs: 1000, mode: 'exactly-once' },
      stateBackend: 'rocksdb',
    })
    const { warnings } = await jobManager.dispatcher.validate(asking)
    for (const message of missing) expect(warnings.join('\n')).toMatch(message)
    await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(asking)
    const notices = (await jobManager.dispatcher.jobHistory(jobId)).filter(({ type }) => type === 'NOTICE')
    expect(notices.map(({ message }) => message)).toEqual(missing.map(message => expect.stringMatching(message)))
    const { jobId: other } = await jobManager.dispatcher.submit(submission(1))
    expect((await jobManager.dispatcher.jobHistory(other)).filter(({ type }) => type === 'NOTICE')).toEqual([])
  })

  it('names the line of the operator that the cluster refuses, and keeps nothing of the job', async () => {
    await jobManager.addTaskManager()
    const refused = jobManager.dispatcher.submit(submission(1, 0, { name: 'without input' }))
    await expect(refused).rejects.toMatchObject({ code: 'FILE_ACCESS', place: { operator: 'map', line: 7 } })
    expect(await jobManager.dispatcher.listJobs()).toEqual([])
  })

  it('refuses to start from a savepoint', async () => {
    await jobManager.addTaskManager()
    const request = { ...submission(1), fromSavepoint: 'latest' }
    await expect(jobManager.dispatcher.submit(request)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})
