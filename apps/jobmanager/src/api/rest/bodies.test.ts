import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { describe, expect, it } from 'vitest'
import { ApiParts, asAdmin, multipart } from '../../../test/api-harness.ts'

const NOW = '2026-01-02T03:04:05.000Z'

async function withJob(parallelism = '2') {
  const parts = new ApiParts()
  const app = await parts.app()
  const form = await multipart({ name: 'words.ts', content: 'export default env' }, { parallelism })
  const answer = await app.inject({
    method: 'POST',
    url: '/jobs/submit',
    ...form,
    headers: { ...form.headers, ...asAdmin },
  })
  const id: string = answer.json().job_id
  const get = async (url: string) => (await app.inject({ url, headers: asAdmin })).json()
  return { parts, app, id, answer, get }
}

describe('the bodies of the documented paths', () => {
  it('GET / says what the server is', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    expect((await app.inject('/')).json()).toEqual({ name: 'weir', version: '0.1.0', status: 'ok', role: 'leader' })
    parts.controlPlane.standby = true
    expect((await app.inject('/')).json()).toMatchObject({ role: 'standby' })
    expect((await app.inject('/health')).json()).toEqual({ status: 'ok', role: 'standby' })
    expect((await app.inject({ url: '/jobs', headers: asAdmin })).json()).toMatchObject({ code: 'NOT_LEADER' })
  })

  it('GET /metrics is the text of Prometheus', async () => {
    const answer = await (await new ApiParts().app()).inject('/metrics')
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.body).toBe('# HELP up up\nup 1\n')
  })

  it('POST /jobs/submit hands the file and its fields to the Dispatcher', async () => {
    const { parts, answer, id } = await withJob()
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({ job_id: id, status: 'RUNNING' })
    expect(parts.controlPlane.submitted[0]).toMatchObject({
      fileName: 'words.ts',
      parallelism: 2,
      user: 'admin',
      waitMs: 3000,
    })
    expect(Buffer.from(parts.controlPlane.submitted[0]!.content).toString()).toBe('export default env')
    expect(parts.credentials.audit).toMatchObject([{ actor: 'admin', action: 'POST /jobs/submit', target: id }])
  })

  it('POST /jobs/submit says CREATED while the job waits for slots, and 503 when there is no TaskManager', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const form = await multipart({ name: 'words.ts', content: 'export default env' }, { name: 'mine' })
    const submit = { method: 'POST', url: '/jobs/submit', ...form, headers: { ...form.headers, ...asAdmin } } as const
    parts.controlPlane.statusAfterSubmit = 'CREATED'
    expect((await app.inject(submit)).json()).toMatchObject({ status: 'CREATED' })
    expect(parts.controlPlane.submitted[0]).toMatchObject({ name: 'mine' })
    parts.controlPlane.taskManagerViews = []
    const refused = await app.inject(submit)
    expect(refused.statusCode).toBe(503)
    expect(refused.json().detail).toBe('No available TaskManagers for scheduling')
  })

  it('POST /jobs/submit starts one job for one Idempotency-Key', async () => {
    const { app, parts } = await withJob()
    const submit = async (content: string) => {
      const form = await multipart({ name: 'a.ts', content })
      const headers = { ...form.headers, ...asAdmin, 'idempotency-key': 'deploy-17' }
      return app.inject({ method: 'POST', url: '/api/v1/jobs/submit', payload: form.payload, headers })
    }
    const first = await submit('one')
    const second = await submit('one')
    expect(second.json()).toEqual(first.json())
    expect(parts.controlPlane.submitted).toHaveLength(2)
    expect((await submit('two')).statusCode).toBe(409)
  })

  it('GET /jobs lists all jobs, newest first', async () => {
    const { app, get, id } = await withJob()
    const form = await multipart({ name: 'second.ts', content: 'export default env' })
    await app.inject({ method: 'POST', url: '/jobs/submit', ...form, headers: { ...form.headers, ...asAdmin } })
    const jobs = await get('/jobs')
    expect(jobs.map((job: { name: string }) => job.name)).toEqual(['second', 'words'])
    expect(jobs[1]).toEqual({
      job_id: id,
      name: 'words',
      status: 'RUNNING',
      parallelism: 2,
      submitted_at: NOW,
      started_at: NOW,
      finished_at: null,
      restarts: 0,
    })
    expect(await get('/api/v1/jobs')).toEqual(jobs)
  })

  it('GET /jobs/{id}/status has vertices, subtasks and the error', async () => {
    const { parts, get, id } = await withJob('1')
    const error = { operator: 'numbers', subtask: 0, message: 'x is not a function', stack: 'at split (job.ts:3:5)' }
    parts.controlPlane.setStatus(id, 'FAILED', error)
    const vertex = (uid: string, name: string) => ({
      id: uid,
      name,
      parallelism: 1,
      status: 'RUNNING',
      subtasks: [{ index: 0, status: 'RUNNING', task_manager: 'tm-1', slot: 0 }],
    })
    expect(await get(`/jobs/${id}/status`)).toEqual({
      job_id: id,
      name: 'words',
      status: 'FAILED',
      reason: null,
      restarting: false,
      attempt: 1,
      error: { ...error, at: NOW },
      vertices: [vertex('source', 'numbers'), vertex('sink', 'rows')],
      last_checkpoint: null,
    })
  })

  it('POST /jobs/{id}/cancel is 202 the first time, then 200 with the status', async () => {
    const { app, id, parts } = await withJob()
    const cancel = () => app.inject({ method: 'POST', url: `/jobs/${id}/cancel`, headers: asAdmin })
    const first = await cancel()
    expect([first.statusCode, first.json()]).toEqual([202, { job_id: id, status: 'CANCELLING' }])
    const second = await cancel()
    expect([second.statusCode, second.json()]).toEqual([200, { job_id: id, status: 'CANCELLING' }])
    parts.controlPlane.setStatus(id, 'CANCELED')
    const third = await cancel()
    expect([third.statusCode, third.json()]).toEqual([200, { job_id: id, status: 'CANCELED' }])
  })

  it('GET /jobs/{id}/metrics has ratios, ISO times, and null for what no time can say', async () => {
    const { get, id } = await withJob('1')
    const metrics = await get(`/jobs/${id}/metrics`)
    const load = {
      records_in: 10,
      records_out: 20,
      records_per_second: 2.5,
      busy: 0.25,
      backpressure: 0,
      idle: 0.75,
      watermark: '1970-01-01T00:00:01.000Z',
      watermark_lag_ms: null,
      state_bytes: 0,
    }
    expect(metrics).toMatchObject({ job_id: id, records_in: 10, records_out: 20, records_per_second: 2.5 })
    expect(metrics.watermark).toBeNull()
    expect(metrics.vertices[0]).toEqual({
      id: 'source',
      name: 'numbers',
      ...load,
      sent: { local: 1, ring: 2, tcp: 3 },
      operators: [{ uid: 'source', name: 'numbers', records_in: 10, records_out: 20, late_records: 0, state_bytes: 0 }],
      subtasks: [{ index: 0, ...load }],
    })
  })

  it('POST /jobs/{id}/savepoint is 501 with a detail, 404 for an unknown job', async () => {
    const { app, id } = await withJob()
    const answer = await app.inject({ method: 'POST', url: `/jobs/${id}/savepoint`, headers: asAdmin })
    expect(answer.statusCode).toBe(501)
    expect(answer.json().detail).toContain('savepoints are not there in this version')
    const unknown = await app.inject({ method: 'POST', url: '/jobs/job_ffffffff/savepoint', headers: asAdmin })
    expect(unknown.statusCode).toBe(404)
  })

  it('GET /taskmanagers and /cluster/metrics describe the cluster', async () => {
    const { get } = await withJob()
    expect(await get('/taskmanagers')).toEqual([
      {
        task_manager_id: 'tm-1',
        host: '127.0.0.1',
        status: 'ACTIVE',
        slots_total: 4,
        slots_free: 3,
        last_heartbeat: '2023-11-14T22:13:20.000Z',
        pid: 4711,
        cpu: 0.5,
        memory_used: 1000,
        memory_total: 2000,
      },
    ])
    expect(await get('/cluster/metrics')).toEqual({
      total_task_managers: 1,
      active_task_managers: 1,
      total_slots: 4,
      available_slots: 3,
      utilization: 0.25,
      total_jobs: 1,
      running_jobs: 1,
    })
  })
})

