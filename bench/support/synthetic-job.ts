import type { JobPipeline } from '@weir/proto/web/job-details'
import type { EdgeDoc, JobDoc, LoadDoc, OperatorDoc, SubtaskDoc, VertexDoc } from '@weir/proto/web/job-doc'
import type { EdgeView, OperatorView } from '@weir/proto/web/pipeline'

/** How large a job that does not run is: a graph in layers, each vertex fed by one or two of the layer above. */
export interface SyntheticSize {
  readonly vertices: number
  readonly subtasks: number
}

const PER_LAYER = 10

/** A pipeline whose every operator is a vertex of its own. */
export function syntheticPipeline(jobId: string, { vertices, subtasks }: SyntheticSize): JobPipeline {
  const last = vertices - PER_LAYER
  const operators = Array.from({ length: vertices }, (_, at): OperatorView => {
    const kind = at < PER_LAYER ? 'source' : at >= last ? 'sink' : 'transform'
    return {
      uid: uidOf(at),
      type: kind === 'source' ? 'datagen' : kind === 'sink' ? 'blackhole' : at % 3 === 0 ? 'window' : 'map',
      kind,
      name: `${kind}-${at}`,
      detail: 'value => value',
      parallelism: subtasks,
      vertexId: uidOf(at),
      place: { line: at + 1, column: 1 },
    }
  })
  const edges: EdgeView[] = []
  for (let at = PER_LAYER; at < vertices; at++) {
    edges.push(edgeOf(at - PER_LAYER, at, 0))
    if (at % 4 === 1 && at % PER_LAYER !== 0) edges.push(edgeOf(at - PER_LAYER - 1, at, 1))
  }
  const pipeline = { name: 'synthetic', parallelism: subtasks, maxParallelism: 128, operators, edges }
  return { jobId, pipeline, fileName: 'synthetic.ts', source: '// no source\n', rowOperators: [] }
}

function uidOf(at: number): string {
  return `op-${at}`
}

function edgeOf(from: number, to: number, input: number): EdgeView {
  const hash = to % 2 === 0
  return {
    id: `${uidOf(from)}->${uidOf(to)}${input === 0 ? '' : `#${input}`}`,
    from: uidOf(from),
    to: uidOf(to),
    partitioner: hash ? 'hash' : 'rebalance',
    key: hash ? 'record => record.key' : null,
    output: null,
    input,
    chained: false,
  }
}

/** The document of that job in second `tick`: every figure of every subtask is another than in the second before. */
export function syntheticDoc({ jobId, pipeline }: JobPipeline, tick: number, startedAt: number): JobDoc {
  const vertices: Record<string, VertexDoc> = {}
  const operators: Record<string, OperatorDoc> = {}
  const edges: Record<string, EdgeDoc> = {}
  for (const [at, operator] of pipeline.operators.entries()) {
    const subtasks: Record<string, SubtaskDoc> = {}
    for (let index = 0; index < operator.parallelism; index++) {
      subtasks[index] = { ...loadOf(at * 31 + index, tick), index, taskManager: `tm-${(index % 2) + 1}`, slot: index }
    }
    const load = loadOf(at * 31, tick)
    vertices[operator.uid] = {
      ...load,
      vertexId: operator.uid,
      name: operator.name,
      parallelism: operator.parallelism,
      skew: at % 17 === 0 ? 2 + wave(at, tick) : null,
      noProgress: false,
      subtasks,
    }
    operators[operator.uid] = {
      uid: operator.uid,
      recordsIn: load.recordsIn,
      recordsOut: load.recordsOut,
      recordsInPerSecond: load.recordsInPerSecond,
      recordsOutPerSecond: load.recordsOutPerSecond,
      lateRecords: at % 23 === 0 ? tick : 0,
      stateBytes: load.stateBytes,
    }
  }
  for (const [at, edge] of pipeline.edges.entries()) {
    edges[edge.id] = { recordsPerSecond: 20_000 * wave(at, tick) + 100 }
  }
  const total = loadOf(7, tick)
  return {
    jobId,
    name: pipeline.name,
    status: 'RUNNING',
    restarting: false,
    reason: null,
    verdict: {
      kind: 'running-well',
      tone: 'ok',
      text: `Running well: ${Math.round(total.recordsInPerSecond ?? 0)} records per second.`,
      detail: null,
      operator: null,
      since: startedAt,
    },
    parallelism: pipeline.parallelism,
    attempt: 1,
    restarts: 0,
    submittedAt: startedAt,
    startedAt,
    finishedAt: null,
    draftId: null,
    totals: {
      recordsIn: total.recordsIn,
      recordsOut: total.recordsOut,
      recordsInPerSecond: total.recordsInPerSecond,
      recordsOutPerSecond: total.recordsOutPerSecond,
      busyMax: total.busy,
      backpressureMax: total.backpressure,
      watermark: startedAt + tick * 1_000,
      watermarkLagMs: total.watermarkLagMs,
      lateRecords: tick,
      stateBytes: total.stateBytes,
    },
    exceptions: 0,
    vertices,
    operators,
    edges,
  }
}

function loadOf(seed: number, tick: number): LoadDoc {
  const busy = wave(seed, tick)
  const backpressure = wave(seed + 5, tick) * (1 - busy)
  return {
    status: 'RUNNING',
    recordsIn: tick * 20_000 + seed,
    recordsOut: tick * 19_000 + seed,
    recordsInPerSecond: 20_000 * busy + seed,
    recordsOutPerSecond: 19_000 * busy + seed,
    busy,
    backpressure,
    idle: 1 - busy - backpressure,
    watermark: tick * 1_000 + seed,
    watermarkLagMs: 500 + 4_000 * wave(seed + 9, tick),
    stateBytes: 1_000_000 + 10_000 * tick + seed,
  }
}

/** 0 to 1, another value in every second and for every seed. */
function wave(seed: number, tick: number): number {
  return 0.5 + 0.5 * Math.sin(seed * 1.7 + tick * 0.61)
}
