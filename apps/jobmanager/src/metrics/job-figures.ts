import type { ExecutionGraph, JobVertex } from '@weir/engine/graph/execution-graph'
import type { OperatorMetrics, SubtaskMetrics, TransportCounters } from '@weir/proto/metrics'

/** One report of one subtask. */
export interface Sample {
  readonly monotonicMs: number
  readonly wallMs: number
  readonly metrics: SubtaskMetrics
}

/** Load of a vertex or of one of its subtasks. Rates and ratios are over the last seconds; null is not known. */
export interface LoadFigures {
  /** Records taken in; of a source, those that it has read. */
  readonly recordsIn: number | null
  /** Records that went on to other vertices, and those that sinks of the chain took. */
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly busy: number | null
  readonly backpressure: number | null
  readonly idle: number | null
  readonly watermark: number | null
  readonly watermarkLagMs: number | null
  readonly stateBytes: number | null
}

export interface VertexFigures extends LoadFigures {
  readonly id: string
  /** All subtasks that have ever reported in this attempt have finished, and none is missing. */
  readonly finished: boolean
  /** The operator in which most of the chain's time went, with its share; null while too little is known. */
  readonly hottest: { readonly uid: string; readonly share: number } | null
  /** Of a source that is aligned with others: the share of its time in which it waited for slower ones. Absent elsewhere. */
  readonly aligned?: { readonly group: string; readonly waits: number }
  /** How many times the median of the others the busiest subtask lastingly does; null when it is nothing to speak of. */
  readonly skew: number | null
  /** Records by the transport that they left through; null is not known. */
  readonly sent: TransportCounters | null
  readonly subtasks: readonly LoadFigures[]
}

export interface OperatorFigures {
  readonly recordsIn: number | null
  readonly recordsOut: number | null
  readonly recordsInPerSecond: number | null
  readonly recordsOutPerSecond: number | null
  readonly lateRecords: number | null
  readonly stateBytes: number | null
}

export interface FiguresRequest {
  readonly graph: ExecutionGraph
  readonly sources: ReadonlySet<string>
  readonly sinks: ReadonlySet<string>
  /** Samples of a subtask, oldest first; the first and the last span the time that rates are taken over. */
  readonly samplesOf: (vertex: number, subtask: number) => readonly Sample[]
  readonly skewOf: (vertex: number) => number | null
  /** The job runs, so that rates and ratios mean something. */
  readonly live: boolean
  readonly nowMonotonicMs: number
  /** A subtask that has been silent for longer has no rates. */
  readonly silenceMsMax: number
}

export interface Figures {
  readonly vertices: readonly VertexFigures[]
  /** By uid. */
  readonly operators: ReadonlyMap<string, OperatorFigures>
}

/** From so many looks on their shares say something: of 20 the error is about a tenth. */
const SAMPLES_MIN = 20

/** What follows from the latest reports of all subtasks of a job. */
export function figuresOf(request: FiguresRequest): Figures {
  const vertices: VertexFigures[] = []
  const operators = new Map<string, OperatorFigures>()
  for (const vertex of request.graph.vertices) {
    const isSource = request.sources.has(vertex.id)
    const sinkIndexes = vertex.nodes.flatMap(({ uid }, index) => (request.sinks.has(uid) ? [index] : []))
    const shape = { isSource, sinkIndexes }
    const windows = Array.from({ length: vertex.parallelism }, (_, subtask) => windowOf(request, vertex, subtask))
    vertices.push({
      id: vertex.id,
      finished: windows.every(window => window?.last.metrics.status === 'finished'),
      hottest: hottestOf(vertex, windows),
      skew: request.live ? request.skewOf(vertex.index) : null,
      sent: sentBy(windows),
      ...loadOf(windows, shape),
      ...alignedOf(windows),
      subtasks: windows.map(window => loadOf([window], shape)),
    })
    vertex.nodes.forEach(({ uid }, index) => {
      const kind = { isSource: isSource && index === 0, isSink: request.sinks.has(uid) }
      operators.set(uid, operatorFigures(windows, index, kind))
    })
  }
  return { vertices, operators }
}

