import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import { z } from 'zod'
import type { JsonValue } from '../store/records.ts'
import type { LoadFigures, OperatorFigures, VertexFigures } from './job-figures.ts'
import type { JobFigures } from './job-metrics.ts'

/** Of a job with more subtasks than this the vertices are kept, not each subtask. */
const SUBTASKS_KEPT_MAX = 2_000

const count = z.number().nullable()
const counters = z.object({ local: z.number(), ring: z.number(), tcp: z.number() })
/** Rates and ratios of what has ended are none. */
const load = z.object({ recordsIn: count, recordsOut: count, watermark: count, stateBytes: count })
const operator = z.object({ recordsIn: count, recordsOut: count, lateRecords: count, stateBytes: count })

const storedFigures = z.object({
  attempt: z.number(),
  inputRecords: count,
  inputFinished: z.boolean(),
  recordsIn: count,
  recordsOut: count,
  watermark: count,
  vertices: z.array(
    load.extend({ id: z.string(), finished: z.boolean(), sent: counters.nullable(), subtasks: z.array(load) }),
  ),
  operators: z.array(operator.extend({ uid: z.string() })),
})

type StoredLoad = z.infer<typeof load>

/** The last figures of a job that has ended, as they are kept in the database. */
export function toStoredFigures({ attempt, input, totals, vertices, operators }: JobFigures): JsonValue {
  const subtasks = vertices.reduce((sum, vertex) => sum + vertex.subtasks.length, 0)
  const stored: z.infer<typeof storedFigures> = {
    attempt,
    inputRecords: input.records,
    inputFinished: input.finished,
    recordsIn: totals.recordsIn,
    recordsOut: totals.recordsOut,
    watermark: totals.watermark,
    vertices: vertices.map(vertex => ({
      ...storedLoad(vertex),
      id: vertex.id,
      finished: vertex.finished,
      sent: vertex.sent,
      subtasks: subtasks > SUBTASKS_KEPT_MAX ? [] : vertex.subtasks.map(storedLoad),
    })),
    operators: [...operators].map(([uid, { recordsIn, recordsOut, lateRecords, stateBytes }]) => ({
      uid,
      recordsIn,
      recordsOut,
      lateRecords,
      stateBytes,
    })),
  }
  return stored
}

/** The figures of what was kept; null when this version of Weir cannot read it. */
export function fromStoredFigures(kept: JsonValue, graph: ExecutionGraph): JobFigures | null {
  const parsed = storedFigures.safeParse(kept)
  if (!parsed.success) return null
  const { attempt, inputRecords, inputFinished, recordsIn, recordsOut, watermark, ...stored } = parsed.data
  const vertices = new Map(stored.vertices.map(vertex => [vertex.id, vertex]))
  const operators = new Map(stored.operators.map(each => [each.uid, each]))
  return {
    attempt,
    input: { records: inputRecords, lastAt: null, finished: inputFinished },
    totals: {
      recordsIn,
      recordsOut,
      recordsInPerSecond: null,
      recordsOutPerSecond: null,
      watermark,
      watermarkLagMs: null,
    },
    vertices: graph.vertices.map(({ id, parallelism }): VertexFigures => {
      const vertex = vertices.get(id)
      return {
        id,
        finished: vertex?.finished ?? false,
        hottest: null,
        skew: null,
        sent: vertex?.sent ?? null,
        ...loadOf(vertex),
        subtasks: Array.from({ length: parallelism }, (_, index) => loadOf(vertex?.subtasks[index])),
      }
    }),
    operators: new Map(graph.job.nodes.map(({ uid }) => [uid, operatorOf(operators.get(uid))])),
    edges: graph.job.edges.map(() => null),
  }
}

function storedLoad({ recordsIn, recordsOut, watermark, stateBytes }: LoadFigures): StoredLoad {
  return { recordsIn, recordsOut, watermark, stateBytes }
}

function loadOf(stored: StoredLoad | undefined): LoadFigures {
  return {
    recordsIn: stored?.recordsIn ?? null,
    recordsOut: stored?.recordsOut ?? null,
    recordsInPerSecond: null,
    recordsOutPerSecond: null,
    busy: null,
    backpressure: null,
    idle: null,
    watermark: stored?.watermark ?? null,
    watermarkLagMs: null,
    stateBytes: stored?.stateBytes ?? null,
  }
}

function operatorOf(stored: z.infer<typeof operator> | undefined): OperatorFigures {
  return {
    recordsIn: stored?.recordsIn ?? null,
    recordsOut: stored?.recordsOut ?? null,
    recordsInPerSecond: null,
    recordsOutPerSecond: null,
    lateRecords: stored?.lateRecords ?? null,
    stateBytes: stored?.stateBytes ?? null,
  }
}
