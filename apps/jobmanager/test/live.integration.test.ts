import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodePlatform } from '@weir/process/platform-node'
import type { JobDoc } from '@weir/proto/web/job-doc'
import type { LiveTopic } from '@weir/proto/web/live'
import type { OverviewDoc } from '@weir/proto/web/overview-doc'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HttpServer, startHttpServer } from '../src/api/http-server.ts'
import { LogFolderReader } from '../src/api/log-folder-reader.ts'
import { jobManagerSources } from '../src/live/job-manager-sources.ts'
import { LiveHub } from '../src/live/live-hub.ts'
import { LiveViews } from '../src/views/live-views.ts'
import { ADMIN_TOKEN, ApiParts, asAdmin } from './api-harness.ts'
import { LiveClient } from './live-client.ts'
import { eventually, submission, TestDatabase, TestJobManager } from './test-job-manager.ts'

/** So soon an event has to be on the page; it is meant to be there within 300 ms. */
const PROMPT_MS = 900
const OVERVIEW: LiveTopic = { kind: 'overview' }

const database = new TestDatabase()
const logFolder = mkdtempSync(join(tmpdir(), 'weir-live-logs-'))
let jobManager: TestJobManager
let servers: HttpServer[]
let clients: LiveClient[]

beforeAll(() => database.open())
afterAll(async () => {
  await database.remove()
  rmSync(logFolder, { recursive: true })
})
beforeEach(async () => {
  await database.clear()
  jobManager = new TestJobManager(database)
  await jobManager.start()
  servers = []
  clients = []
})
afterEach(async () => {
  for (const client of clients) client.leave()
  for (const server of servers) await server.close()
  await jobManager.remove()
})

/** The HTTP interface of the JobManager over its real documents, rows and logs. */
async function serve(incarnation = 'one', port = 0): Promise<HttpServer> {
  const parts = new ApiParts()
  const views = new LiveViews({
    cluster: () => jobManager.dispatcher,
    store: jobManager.store.jobs,
    clock: nodePlatform.clock,
    timers: nodePlatform.timers,
    version: '0.1.0',
  })
  const logs = new LogFolderReader(logFolder)
  const sources = jobManagerSources({
    documents: views,
    dispatcher: () => jobManager.dispatcher,
    logs,
    changes: jobManager.changes,
  })
  const live = new LiveHub({
    sources,
    platform: nodePlatform,
    incarnation,
    onFault: (_topic, error) => expect.fail(error.message),
  })
  const { drafts, jobs, templates, starterTemplates } = parts.web
  const server = await startHttpServer({
    controlPlane: jobManager.dispatcher,
    credentials: parts.credentials,
    settings: { host: '127.0.0.1', port },
    adminToken: ADMIN_TOKEN,
    logger: parts.logger,
    metrics: async () => '',
    logs,
    web: { drafts, jobs, templates, starterTemplates, live },
    version: '0.1.0',
  })
  servers.push(server)
  return server
}

function watch(server: HttpServer, topics: LiveTopic[], lastEventId: string | null = null): LiveClient {
  const client = new LiveClient(server.address, topics, asAdmin, lastEventId)
  clients.push(client)
  return client
}

const overviewOf = (client: LiveClient) => client.docs.get('overview') as OverviewDoc | undefined
const docOf = (client: LiveClient, jobId: string) => client.docs.get(`job/${jobId}`) as JobDoc | undefined

