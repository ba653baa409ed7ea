import type { ExecutionGraph, JobVertex } from '@weir/engine/graph/execution-graph'
import { parallelismOf } from '@weir/engine/graph/execution-graph'
import type { OperatorMetrics, SlotMetrics, SubtaskMetrics, TransportCounters } from '@weir/proto/metrics'
import type { JobMetricsView, LoadView } from '../dispatcher/control-plane.ts'
import { edgeRates } from './edge-rates.ts'
import { type Figures, figuresOf, type Sample } from './job-figures.ts'
import { sumOfKnown } from './known-values.ts'

export type { LoadFigures, OperatorFigures, VertexFigures } from './job-figures.ts'

/** Rates and ratios are taken over so long. */
const WINDOW_MS = 5_000
/** A thread that is in a long call tells nothing; people see its last figures for so long. */
const SILENCE_MS_MAX = 15_000

/** What the live documents show of a job's load. */
export interface JobFigures extends Figures {
  /** The attempt that they are of; 0 before the first report. */
  readonly attempt: number
  /** Records per second of each edge of the graph, in its order; see `edgeRates` for what can be known. */
  readonly edges: readonly (number | null)[]
  readonly input: InputFigures
}

/** How the sources of the current attempt do. */
export interface InputFigures {
  readonly records: number | null
  /** Wall-clock time at which that number was last seen to grow, or at which reports began. */
  readonly lastAt: number | null
  /** Every source has read all that there is. */
  readonly finished: boolean
}

type VertexView = JobMetricsView['vertices'][number]

/** What the subtasks of one job have reported lately, and what follows from it for people. */
export class JobMetrics {
  readonly #graph: ExecutionGraph
  readonly #sources: ReadonlySet<string>
  readonly #sinks: ReadonlySet<string>
  /** Samples of each subtask of the current attempt, oldest first, no older than the window (and one beyond it). */
  readonly #samples = new Map<string, Sample[]>()
  #attempt = 0
  /** When a source was last seen to have read something, wall-clock ms. */
  #inputAt: number | null = null

  constructor(graph: ExecutionGraph) {
    this.#graph = graph
    const { nodes, edges } = graph.job
    const fed = new Set(edges.map(edge => edge.to))
    const feeding = new Set(edges.map(edge => edge.from))
    this.#sources = new Set(nodes.filter(node => !fed.has(node.uid)).map(node => node.uid))
    this.#sinks = new Set(nodes.filter(node => !feeding.has(node.uid)).map(node => node.uid))
  }