describe('the details of a job under /api/v1', () => {
  it('are its graph, source, exceptions, history and rows', async () => {
    const { parts, get, id } = await withJob()
    parts.controlPlane.addRow(id, 'rows', { word: '<b>', n: 1 })
    parts.controlPlane.addRow(id, 'other', undefined)
    parts.controlPlane.setStatus(id, 'FAILED', { operator: null, subtask: null, message: 'gone', stack: null })
    expect(jobGraphSchema.parse(await get(`/api/v1/jobs/${id}/graph`)).name).toBe('words')
    expect(await get(`/api/v1/jobs/${id}/source`)).toEqual({ file_name: 'words.ts', source: 'export default env' })
    expect(await get(`/api/v1/jobs/${id}/exceptions`)).toEqual([
      { operator: null, subtask: null, message: 'gone', stack: null, at: NOW, attempt: 1 },
    ])
    expect(await get(`/api/v1/jobs/${id}/history`)).toEqual([
      { at: NOW, type: 'SUBMITTED', message: 'submitted by admin' },
      { at: NOW, type: 'STATUS', message: 'FAILED' },
    ])
    const rows = await get(`/api/v1/jobs/${id}/rows`)
    expect(rows).toEqual([
      { at: NOW, operator: 'rows', subtask: 0, row: { word: '<b>', n: 1 } },
      { at: NOW, operator: 'other', subtask: 0, row: null },
    ])
    expect(await get(`/api/v1/jobs/${id}/rows?operator=rows`)).toEqual([rows[0]])
  })

  it('are its log lines, followed by cursor', async () => {
    const { parts, get, id } = await withJob()
    parts.logTail = { lines: [{ level: 'info', time: NOW, msg: 'hello', job: id, extra: [1] }], cursor: 'c1' }
    expect(await get(`/api/v1/jobs/${id}/logs?after=c0&limit=5&operator=split&subtask=1`)).toEqual({
      lines: [{ level: 'info', time: NOW, msg: 'hello', job: id, extra: [1] }],
      cursor: 'c1',
    })
    expect(parts.logQueries).toEqual([{ jobId: id, after: 'c0', limit: 5, operator: 'split', subtask: 1 }])
    expect(await get('/api/v1/jobs/job_ffffffff/logs')).toMatchObject({ status: 404 })
  })

  it('can be checked without starting it', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const form = await multipart({ name: 'words.ts', content: 'export default env' })
    const headers = { ...form.headers, ...asAdmin }
    const answer = await app.inject({ method: 'POST', url: '/api/v1/jobs/validate', payload: form.payload, headers })
    expect(answer.json()).toMatchObject({ valid: true, slots_needed: 1, slots_free: 4, warnings: ['a warning'] })
    expect(await parts.controlPlane.listJobs()).toEqual([])
  })

  it('can be removed once it has ended', async () => {
    const { app, parts, id, get } = await withJob()
    const remove = () => app.inject({ method: 'DELETE', url: `/api/v1/jobs/${id}`, headers: asAdmin })
    expect((await remove()).statusCode).toBe(409)
    parts.controlPlane.setStatus(id, 'FINISHED')
    const removed = await remove()
    expect([removed.statusCode, removed.body]).toEqual([204, ''])
    expect(await get('/jobs')).toEqual([])
  })
})