/** The reports of one subtask that count now. */
interface Window {
  readonly last: Sample
  /** Null when there is no time between two reports, or the subtask has been silent. */
  readonly span: { readonly first: SubtaskMetrics; readonly ms: number } | null
  readonly live: boolean
}

function windowOf(request: FiguresRequest, vertex: JobVertex, subtask: number): Window | null {
  const { samplesOf, live, nowMonotonicMs, silenceMsMax } = request
  const samples = samplesOf(vertex.index, subtask)
  const last = samples.at(-1)
  if (last === undefined) return null
  return { last, span: spanOf(samples[0]!, last, live, nowMonotonicMs - last.monotonicMs <= silenceMsMax), live }
}

function spanOf(first: Sample, last: Sample, live: boolean, current: boolean): Window['span'] {
  if (!live) return null
  // A subtask that has finished reports nothing more, and rightly so.
  if (!current) return last.metrics.status === 'finished' ? { first: last.metrics, ms: 1 } : null
  const ms = timeBetween(first, last)
  return ms > 0 ? { first: first.metrics, ms } : null
}

/** As the subtask has counted it: how long its reports were on their way differs by up to a second. */
function timeBetween(first: Sample, last: Sample): number {
  const from = first.metrics.ranMs
  const to = last.metrics.ranMs
  return from === undefined || to === undefined ? last.monotonicMs - first.monotonicMs : to - from
}

interface Shape {
  readonly isSource: boolean
  /** Places of the sinks in the chain. */
  readonly sinkIndexes: readonly number[]
}

/** Of several subtasks together: sums, the mean of ratios, the smallest watermark. */
function loadOf(windows: readonly (Window | null)[], shape: Shape): LoadFigures {
  let known = 0
  let recordsIn = 0
  let recordsOut = 0
  let stateBytes = 0
  let spans = 0
  let inPerSecond = 0
  let outPerSecond = 0
  const time = { busyMs: 0, backpressuredMs: 0, idleMs: 0 }
  let watermark: number | null = Number.POSITIVE_INFINITY
  let live = false
  let atMs = 0
  for (const window of windows) {
    if (window === null) {
      watermark = null
      continue
    }
    known++
    live ||= window.live
    const { metrics, wallMs } = window.last
    const finished = metrics.status === 'finished'
    recordsIn += takenIn(metrics, shape)
    recordsOut += givenOut(metrics, shape)
    stateBytes += metrics.stateBytes
    atMs = Math.max(atMs, wallMs)
    if (!finished)
      watermark = watermark === null || metrics.watermark === null ? null : Math.min(watermark, metrics.watermark)
    if (window.span === null) continue
    const { first, ms } = window.span
    spans++
    inPerSecond += ((takenIn(metrics, shape) - takenIn(first, shape)) * 1000) / ms
    outPerSecond += ((givenOut(metrics, shape) - givenOut(first, shape)) * 1000) / ms
    if (finished) continue
    time.busyMs += Math.max(0, metrics.busyMs - first.busyMs)
    time.backpressuredMs += Math.max(0, metrics.backpressuredMs - first.backpressuredMs)
    time.idleMs += Math.max(0, metrics.idleMs - first.idleMs)
  }
  if (known === 0) return UNKNOWN
  const total = time.busyMs + time.backpressuredMs + time.idleMs
  const share = (ms: number): number | null => (total > 0 ? Math.min(1, ms / total) : null)
  const reached = watermark === null || watermark === Number.POSITIVE_INFINITY ? null : watermark
  return {
    recordsIn,
    recordsOut,
    recordsInPerSecond: spans === 0 ? null : inPerSecond,
    recordsOutPerSecond: spans === 0 ? null : outPerSecond,
    busy: share(time.busyMs),
    backpressure: share(time.backpressuredMs),
    idle: share(time.idleMs),
    watermark: reached,
    watermarkLagMs: reached === null || !live ? null : atMs - reached,
    stateBytes,
  }
}

