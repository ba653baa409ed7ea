import type { SlotMetrics, SubtaskMetrics } from '@weir/proto/metrics'
import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * The metrics of the slots under the names that users build dashboards on. Values are taken from the slots' latest
 * reports when somebody asks; `task` is `job/vertex/subtask`.
 */
export function registerTaskMetrics(registry: Registry, read: () => readonly SlotMetrics[]): void {
  const registers = [registry]
  const each = (visit: (task: string, job: string, subtask: SubtaskMetrics) => void): void => {
    for (const slot of read()) {
      for (const subtask of slot.subtasks)
        visit(`${slot.jobId}/${subtask.vertex}/${subtask.subtask}`, slot.jobId, subtask)
    }
  }
  new Counter({
    name: 'records_processed_total',
    help: 'Records that an operator has taken in (a source: given out), since the attempt began.',
    labelNames: ['task', 'operator', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        for (const operator of subtask.operators) {
          this.inc({ task, operator: operator.name, job }, operator.recordsIn || operator.recordsOut)
        }
      })
    },
  })
  new Counter({
    name: 'records_sent_total',
    help: 'Records that left a task, by transport: to the same slot, over a ring to another slot, over TCP.',
    labelNames: ['task', 'transport', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        for (const transport of ['local', 'ring', 'tcp'] as const)
          this.inc({ task, transport, job }, subtask.sent[transport])
      })
    },
  })
  new Counter({
    name: 'late_records_total',
    help: 'Records that came after the watermark had passed their window.',
    labelNames: ['task', 'operator', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        for (const operator of subtask.operators) this.inc({ task, operator: operator.name, job }, operator.lateRecords)
      })
    },
  })
  new Gauge({
    name: 'backpressure_ratio',
    help: 'Share of the last seconds in which a task waited for room in its outputs, 0 to 1.',
    labelNames: ['task', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        const total = subtask.busyMs + subtask.backpressuredMs + subtask.idleMs
        if (total > 0) this.set({ task, job }, ratios.of(task, subtask))
      })
      ratios.endOfLook()
    },
  })
  const ratios = new RecentRatios()
  new Gauge({
    name: 'watermark_lag_ms',
    help: 'How far the event time of a task is behind the clock, ms.',
    labelNames: ['task', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        if (subtask.watermark !== null) this.set({ task, job }, Date.now() - subtask.watermark)
      })
    },
  })
  new Gauge({
    name: 'state_size_bytes',
    help: 'Estimated size of the state of an operator in a task.',
    labelNames: ['task', 'operator', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        for (const operator of subtask.operators) this.set({ task, operator: operator.name, job }, operator.stateBytes)
      })
    },
  })
}

/** Backpressure of tasks between two looks at all of them. */
class RecentRatios {
  #before = new Map<string, SubtaskMetrics>()
  #now = new Map<string, SubtaskMetrics>()

  /** Tasks that this look has not met are forgotten: a TaskManager outlives thousands of jobs. */
  endOfLook(): void {
    this.#before = this.#now
    this.#now = new Map()
  }

  of(task: string, now: SubtaskMetrics): number {
    const before = this.#before.get(task)
    this.#now.set(task, now)
    const since = (pick: (metrics: SubtaskMetrics) => number): number =>
      pick(now) - (before === undefined || pick(before) > pick(now) ? 0 : pick(before))
    const waited = since(metrics => metrics.backpressuredMs)
    const total = waited + since(metrics => metrics.busyMs) + since(metrics => metrics.idleMs)
    return total > 0 ? Math.min(1, waited / total) : 0
  }
}
