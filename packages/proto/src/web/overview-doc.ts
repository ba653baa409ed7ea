import type { JobStatus, Tone, Verdict } from './job-doc.ts'

/** The live document of the cluster: Home, Jobs and Cluster show parts of it. Topic `overview`. */
export interface OverviewDoc {
  readonly cluster: ClusterDoc
  /** By job id, those of the history included. */
  readonly jobs: Readonly<Record<string, JobRowDoc>>
  /** By TaskManager id; lost ones stay for a while. */
  readonly taskManagers: Readonly<Record<string, TaskManagerDoc>>
  /** What needs somebody's attention, by a key that is stable while it lasts. */
  readonly attention: Readonly<Record<string, AttentionDoc>>
}

export interface ClusterDoc {
  readonly version: string
  readonly startedAt: number
  readonly taskManagersActive: number
  readonly taskManagersTotal: number
  readonly slotsTotal: number
  readonly slotsFree: number
  readonly recordsInPerSecond: number | null
  readonly jobsRunning: number
  readonly jobsWaiting: number
  readonly jobsFailed: number
  readonly jobsTotal: number
}

export interface JobRowDoc {
  readonly jobId: string
  readonly name: string
  readonly status: JobStatus
  readonly restarting: boolean
  readonly verdict: Verdict
  readonly parallelism: number
  readonly restarts: number
  readonly submittedAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly backpressure: number | null
  readonly busy: number | null
}

export interface TaskManagerDoc {
  readonly id: string
  readonly host: string
  readonly status: 'ACTIVE' | 'LOST'
  readonly pid: number
  readonly version: string
  readonly lastHeartbeat: number
  readonly lostAt: number | null
  /** 0 to the number of cores. */
  readonly cpu: number | null
  readonly eventLoopUtilization: number | null
  readonly memoryUsedBytes: number | null
  readonly memoryTotalBytes: number | null
  /** By slot index: the job that holds it; null is free. */
  readonly slots: Readonly<Record<string, string | null>>
  /** When it was lost lately and came back under the same id; the latest last. */
  readonly losses: readonly { readonly lostAt: number; readonly backAt: number }[]
}

export interface AttentionDoc {
  readonly key: string
  readonly tone: Tone
  /** What it is about, in bold before the sentence: a job's name or a TaskManager's id. */
  readonly subject: string
  /** Of the job that it is about, by which jobs of one name are told apart; null for a TaskManager. */
  readonly jobId: string | null
  readonly text: string
  readonly detail: string | null
  readonly since: number
  /** Where to go: a path of the web app, and what the link says. */
  readonly href: string
  readonly action: string
}