function hottestOf(vertex: JobVertex, windows: readonly (Window | null)[]): VertexFigures['hottest'] {
  const seen = vertex.nodes.map((_, index) => {
    let samples = 0
    for (const window of windows) {
      if (window === null || window.span === null) continue
      const before = window.span.first.operators[index]?.samples ?? 0
      samples += (window.last.metrics.operators[index]?.samples ?? 0) - before
    }
    return samples
  })
  const total = seen.reduce((sum, samples) => sum + samples, 0)
  if (total < SAMPLES_MIN) return null
  const most = Math.max(...seen)
  return { uid: vertex.nodes[seen.indexOf(most)]!.uid, share: most / total }
}

function alignedOf(windows: readonly (Window | null)[]): Pick<VertexFigures, 'aligned'> {
  let group: string | undefined
  let pausedMs = 0
  let spanMs = 0
  for (const window of windows) {
    const now = window?.last.metrics.alignment
    if (now === undefined || window === null || window.span === null) continue
    group = now.group
    if (window.last.metrics.status === 'finished') continue
    pausedMs += Math.max(0, now.pausedMs - (window.span.first.alignment?.pausedMs ?? 0))
    spanMs += window.span.ms
  }
  return group === undefined || spanMs === 0 ? {} : { aligned: { group, waits: Math.min(1, pausedMs / spanMs) } }
}

function sentBy(windows: readonly (Window | null)[]): TransportCounters | null {
  const known = windows.filter(window => window !== null)
  if (known.length === 0) return null
  const total = { local: 0, ring: 0, tcp: 0 }
  for (const { last } of known) {
    total.local += last.metrics.sent.local
    total.ring += last.metrics.sent.ring
    total.tcp += last.metrics.sent.tcp
  }
  return total
}

/** Records that a subtask has taken in: the head of a source counts what it reads as what it gives out. */
export function takenIn(metrics: SubtaskMetrics, { isSource }: Pick<Shape, 'isSource'>): number {
  return isSource ? Math.max(metrics.recordsIn, metrics.operators[0]?.recordsOut ?? 0) : metrics.recordsIn
}

function givenOut(metrics: SubtaskMetrics, { sinkIndexes }: Shape): number {
  let records = metrics.recordsOut
  for (const index of sinkIndexes) records += metrics.operators[index]?.recordsIn ?? 0
  return records
}

function operatorFigures(
  windows: readonly (Window | null)[],
  index: number,
  kind: { readonly isSource: boolean; readonly isSink: boolean },
): OperatorFigures {
  // What a source reads it gives out, and what a sink takes is what it writes.
  const taken = (operator: OperatorMetrics): number => (kind.isSource ? operator.recordsOut : operator.recordsIn)
  const given = (operator: OperatorMetrics): number => (kind.isSink ? operator.recordsIn : operator.recordsOut)
  const sums = { recordsIn: 0, recordsOut: 0, lateRecords: 0, stateBytes: 0 }
  let known = false
  let spans = 0
  let inPerSecond = 0
  let outPerSecond = 0
  for (const window of windows) {
    const operator = window?.last.metrics.operators[index]
    if (window === null || operator === undefined) continue
    known = true
    sums.recordsIn += taken(operator)
    sums.recordsOut += given(operator)
    sums.lateRecords += operator.lateRecords
    sums.stateBytes += operator.stateBytes
    const before = window.span?.first.operators[index]
    if (window.span === null || before === undefined) continue
    spans++
    inPerSecond += ((taken(operator) - taken(before)) * 1000) / window.span.ms
    outPerSecond += ((given(operator) - given(before)) * 1000) / window.span.ms
  }
  if (!known) return UNKNOWN_OPERATOR
  return {
    ...sums,
    recordsInPerSecond: spans === 0 ? null : inPerSecond,
    recordsOutPerSecond: spans === 0 ? null : outPerSecond,
  }
}

const UNKNOWN: LoadFigures = {
  recordsIn: null,
  recordsOut: null,
  recordsInPerSecond: null,
  recordsOutPerSecond: null,
  busy: null,
  backpressure: null,
  idle: null,
  watermark: null,
  watermarkLagMs: null,
  stateBytes: null,
}

const UNKNOWN_OPERATOR: OperatorFigures = {
  recordsIn: null,
  recordsOut: null,
  recordsInPerSecond: null,
  recordsOutPerSecond: null,
  lateRecords: null,
  stateBytes: null,
}
