import { Counter, Gauge, type Registry } from 'prom-client'
import type { ClusterMetrics, JobMetricsView, JobSummary } from '../dispatcher/control-plane.ts'

export interface ClusterMetricsSource {
  /** Null on a standby, which knows nothing of the cluster. */
  cluster(): Promise<ClusterMetrics> | null
  jobs(): readonly JobSummary[]
  liveJobs(): readonly { readonly jobId: string; readonly restarts: number; readonly metrics: JobMetricsView }[]
}

/**
 * What the JobManager knows of the cluster, for Prometheus. The metrics of single tasks are those of the TaskManagers;
 * here are their ratios and lags by vertex, with `task` = `job/vertex`. Counters of records are not repeated, so that a
 * sum over all processes counts each record once.
 */
export function registerClusterMetrics(registry: Registry, source: ClusterMetricsSource): void {
  const registers = [registry]
  new Gauge({
    name: 'weir_leader',
    help: '1 on the JobManager that leads, 0 on a standby.',
    registers,
    collect() {
      this.set(source.cluster() === null ? 0 : 1)
    },
  })
  new Gauge({
    name: 'weir_task_managers',
    help: 'TaskManagers by status.',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset()
      const cluster = await source.cluster()
      if (cluster === null) return
      this.set({ status: 'ACTIVE' }, cluster.activeTaskManagers)
      this.set({ status: 'LOST' }, cluster.totalTaskManagers - cluster.activeTaskManagers)
    },
  })
  new Gauge({
    name: 'weir_slots',
    help: 'Slots of the active TaskManagers, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      const cluster = await source.cluster()
      if (cluster === null) return
      this.set({ state: 'free' }, cluster.availableSlots)
      this.set({ state: 'used' }, cluster.totalSlots - cluster.availableSlots)
    },
  })
  new Gauge({
    name: 'weir_jobs',
    help: 'Jobs by status.',
    labelNames: ['status'],
    registers,
    collect() {
      this.reset()
      for (const { status } of source.jobs()) this.inc({ status })
    },
  })
  new Counter({
    name: 'weir_job_restarts_total',
    help: 'Attempts of a job after its first.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { jobId, restarts } of source.liveJobs()) this.inc({ job: jobId }, restarts)
    },
  })
  registerLoad(registers, source)
}

/** Ratios, rates and lags of the last seconds, by job and vertex. */
function registerLoad(registers: Registry[], source: ClusterMetricsSource): void {
  const gauge = (name: string, help: string, pick: (vertex: JobMetricsView['vertices'][number]) => number | null) => {
    new Gauge({
      name,
      help,
      labelNames: ['task', 'job'],
      registers,
      collect() {
        this.reset()
        for (const { jobId, metrics } of source.liveJobs()) {
          for (const vertex of metrics.vertices) {
            const value = pick(vertex)
            if (value !== null) this.set({ task: `${jobId}/${vertex.id}`, job: jobId }, value)
          }
        }
      },
    })
  }
  gauge(
    'backpressure_ratio',
    'Share of the last seconds in which a vertex waited for room in its outputs, 0 to 1.',
    vertex => vertex.backpressure,
  )
  gauge('busy_ratio', 'Share of the last seconds in which a vertex worked, 0 to 1.', vertex => vertex.busy)
  gauge('watermark_lag_ms', 'How far the event time of a vertex is behind the clock, ms.', v => v.watermarkLagMs)
  gauge(
    'records_per_second',
    'Records that a vertex has taken in per second, over the last seconds.',
    vertex => vertex.recordsPerSecond,
  )
}