  /** Reports of older attempts are passed over; the first of a newer one forgets the older. */
  report(slot: SlotMetrics, monotonicMs: number, wallMs: number): void {
    if (slot.attempt < this.#attempt) return
    if (slot.attempt > this.#attempt) {
      this.#samples.clear()
      this.#inputAt = null
    }
    this.#attempt = slot.attempt
    for (const metrics of slot.subtasks) {
      const vertex = this.#graph.vertices[metrics.vertex]
      if (vertex === undefined || !(metrics.subtask < vertex.parallelism)) continue
      const key = keyOf(metrics.vertex, metrics.subtask)
      const samples = this.#samples.get(key) ?? []
      this.#samples.set(key, samples)
      if (isRepeated(samples.at(-1)?.metrics, metrics)) continue
      if (this.#isSource(vertex)) this.#noteInput(vertex, samples.at(-1), metrics, wallMs)
      samples.push({ monotonicMs, wallMs, metrics })
      while (samples.length > 2 && samples[1]!.monotonicMs <= monotonicMs - WINDOW_MS) samples.shift()
    }
  }

  /** `live`: the job runs, so that rates and ratios mean something. */
  view(jobId: string, live: boolean, nowMonotonicMs: number): JobMetricsView {
    const vertices = this.#graph.vertices.map(vertex => this.#vertexView(vertex, live, nowMonotonicMs))
    const sinkVertices = vertices.filter((_, index) => this.#hasSink(this.#graph.vertices[index]!))
    const sourceVertices = vertices.filter((_, index) => this.#isSource(this.#graph.vertices[index]!))
    const sinkOperators = vertices.flatMap(({ operators }) => operators.filter(({ uid }) => this.#sinks.has(uid)))
    return {
      jobId,
      recordsIn: sumOfKnown(sourceVertices.map(vertex => vertex.recordsIn)),
      recordsOut: this.#samples.size === 0 ? null : sum(sinkOperators.map(operator => operator.recordsIn)),
      recordsPerSecond: sumOfKnown(sourceVertices.map(vertex => vertex.recordsPerSecond)),
      watermark: minOrNull(sinkVertices.map(vertex => vertex.watermark)),
      vertices,
    }
  }

  /** The same in another cut, for the live documents: with rates out, of operators and of edges. */
  figures(live: boolean, nowMonotonicMs: number): JobFigures {
    const graph = this.#graph
    const figures = figuresOf({
      graph,
      sources: this.#sources,
      sinks: this.#sinks,
      samplesOf: (vertex, subtask) => this.#samples.get(keyOf(vertex, subtask)) ?? [],
      live,
      nowMonotonicMs,
      silenceMsMax: SILENCE_MS_MAX,
    })
    const nodeOf = new Map(graph.job.nodes.map(node => [node.uid, node]))
    const sources = graph.vertices.filter(vertex => this.#isSource(vertex))
    return {
      ...figures,
      attempt: this.#attempt,
      edges: edgeRates(graph.job, figures.operators, uid => parallelismOf(graph.job, nodeOf.get(uid)!)),
      input: {
        records: sumOfKnown(sources.map(({ index }) => figures.vertices[index]!.recordsIn)),
        lastAt: this.#inputAt,
        finished: sources.every(({ index }) => figures.vertices[index]!.finished),
      },
    }
  }

  #noteInput(vertex: JobVertex, before: Sample | undefined, metrics: SubtaskMetrics, wallMs: number): void {
    const read = before === undefined ? 0 : this.#taken(vertex, before.metrics)
    if (this.#inputAt === null || this.#taken(vertex, metrics) > read) this.#inputAt = wallMs
  }

  #vertexView(vertex: JobVertex, live: boolean, nowMs: number): VertexView {
    const series = Array.from({ length: vertex.parallelism }, (_, subtask) =>
      this.#samples.get(keyOf(vertex.index, subtask)),
    )
    const latest = series.flatMap(samples => (samples === undefined ? [] : [samples.at(-1)!.metrics]))
    const subtasks = series.map((samples, index) => ({ index, ...this.#load(vertex, [samples ?? []], live, nowMs) }))
    return {
      id: vertex.id,
      name: vertex.name,
      ...this.#load(
        vertex,
        series.map(samples => samples ?? []),
        live,
        nowMs,
      ),
      sent: latest.length === 0 ? null : latest.map(metrics => metrics.sent).reduce(addTransports),
      operators: vertex.nodes.flatMap(node => operatorTotals(node.uid, latest)),
      subtasks,
    }
  }

  /** Of several subtasks together: sums, the mean of ratios, the smallest watermark. */
  #load(vertex: JobVertex, series: readonly (readonly Sample[])[], live: boolean, nowMs: number): LoadView {
    const known = series.filter(samples => samples.length > 0)
    if (known.length === 0) return UNKNOWN
    const latest = known.map(samples => samples.at(-1)!)
    const taken = (metrics: SubtaskMetrics): number => this.#taken(vertex, metrics)
    const current = live ? known.filter(samples => nowMs - samples.at(-1)!.monotonicMs <= WINDOW_MS) : []
    const spans = current.flatMap(samples => spanOf(samples))
    const running = spans.filter(({ last }) => last.metrics.status !== 'finished')
    const time = sum(running.map(span => span.busyMs + span.backpressuredMs + span.idleMs))
    const share = (ms: number): number | null => (time > 0 ? Math.min(1, ms / time) : null)
    const unfinished = latest.filter(({ metrics }) => metrics.status !== 'finished')
    const watermark = minOrNull(unfinished.map(({ metrics }) => metrics.watermark))
    const atMs = Math.max(...latest.map(sample => sample.wallMs))
    return {
      recordsIn: sum(latest.map(({ metrics }) => taken(metrics))),
      recordsOut: sum(latest.map(({ metrics }) => metrics.recordsOut)),
      recordsPerSecond:
        spans.length === 0
          ? null
          : sum(spans.map(({ first, last, ms }) => ((taken(last.metrics) - taken(first.metrics)) * 1000) / ms)),
      busy: share(sum(running.map(span => span.busyMs))),
      backpressure: share(sum(running.map(span => span.backpressuredMs))),
      idle: share(sum(running.map(span => span.idleMs))),
      watermark,
      watermarkLagMs: watermark === null || !live ? null : atMs - watermark,
      stateBytes: sum(latest.map(({ metrics }) => metrics.stateBytes)),
    }
  }

  /** Records that a subtask has taken in: for a source, those that it has read. */
  #taken(vertex: JobVertex, metrics: SubtaskMetrics): number {
    if (!this.#isSource(vertex)) return metrics.recordsIn
    const head = metrics.operators.find(operator => operator.uid === vertex.id)
    return Math.max(metrics.recordsIn, head?.recordsOut ?? 0)
  }

  #isSource(vertex: JobVertex): boolean {
    return this.#sources.has(vertex.id)
  }

  #hasSink(vertex: JobVertex): boolean {
    return vertex.nodes.some(node => this.#sinks.has(node.uid))
  }
}

const UNKNOWN: LoadView = {
  recordsIn: null,
  recordsOut: null,
  recordsPerSecond: null,
  busy: null,
  backpressure: null,
  idle: null,
  watermark: null,
  watermarkLagMs: null,
  stateBytes: null,
}

interface Span {
  readonly first: Sample
  readonly last: Sample
  readonly ms: number
  readonly busyMs: number
  readonly backpressuredMs: number
  readonly idleMs: number
}

/** TaskManagers say again what a busy thread told last. The times of one that tells something new have gone on. */
function isRepeated(before: SubtaskMetrics | undefined, now: SubtaskMetrics): boolean {
  if (before === undefined || now.status !== before.status) return false
  return (
    now.busyMs === before.busyMs &&
    now.backpressuredMs === before.backpressuredMs &&
    now.idleMs === before.idleMs &&
    now.recordsIn === before.recordsIn &&
    now.recordsOut === before.recordsOut &&
    now.watermark === before.watermark
  )
}

/** What lies between the oldest and the newest sample; none when there is only one. */
function spanOf(samples: readonly Sample[]): Span[] {
  const first = samples[0]!
  const last = samples.at(-1)!
  const ms = last.monotonicMs - first.monotonicMs
  if (ms <= 0) return []
  const between = (pick: (metrics: SubtaskMetrics) => number): number =>
    Math.max(0, pick(last.metrics) - pick(first.metrics))
  return [
    {
      first,
      last,
      ms,
      busyMs: between(metrics => metrics.busyMs),
      backpressuredMs: between(metrics => metrics.backpressuredMs),
      idleMs: between(metrics => metrics.idleMs),
    },
  ]
}

function operatorTotals(uid: string, latest: readonly SubtaskMetrics[]): OperatorMetrics[] {
  const all = latest.flatMap(metrics => metrics.operators.filter(operator => operator.uid === uid))
  if (all.length === 0) return []
  return [
    {
      uid,
      name: all[0]!.name,
      recordsIn: sum(all.map(operator => operator.recordsIn)),
      recordsOut: sum(all.map(operator => operator.recordsOut)),
      lateRecords: sum(all.map(operator => operator.lateRecords)),
      stateBytes: sum(all.map(operator => operator.stateBytes)),
    },
  ]
}

function addTransports(a: TransportCounters, b: TransportCounters): TransportCounters {
  return { local: a.local + b.local, ring: a.ring + b.ring, tcp: a.tcp + b.tcp }
}

function keyOf(vertex: number, subtask: number): string {
  return `${vertex}/${subtask}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Null when one is not known: then nobody can say how far all have come. */
function minOrNull(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null
  return Math.min(...values.filter(value => value !== null))
}
