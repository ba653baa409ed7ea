import type { ExecutionGraph, JobVertex } from '@weir/engine/graph/execution-graph'
import { parallelismOf } from '@weir/engine/graph/execution-graph'
import type { SlotMetrics, SubtaskMetrics } from '@weir/proto/metrics'
import type { JobMetricsView } from '../dispatcher/control-plane.ts'
import { edgeRates } from './edge-rates.ts'
import { type Figures, figuresOf, type Sample, takenIn } from './job-figures.ts'
import { maxOfKnown, minOfKnown, sumOfKnown } from './known-values.ts'
import { metricsView } from './metrics-view.ts'
import { SkewWatch } from './skew-watch.ts'

export type { LoadFigures, OperatorFigures, VertexFigures } from './job-figures.ts'

/** Rates and ratios are taken over so long. */
const WINDOW_MS = 5_000
/** A thread that is in a long call tells nothing; people see its last figures for so long. */
const SILENCE_MS_MAX = 15_000
/** A subtask that has run for so long has a rate. */
const RAN_MS_MIN = 200

/** What the live documents and REST show of a job's load. */
export interface JobFigures extends Figures {
  /** The attempt that they are of; 0 before the first report. */
  readonly attempt: number
  /** Records per second of each edge of the graph, in its order; see `edgeRates` for what can be known. */
  readonly edges: readonly (number | null)[]
  readonly input: InputFigures
  readonly totals: JobTotalsFigures
}

/** Of the job as a whole: what its sources read and its sinks took, and how far event time has come at the sinks. */
export interface JobTotalsFigures {
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly watermark: number | null
  readonly watermarkLagMs: number | null
}

/** How the sources of the current attempt do. */
export interface InputFigures {
  readonly records: number | null
  /** Wall-clock time at which that number was last seen to grow, or at which reports began. */
  readonly lastAt: number | null
  /** Every source has read all that there is. */
  readonly finished: boolean
}

/** What the subtasks of one job have reported lately, and what follows from it for people. */
export class JobMetrics {
  readonly #graph: ExecutionGraph
  readonly #sources: ReadonlySet<string>
  readonly #sinks: ReadonlySet<string>
  /** Samples of each subtask of the current attempt, oldest first, no older than the window (and one beyond it). */
  readonly #samples = new Map<string, Sample[]>()
  /** By vertex. */
  readonly #skews = new Map<number, SkewWatch>()
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
      this.#skews.clear()
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
      this.#skewOf(metrics.vertex).report(
        metrics.subtask,
        this.#taken(vertex, metrics),
        metrics.status === 'finished',
        monotonicMs,
      )
      if (this.#isSource(vertex)) this.#noteInput(vertex, samples.at(-1), metrics, wallMs)
      if (samples.length === 0) {
        const start = startOf(metrics, monotonicMs, wallMs)
        if (start !== null) samples.push(start)
      }
      samples.push({ monotonicMs, wallMs, metrics })
      while (samples.length > 2 && samples[1]!.monotonicMs <= monotonicMs - WINDOW_MS) samples.shift()
    }
  }

  /** What REST tells of a job: a cut of its figures. `live`: the job runs, so that rates and ratios mean something. */
  view(jobId: string, live: boolean, nowMonotonicMs: number): JobMetricsView {
    return metricsView(jobId, this.#graph, this.figures(live, nowMonotonicMs))
  }

  /** All that follows from the latest reports. */
  figures(live: boolean, nowMonotonicMs: number): JobFigures {
    const graph = this.#graph
    const figures = figuresOf({
      graph,
      sources: this.#sources,
      sinks: this.#sinks,
      samplesOf: (vertex, subtask) => this.#samples.get(keyOf(vertex, subtask)) ?? [],
      skewOf: vertex => this.#skews.get(vertex)?.factor(nowMonotonicMs) ?? null,
      live,
      nowMonotonicMs,
      silenceMsMax: SILENCE_MS_MAX,
    })
    const nodeOf = new Map(graph.job.nodes.map(node => [node.uid, node]))
    const sources = graph.vertices.filter(vertex => this.#isSource(vertex))
    return {
      ...figures,
      totals: this.#totals(figures),
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

  #totals({ vertices, operators }: Figures): JobTotalsFigures {
    const sources = vertices.filter(({ id }) => this.#sources.has(id))
    const sinks = [...this.#sinks].flatMap(uid => operators.get(uid) ?? [])
    const open = vertices.filter(
      ({ finished }, index) => !finished && this.#graph.vertices[index]!.nodes.some(({ uid }) => this.#sinks.has(uid)),
    )
    return {
      recordsIn: sumOfKnown(sources.map(({ recordsIn }) => recordsIn)),
      recordsOut: sumOfKnown(sinks.map(({ recordsOut }) => recordsOut)),
      recordsInPerSecond: sumOfKnown(sources.map(({ recordsInPerSecond }) => recordsInPerSecond)),
      recordsOutPerSecond: sumOfKnown(sinks.map(({ recordsOutPerSecond }) => recordsOutPerSecond)),
      // A branch without event time says nothing about how far the others are behind.
      watermark: minOfKnown(open.map(({ watermark }) => watermark)),
      watermarkLagMs: maxOfKnown(open.map(({ watermarkLagMs }) => watermarkLagMs)),
    }
  }

  /** Records that a subtask has taken in: for a source, those that it has read. */
  #taken(vertex: JobVertex, metrics: SubtaskMetrics): number {
    return takenIn(metrics, { isSource: this.#isSource(vertex) })
  }

  #skewOf(vertex: number): SkewWatch {
    const known = this.#skews.get(vertex)
    if (known !== undefined) return known
    const made = new SkewWatch()
    this.#skews.set(vertex, made)
    return made
  }

  #isSource(vertex: JobVertex): boolean {
    return this.#sources.has(vertex.id)
  }
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

/**
 * What a subtask would have reported at its start, so that its first report has rates already. Null when that was too
 * short ago to say anything, or so long ago (a JobManager that has just taken over) that it says nothing of now.
 */
function startOf(metrics: SubtaskMetrics, monotonicMs: number, wallMs: number): Sample | null {
  const { ranMs } = metrics
  if (ranMs === undefined || ranMs < RAN_MS_MIN || ranMs > WINDOW_MS) return null
  const operators = metrics.operators.map(({ uid, name }) => ({
    uid,
    name,
    recordsIn: 0,
    recordsOut: 0,
    lateRecords: 0,
    stateBytes: 0,
  }))
  const nothing = { recordsIn: 0, recordsOut: 0, busyMs: 0, backpressuredMs: 0, idleMs: 0, stateBytes: 0, operators }
  return { monotonicMs: monotonicMs - ranMs, wallMs: wallMs - ranMs, metrics: { ...metrics, ...nothing, ranMs: 0 } }
}

function keyOf(vertex: number, subtask: number): string {
  return `${vertex}/${subtask}`
}
