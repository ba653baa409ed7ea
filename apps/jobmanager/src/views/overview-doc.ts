import type { JobStatus, Verdict } from '@weir/proto/web/job-doc'
import type { ClusterDoc, JobRowDoc, OverviewDoc, TaskManagerDoc } from '@weir/proto/web/overview-doc'
import type { TaskManagerView } from '../dispatcher/control-plane.ts'
import { maxOfKnown } from '../metrics/known-values.ts'
import { attentionOf } from './attention.ts'
import type { JobSight } from './job-sight.ts'
import { roundRate, roundRatio } from './rounding.ts'

export interface OverviewRequest {
  /** Wall-clock ms. */
  readonly now: number
  readonly version: string
  /** When this JobManager began. */
  readonly startedAt: number
  /** Of all jobs, those included that are not listed. */
  readonly statuses: readonly JobStatus[]
  /** Those that are listed, newest first. */
  readonly jobs: readonly JobRowDoc[]
  readonly taskManagers: readonly TaskManagerView[]
}

/** The live document of the cluster. */
export function overviewDoc(request: OverviewRequest): OverviewDoc {
  return {
    cluster: clusterDoc(request),
    jobs: Object.fromEntries(request.jobs.map(job => [job.jobId, job])),
    taskManagers: Object.fromEntries(request.taskManagers.map(view => [view.id, taskManagerDoc(view)])),
    attention: attentionOf(request),
  }
}

export function jobRowDoc(sight: JobSight, verdict: Verdict): JobRowDoc {
  const { status, figures } = sight
  const flow = figures.totals
  return {
    jobId: status.jobId,
    name: status.name,
    status: status.status,
    restarting: status.restarting,
    verdict,
    parallelism: status.parallelism,
    restarts: status.restarts,
    submittedAt: status.submittedAt,
    startedAt: status.startedAt,
    finishedAt: status.finishedAt,
    recordsIn: flow.recordsIn,
    recordsOut: flow.recordsOut,
    recordsInPerSecond: roundRate(flow.recordsInPerSecond),
    recordsOutPerSecond: roundRate(flow.recordsOutPerSecond),
    backpressure: roundRatio(maxOfKnown(figures.vertices.map(({ backpressure }) => backpressure))),
    busy: roundRatio(maxOfKnown(figures.vertices.map(({ busy }) => busy))),
  }
}

function clusterDoc({ version, startedAt, statuses, jobs, taskManagers }: OverviewRequest): ClusterDoc {
  const active = taskManagers.filter(({ status }) => status === 'ACTIVE')
  const running = jobs.filter(({ status }) => status === 'RUNNING')
  const rates = running.flatMap(({ recordsInPerSecond }) => (recordsInPerSecond === null ? [] : [recordsInPerSecond]))
  return {
    version,
    startedAt,
    taskManagersActive: active.length,
    taskManagersTotal: taskManagers.length,
    slotsTotal: sum(active.map(({ slotsTotal }) => slotsTotal)),
    slotsFree: sum(active.map(({ slotsFree }) => slotsFree)),
    recordsInPerSecond: running.length > 0 && rates.length === 0 ? null : roundRate(sum(rates)),
    jobsRunning: running.length,
    jobsWaiting: statuses.filter(status => status === 'CREATED').length,
    jobsFailed: statuses.filter(status => status === 'FAILED').length,
    jobsTotal: statuses.length,
  }
}

function taskManagerDoc(view: TaskManagerView): TaskManagerDoc {
  return {
    id: view.id,
    host: view.host,
    status: view.status,
    pid: view.pid,
    version: view.version,
    lastHeartbeat: view.lastHeartbeat,
    lostAt: view.lostAt,
    cpu: roundRatio(view.cpu),
    eventLoopUtilization: roundRatio(view.eventLoopUtilization),
    memoryUsedBytes: roundRate(view.memoryUsedBytes),
    memoryTotalBytes: view.memoryTotalBytes,
    slots: Object.fromEntries(view.slots.map((jobId, index) => [index, jobId])),
    losses: view.losses,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
