import { WeirError } from '@weir/engine/base/errors'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import type {
  ClusterMetrics,
  ControlPlane,
  JobException,
  JobHistoryEvent,
  JobMetricsView,
  JobStatusView,
  JobSummary,
  PublicJobStatus,
  PublishedRow,
  SubmitRequest,
  TaskManagerView,
  ValidatedJob,
} from '../src/dispatcher/control-plane.ts'

const ENDED: readonly PublicJobStatus[] = ['FAILED', 'CANCELED', 'FINISHED']

interface MemoryJob {
  view: JobStatusView
  readonly request: SubmitRequest
  readonly graph: JobGraph
  readonly exceptions: JobException[]
  readonly history: JobHistoryEvent[]
  readonly rows: PublishedRow[]
}

/**
 * A JobManager that runs nothing: jobs get the status that a test sets. For tests of what stands before the Dispatcher.
 * JSON files are taken as graphs; of other files the text `fails: <message>` is a job with a syntax error in line 3.
 */
export class MemoryControlPlane implements ControlPlane {
  standby = false
  /** Without any, submissions are refused. */
  taskManagerViews: TaskManagerView[] = [taskManager('tm-1')]
  /** The status that a new job has when its submission is answered. */
  statusAfterSubmit: PublicJobStatus = 'RUNNING'
  /** What the next cancel leaves the job in. */
  statusAfterCancel: PublicJobStatus = 'CANCELLING'
  /** What the history of a new job has beside its submission. */
  notices: readonly string[] = []
  readonly submitted: SubmitRequest[] = []
  readonly #jobs = new Map<string, MemoryJob>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  role(): 'leader' | 'standby' {
    return this.standby ? 'standby' : 'leader'
  }

  async submit(request: SubmitRequest): Promise<{ jobId: string; status: PublicJobStatus }> {
    this.submitted.push(request)
    const graph = graphOf(request)
    if (this.taskManagerViews.length === 0) throw new WeirError('NO_TASK_MANAGERS', 'no TaskManager is registered')
    const jobId = `job_${(this.#jobs.size + 1).toString(16).padStart(8, '0')}`
    const now = this.#now()
    const parallelism = request.parallelism ?? graph.parallelism
    const view: JobStatusView = {
      jobId,
      name: request.name ?? graph.name,
      status: this.statusAfterSubmit,
      parallelism,
      submittedAt: now,
      startedAt: this.statusAfterSubmit === 'CREATED' ? null : now,
      finishedAt: null,
      restarts: 0,
      reason: this.statusAfterSubmit === 'CREATED' ? 'needs 8 slots, 4 are free' : null,
      restarting: false,
      attempt: 1,
      error: null,
      vertices: graph.nodes.map(node => ({
        id: node.uid,
        name: node.name,
        parallelism,
        status: 'RUNNING',
        subtasks: Array.from({ length: parallelism }, (_, index) => ({
          index,
          status: 'RUNNING',
          taskManager: 'tm-1',
          slot: index,
        })),
      })),
    }
    const history = [
      { at: now, type: 'SUBMITTED', message: `submitted by ${request.user}` },
      ...this.notices.map(message => ({ at: now, type: 'NOTICE', message })),
    ]
    this.#jobs.set(jobId, { view, request, graph, exceptions: [], history, rows: [] })
    return { jobId, status: view.status }
  }

  async validate(request: SubmitRequest): Promise<ValidatedJob> {
    const graph = graphOf(request)
    return { graph, graphHash: 'f'.repeat(64), slotsNeeded: graph.parallelism, slotsFree: 4, warnings: ['a warning'] }
  }

  async listJobs(): Promise<readonly JobSummary[]> {
    return [...this.#jobs.values()].map(job => job.view).reverse()
  }

  async jobStatus(jobId: string): Promise<JobStatusView> {
    return this.#job(jobId).view
  }

  async jobMetrics(jobId: string): Promise<JobMetricsView> {
    const { view } = this.#job(jobId)
    const load = {
      recordsIn: 10,
      recordsOut: 20,
      recordsPerSecond: 2.5,
      busy: 0.25,
      backpressure: 0,
      idle: 0.75,
      watermark: 1_000,
      watermarkLagMs: null,
      stateBytes: 0,
    }
    return {
      jobId,
      recordsIn: 10,
      recordsOut: 20,
      recordsPerSecond: 2.5,
      watermark: Number.POSITIVE_INFINITY,
      vertices: view.vertices.map(vertex => ({
        id: vertex.id,
        name: vertex.name,
        ...load,
        sent: { local: 1, ring: 2, tcp: 3 },
        operators: [
          { uid: vertex.id, name: vertex.name, recordsIn: 10, recordsOut: 20, lateRecords: 0, stateBytes: 0 },
        ],
        subtasks: [{ index: 0, ...load }],
      })),
    }
  }

  async jobSource(jobId: string): Promise<{ graph: JobGraph; source: string; fileName: string }> {
    const { graph, request } = this.#job(jobId)
    return { graph, source: new TextDecoder().decode(request.content), fileName: request.fileName }
  }

  async jobExceptions(jobId: string): Promise<readonly JobException[]> {
    return this.#job(jobId).exceptions
  }

  async jobHistory(jobId: string): Promise<readonly JobHistoryEvent[]> {
    return this.#job(jobId).history
  }

  async jobRows(jobId: string, operator?: string): Promise<readonly PublishedRow[]> {
    return this.#job(jobId).rows.filter(row => operator === undefined || row.operator === operator)
  }

  async cancel(jobId: string): Promise<{ accepted: boolean; status: PublicJobStatus }> {
    const { view } = this.#job(jobId)
    if (view.status === 'CANCELLING' || ENDED.includes(view.status)) return { accepted: false, status: view.status }
    this.setStatus(jobId, this.statusAfterCancel)
    return { accepted: true, status: 'CANCELLING' }
  }

  async deleteJob(jobId: string): Promise<void> {
    const { view } = this.#job(jobId)
    if (!ENDED.includes(view.status)) throw new WeirError('CONFLICT', `job ${jobId} is ${view.status}: cancel it first`)
    this.#jobs.delete(jobId)
  }

  async taskManagers(): Promise<readonly TaskManagerView[]> {
    return this.taskManagerViews
  }

  async clusterMetrics(): Promise<ClusterMetrics> {
    return {
      totalTaskManagers: this.taskManagerViews.length,
      activeTaskManagers: this.taskManagerViews.length,
      totalSlots: 4,
      availableSlots: 3,
      utilization: 0.25,
      totalJobs: this.#jobs.size,
      runningJobs: [...this.#jobs.values()].filter(job => job.view.status === 'RUNNING').length,
    }
  }

  /** For tests: what the job does next. */
  setStatus(
    jobId: string,
    status: PublicJobStatus,
    error: Pick<JobException, 'operator' | 'subtask' | 'message' | 'stack'> | null = null,
  ): void {
    const job = this.#job(jobId)
    const at = this.#now()
    const failure = error === null ? null : { code: 'USER_FUNCTION' as const, record: null, ...error, at }
    if (failure !== null) job.exceptions.unshift({ ...failure, attempt: job.view.attempt })
    job.history.push({ at, type: 'STATUS', message: status })
    job.view = { ...job.view, status, error: failure, finishedAt: ENDED.includes(status) ? at : null }
  }

  addRow(jobId: string, operator: string, row: unknown): void {
    this.#job(jobId).rows.push({ at: this.#now(), operator, subtask: 0, row })
  }

  #job(jobId: string): MemoryJob {
    const job = this.#jobs.get(jobId)
    if (job === undefined) throw new WeirError('NOT_FOUND', `there is no job ${jobId}`)
    return job
  }
}

