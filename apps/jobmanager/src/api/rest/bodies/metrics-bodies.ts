import { z } from 'zod'
import type { ClusterMetrics, JobMetricsView, LoadView, TaskManagerView } from '../../../dispatcher/control-plane.ts'
import { isoTime, isoTimeOrNull, timeSchema } from './common.ts'

const number = z.number().nullable()
const ratio = z.number().min(0).max(1).nullable().describe('0 to 1; null while unknown')

const loadSchema = z.object({
  records_in: number,
  records_out: number,
  records_per_second: number,
  busy: ratio,
  backpressure: ratio,
  idle: ratio,
  watermark: timeSchema.nullable(),
  watermark_lag_ms: number,
  state_bytes: number,
})

function loadBody(load: LoadView): z.infer<typeof loadSchema> {
  return {
    records_in: load.recordsIn,
    records_out: load.recordsOut,
    records_per_second: load.recordsPerSecond,
    busy: ratioBody(load.busy),
    backpressure: ratioBody(load.backpressure),
    idle: ratioBody(load.idle),
    watermark: isoTimeOrNull(load.watermark),
    watermark_lag_ms: finiteOrNull(load.watermarkLagMs),
    state_bytes: load.stateBytes,
  }
}

/** Two clocks read one after the other can make a share of time a hair more than the whole. */
function ratioBody(value: number | null): number | null {
  return value === null ? null : Math.min(1, Math.max(0, value))
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

export const jobMetricsSchema = z.object({
  job_id: z.string(),
  records_in: number,
  records_out: number,
  records_per_second: number,
  watermark: timeSchema.nullable(),
  vertices: z.array(
    loadSchema.extend({
      id: z.string(),
      name: z.string(),
      sent: z
        .object({ local: z.number(), ring: z.number(), tcp: z.number() })
        .nullable()
        .describe('Records by the transport they left through'),
      operators: z.array(
        z.object({
          uid: z.string(),
          name: z.string(),
          records_in: z.number(),
          records_out: z.number(),
          late_records: z.number(),
          state_bytes: z.number(),
        }),
      ),
      subtasks: z.array(loadSchema.extend({ index: z.int() })),
    }),
  ),
})

export function jobMetricsBody(metrics: JobMetricsView): z.infer<typeof jobMetricsSchema> {
  return {
    job_id: metrics.jobId,
    records_in: metrics.recordsIn,
    records_out: metrics.recordsOut,
    records_per_second: metrics.recordsPerSecond,
    watermark: isoTimeOrNull(metrics.watermark),
    vertices: metrics.vertices.map(vertex => ({
      id: vertex.id,
      name: vertex.name,
      ...loadBody(vertex),
      sent: vertex.sent === null ? null : { local: vertex.sent.local, ring: vertex.sent.ring, tcp: vertex.sent.tcp },
      operators: vertex.operators.map(operator => ({
        uid: operator.uid,
        name: operator.name,
        records_in: operator.recordsIn,
        records_out: operator.recordsOut,
        late_records: operator.lateRecords,
        state_bytes: operator.stateBytes,
      })),
      subtasks: vertex.subtasks.map(subtask => ({ index: subtask.index, ...loadBody(subtask) })),
    })),
  }
}

export const taskManagerSchema = z.object({
  task_manager_id: z.string(),
  host: z.string(),
  status: z.enum(['ACTIVE', 'LOST']),
  slots_total: z.int(),
  slots_free: z.int(),
  last_heartbeat: timeSchema,
  pid: z.int(),
  cpu: number.describe('Share of one core; null while unknown'),
  memory_used: number.describe('Bytes'),
  memory_total: number.describe('Bytes'),
})

export function taskManagerBody(manager: TaskManagerView): z.infer<typeof taskManagerSchema> {
  return {
    task_manager_id: manager.id,
    host: manager.host,
    status: manager.status,
    slots_total: manager.slotsTotal,
    slots_free: manager.slotsFree,
    last_heartbeat: isoTime(manager.lastHeartbeat),
    pid: manager.pid,
    cpu: manager.cpu,
    memory_used: manager.memoryUsedBytes,
    memory_total: manager.memoryTotalBytes,
  }
}

export const clusterMetricsSchema = z.object({
  total_task_managers: z.int(),
  active_task_managers: z.int(),
  total_slots: z.int(),
  available_slots: z.int(),
  utilization: z.number(),
  total_jobs: z.int(),
  running_jobs: z.int(),
})

export function clusterMetricsBody(metrics: ClusterMetrics): z.infer<typeof clusterMetricsSchema> {
  return {
    total_task_managers: metrics.totalTaskManagers,
    active_task_managers: metrics.activeTaskManagers,
    total_slots: metrics.totalSlots,
    available_slots: metrics.availableSlots,
    utilization: metrics.utilization,
    total_jobs: metrics.totalJobs,
    running_jobs: metrics.runningJobs,
  }
}