describe('live over HTTP', () => {
  it('shows a submission, a cancellation and the end of a job as they happen', async () => {
    const server = await serve()
    const page = watch(server, [OVERVIEW])
    await eventually(() => overviewOf(page))
    await jobManager.addTaskManager({ finishes: false })
    await eventually(() => overviewOf(page)?.cluster.slotsFree === 4, PROMPT_MS)
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    await eventually(() => overviewOf(page)?.jobs[jobId]?.status === 'RUNNING', PROMPT_MS)
    const job = watch(server, [{ kind: 'job', jobId }])
    await eventually(() => docOf(job, jobId))
    await jobManager.dispatcher.cancel(jobId)
    await eventually(() => docOf(job, jobId)?.status === 'CANCELED', 5000)
    await eventually(() => overviewOf(page)?.jobs[jobId]?.status === 'CANCELED', PROMPT_MS)
    await jobManager.dispatcher.deleteJob(jobId)
    await eventually(() => job.kinds.includes('gone'), PROMPT_MS)
    await eventually(() => overviewOf(page)?.jobs[jobId] === undefined, PROMPT_MS)
  })

  it('shows at once that a TaskManager was lost, and what that means for its job', async () => {
    const server = await serve()
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(2))
    const page = watch(server, [OVERVIEW, { kind: 'job', jobId }])
    await eventually(() => docOf(page, jobId)?.status === 'RUNNING' && overviewOf(page))
    taskManager.kill()
    await eventually(() => overviewOf(page)?.taskManagers['tm-1']?.status === 'LOST', PROMPT_MS)
    await eventually(() => docOf(page, jobId)?.restarting, PROMPT_MS)
    await jobManager.addTaskManager({ id: 'tm-1', finishes: false })
    await eventually(() => overviewOf(page)?.taskManagers['tm-1']?.status === 'ACTIVE', PROMPT_MS)
  })

  it('sends rows and log lines that are asked for', async () => {
    const server = await serve()
    const taskManager = await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    const line = (msg: string) =>
      `${JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.000Z', msg, job: jobId, operator: 'map', subtask: 0 })}\n`
    appendFileSync(join(logFolder, 'tm-1.log'), line('first line') + line('another'))
    const rows: LiveTopic = { kind: 'rows', jobId, operator: null }
    const logs: LiveTopic = { kind: 'logs', jobId, operator: 'map', subtask: 0, search: 'LINE' }
    const page = watch(server, [rows, logs])
    await taskManager.publish(jobId, 1, [{ word: 'a' }, { word: 'b' }])
    await eventually(() => page.lists.get(`rows/${jobId}/`)?.length === 2)
    expect(page.lists.get(`rows/${jobId}/`)).toMatchObject([{ seq: 1, row: { word: 'a' } }, { row: { word: 'b' } }])
    appendFileSync(join(logFolder, 'tm-1.log'), line('second line'))
    const key = `logs/${jobId}/map/0/LINE`
    await eventually(() => page.lists.get(key)?.length === 2)
    expect(page.lists.get(key)).toMatchObject([{ message: 'first line' }, { message: 'second line', operator: 'map' }])
  })

  it('goes on by id after a broken connection, and with a whole document after a restart of the JobManager', async () => {
    const server = await serve()
    await jobManager.addTaskManager({ finishes: false })
    const { jobId } = await jobManager.dispatcher.submit(submission(1))
    const topic: LiveTopic = { kind: 'job', jobId }
    const first = watch(server, [topic])
    await eventually(() => docOf(first, jobId))
    first.leave()
    await jobManager.dispatcher.cancel(jobId)
    const second = watch(server, [topic], first.lastId)
    second.docs.set(`job/${jobId}`, docOf(first, jobId))
    await eventually(() => docOf(second, jobId)?.status === 'CANCELED')
    expect(second.kinds).not.toContain('snapshot')
    await server.close()
    await eventually(() => second.isEnded)
    const third = watch(await serve('two', server.port), [topic], second.lastId)
    await eventually(() => third.kinds.length > 0)
    expect(third.kinds).toEqual(['snapshot'])
    expect(docOf(third, jobId)).toEqual(docOf(second, jobId))
  })

  it('ends streams when it closes, within a second', async () => {
    const server = await serve()
    const pages = Array.from({ length: 5 }, () => watch(server, [OVERVIEW]))
    await eventually(() => pages.every(page => overviewOf(page)))
    const began = performance.now()
    await server.close()
    expect(performance.now() - began).toBeLessThan(1000)
    await eventually(() => pages.every(page => page.isEnded))
    expect(pages.map(page => page.events.at(-1)?.name)).toEqual(pages.map(() => 'return'))
  })

  it('refuses who is not logged in', async () => {
    const server = await serve()
    const page = new LiveClient(server.address, [OVERVIEW], {})
    await eventually(() => page.isEnded)
    expect([page.status, page.received]).toEqual([401, []])
  })
})