function graphOf(request: SubmitRequest): JobGraph {
  const text = new TextDecoder().decode(request.content)
  const failure = /fails: (.*)/.exec(text)?.[1]
  if (failure !== undefined) {
    const place = { operator: 'split', line: 3, column: 4, file: request.fileName }
    throw new WeirError('JOB_SYNTAX', failure, { place })
  }
  if (request.fileName.endsWith('.json')) return jobGraphSchema.parse(JSON.parse(text))
  return jobGraphSchema.parse({
    name: request.fileName.replace(/\.\w+$/, ''),
    nodes: [
      { uid: 'source', type: 'fromElements', name: 'numbers', config: { elements: [1, 2, 3] } },
      { uid: 'sink', type: 'collect', name: 'rows' },
    ],
    edges: [{ from: 'source', to: 'sink' }],
  })
}

export function taskManager(id: string): TaskManagerView {
  return {
    id,
    host: '127.0.0.1',
    status: 'ACTIVE',
    slotsTotal: 4,
    slotsFree: 3,
    lastHeartbeat: 1_700_000_000_000,
    lostAt: null,
    pid: 4711,
    version: '0.1.0',
    cpu: 0.5,
    eventLoopUtilization: 0.1,
    memoryUsedBytes: 1_000,
    memoryTotalBytes: 2_000,
    losses: [],
    slots: ['job_00000001', null, null, null],
  }
}
