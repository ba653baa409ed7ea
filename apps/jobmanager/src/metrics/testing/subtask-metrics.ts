import type { SubtaskMetrics } from '@weir/proto/metrics'

/** A report of a subtask that has done nothing, but for what a test says. */
export function subtaskMetrics(change: Partial<SubtaskMetrics> & Pick<SubtaskMetrics, 'vertex'>): SubtaskMetrics {
  return {
    subtask: 0,
    status: 'running',
    recordsIn: 0,
    recordsOut: 0,
    busyMs: 0,
    backpressuredMs: 0,
    idleMs: 0,
    watermark: null,
    stateBytes: 0,
    overdraftBytesMax: 0,
    latency: { counts: [], sumSeconds: 0 },
    sent: { local: 0, ring: 0, tcp: 0 },
    operators: [],
    ...change,
  }
}
