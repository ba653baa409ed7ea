import { LATENCY_BOUNDS_SECONDS } from '@weir/engine/task/latency-histogram'
import type { AlignmentMetrics, SlotMetrics, SubtaskMetrics } from '@weir/proto/metrics'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type EachSubtask = (visit: (task: string, job: string, subtask: SubtaskMetrics) => void) => void

/**
 * The metrics of the slots under the names that users build dashboards on. Values are taken from the slots' latest
 * reports when somebody asks; `task` is `job/vertex/subtask`.
 */
export function registerTaskMetrics(registry: Registry, read: () => readonly SlotMetrics[]): void {
  const registers = [registry]
  const each: EachSubtask = visit => {
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
  registerLatency(registers, each)
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
    name: 'overdraft_bytes_max',
    help: 'Most bytes that stood in the outputs of a task beyond its buffers, since the attempt began.',
    labelNames: ['task', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => this.set({ task, job }, subtask.overdraftBytesMax))
    },
  })
  for (const [name, help, pick] of [
    [
      'source_paused_splits',
      'Splits that a source does not read until slower sources of its alignment group have caught up.',
      alignment => alignment.pausedSplits,
    ],
    [
      'source_ahead_ms',
      'How far a source is ahead of the slowest one of its alignment group, in ms of event time.',
      alignment => alignment.aheadMs,
    ],
  ] as const satisfies [string, string, (alignment: AlignmentMetrics) => number | null][]) {
    new Gauge({
      name,
      help,
      labelNames: ['task', 'group', 'job'],
      registers,
      collect() {
        this.reset()
        each((task, job, { alignment }) => {
          const value = alignment === undefined ? null : pick(alignment)
          if (alignment !== undefined && value !== null) this.set({ task, group: alignment.group, job }, value)
        })
      },
    })
  }
  new Gauge({
    name: 'state_size_bytes',
    help: 'Estimated size of the state of an operator in a task, in memory and on disk.',
    labelNames: ['task', 'operator', 'job'],
    registers,
    collect() {
      this.reset()
      each((task, job, subtask) => {
        for (const operator of subtask.operators) this.set({ task, operator: operator.name, job }, operator.stateBytes)
      })
    },
  })
  for (const [name, help, pick] of [
    ['state_disk_reads_total', 'Rows of state that were read from disk.', 'reads'],
    ['state_disk_writes_total', 'Rows of state that were written to disk, or removed there.', 'writes'],
  ] as const) {
    new Counter({
      name,
      help,
      labelNames: ['task', 'operator', 'job'],
      registers,
      collect() {
        this.reset()
        each((task, job, subtask) => {
          for (const { name: operator, stateDisk } of subtask.operators) {
            if (stateDisk !== undefined) this.inc({ task, operator, job }, stateDisk[pick])
          }
        })
      },
    })
  }
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

/** The slots count by bucket themselves, so the values are put in as they are; `operator` is the head of the chain. */
function registerLatency(registers: Registry[], each: EachSubtask): void {
  const name = 'processing_latency_seconds'
  const help = 'Time that a record takes in the chain that begins with an operator.'
  const labelNames = ['task', 'operator', 'job']
  const histogram = new Histogram<string>({ name, help, labelNames, buckets: [...LATENCY_BOUNDS_SECONDS], registers })
  // Gives the rest of what a histogram says of itself.
  const shape = new Histogram<string>({ name, help, registers: [] })
  type Values = Awaited<ReturnType<typeof histogram.get>>
  const read = async (): Promise<Values> => {
    const values: Values['values'] = []
    each((task, job, { latency, operators }) => {
      const labels = { task, operator: operators[0]?.name ?? '', job }
      let records = 0
      LATENCY_BOUNDS_SECONDS.forEach((bound, bucket) => {
        records += latency.counts[bucket] ?? 0
        values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: records })
      })
      records += latency.counts[LATENCY_BOUNDS_SECONDS.length] ?? 0
      values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: records })
      values.push({ metricName: `${name}_sum`, labels, value: latency.sumSeconds })
      values.push({ metricName: `${name}_count`, labels, value: records })
    })
    const { type, aggregator, collect } = await shape.get()
    return { name, help, type, aggregator, collect, values }
  }
  histogram.get = read
  // What the text format is made from, where a histogram has it.
  Reflect.set(histogram, 'getForPromString', read)
}
