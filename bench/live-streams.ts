import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { asAdmin } from '../apps/jobmanager/test/api-harness.ts'
import { FakeTaskManager } from '../apps/jobmanager/test/fake-task-manager.ts'
import { LiveClient } from '../apps/jobmanager/test/live-client.ts'
import { SECRET } from '../apps/jobmanager/test/test-job-manager.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { cpuSecondsOf } from './support/cpu-time.ts'

/**
 * What watching a large job costs the JobManager: CPU seconds per second, by the number of pages that watch it. Every
 * subtask reports new figures every second.
 */
const usage = 'npm run bench -- live-streams [--vertices 200] [--subtasks 8] [--seconds 10] [--json]'
const options = benchArguments(usage, {
  vertices: { type: 'string', default: '200' },
  subtasks: { type: 'string', default: '8' },
  seconds: { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
})
const vertices = wholeNumber(options.vertices, 'vertices')
const subtasks = wholeNumber(options.subtasks, 'subtasks')
const seconds = wholeNumber(options.seconds, 'seconds')

const server = fork(join(import.meta.dirname, 'support/live-server.ts'))
const [{ http, rpcPort }] = (await once(server, 'message')) as [{ http: string; rpcPort: number }]
const taskManager = new FakeTaskManager({
  id: 'tm-1',
  incarnation: 'i1',
  slots: subtasks,
  secret: SECRET,
  jobManagerPort: rpcPort,
  finishes: false,
})
await taskManager.start()

const nodes = Array.from({ length: vertices }, (_, at) => ({ uid: `op-${at}`, type: 'map', name: `operator ${at}` }))
const edges = nodes.slice(1).map(({ uid }, at) => ({ from: nodes[at]!.uid, to: uid, partitioner: 'rebalance' }))
const form = new FormData()
form.append('job_file', new Blob([JSON.stringify({ name: 'large', parallelism: subtasks, nodes, edges })]), 'job.json')
const submitted = await fetch(`${http}/jobs/submit`, { method: 'POST', body: form, headers: asAdmin })
const { job_id: jobId } = (await submitted.json()) as { job_id: string }

let ticks = 0
const report = setInterval(() => {
  ticks++
  taskManager.metrics = Array.from({ length: subtasks }, (_, slot) => slotMetrics(slot, ticks))
  // The next heartbeats say nothing of them: reports come once a second.
  setTimeout(() => {
    taskManager.metrics = []
  }, 60)
}, 1000)

function slotMetrics(slot: number, tick: number) {
  const records = (at: number) => tick * 10_000 + Math.floor(Math.random() * 1_000) + at
  const list = nodes.map(({ uid, name }, at) => ({
    vertex: at,
    subtask: slot,
    status: 'running',
    recordsIn: records(at),
    recordsOut: records(at),
    busyMs: tick * 300 + Math.random() * 200,
    backpressuredMs: tick * 200 + Math.random() * 100,
    idleMs: tick * 300,
    watermark: 1_700_000_000_000 + tick * 1_000 + at,
    stateBytes: tick * 1_000 + at,
    overdraftBytesMax: 0,
    latency: { counts: [], sumSeconds: 0 },
    sent: { local: 0, ring: 0, tcp: 0 },
    operators: [{ uid, name, recordsIn: records(at), recordsOut: records(at), lateRecords: 0, stateBytes: 0 }],
  }))
  return { jobId, attempt: 1, slot, subtasks: list }
}

const MANY = 40

/** CPU seconds per second, and bytes per second of one page. */
async function measure(pages: number): Promise<{ cpu: number; bytes: number }> {
  const topics = [{ kind: 'job', jobId } as const, { kind: 'overview' } as const]
  const clients = Array.from({ length: pages }, () => new LiveClient(http, topics, asAdmin))
  await new Promise(resolve => setTimeout(resolve, 4000))
  const before = { cpu: cpuSecondsOf(server.pid!), at: performance.now(), bytes: clients[0]?.bytes ?? 0 }
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
  const passed = (performance.now() - before.at) / 1000
  const cpu = (cpuSecondsOf(server.pid!) - before.cpu) / passed
  const bytes = ((clients[0]?.bytes ?? 0) - before.bytes) / passed
  if (pages > 0 && !clients.every(({ docs }) => docs.has(`job/${jobId}`))) throw new Error('a page has no document')
  for (const client of clients) client.leave()
  return { cpu, bytes: Math.round(bytes) }
}

const none = await measure(0)
const one = await measure(1)
const five = await measure(5)
const many = await measure(MANY)
clearInterval(report)
taskManager.kill()
server.send('end')
await once(server, 'exit')
printResult(
  {
    benchmark: 'live-streams',
    vertices,
    subtasks,
    cpu_without_pages: none.cpu,
    cpu_1_page: one.cpu,
    cpu_5_pages: five.cpu,
    [`cpu_${MANY}_pages`]: many.cpu,
    bytes_per_second_of_a_page: five.bytes,
  },
  options.json === true,
)
process.exit()
