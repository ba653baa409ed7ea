import type { JobDoc } from '@weir/proto/web/job-doc'
import type { EdgeView } from '@weir/proto/web/pipeline'
import { formatRate } from '../../lib/format.ts'
import { edgeWidth } from './edge-width.ts'
import { cut } from './text-width.ts'

/** What of an edge changes while its ends stay where they are. */
export interface EdgeLook {
  /** In bold before partitioner and key: the rate, or the type of the records; empty for nothing. */
  readonly figure: string
  readonly widthPx: number
  /** All of it on hover, where `figure` is cut; empty for nothing. */
  readonly full: string
  /** Its target cannot keep up: the way to the cause of backpressure carries a tint. */
  readonly blocked: boolean
  /** What comes over it does not fit what takes it. */
  readonly bad: boolean
}

/** What is known of the records on an edge while the code is written. */
export interface EdgeRecords {
  /** Their type, short enough for an edge; empty where nobody knows it. */
  readonly short: string
  /** All of it: a named type with its fields. */
  readonly full: string
  /** There is a type error in the code that takes them. */
  readonly bad: boolean
}

const TYPE_LETTERS = 11
/** From here on the sender's blocking is worth a colour; below it is the normal play of buffers. */
const BLOCKED_FROM = 0.1

export function designEdge(edge: EdgeView, types: Readonly<Record<string, EdgeRecords>>): EdgeLook {
  const { short, full, bad } = types[edge.id] ?? NOT_KNOWN
  return { figure: cut(short, TYPE_LETTERS), full, widthPx: 1.5, blocked: false, bad }
}

const NOT_KNOWN: EdgeRecords = { short: '', full: '', bad: false }

/** `vertexOf`: the vertex that runs an operator. */
export function liveEdge(edge: EdgeView, vertexOf: (uid: string) => string | undefined, doc: JobDoc): EdgeLook {
  const rate = doc.edges[edge.id]?.recordsPerSecond ?? null
  const sender = doc.vertices[vertexOf(edge.from) ?? '']
  const receiver = doc.vertices[vertexOf(edge.to) ?? '']
  const senderBlocked = !edge.chained && (sender?.backpressure ?? 0) >= BLOCKED_FROM
  // Of several receivers the one that is busy or blocked itself is the one that the sender waits for.
  const receiverFull = (receiver?.busy ?? 0) >= 0.5 || (receiver?.backpressure ?? 0) >= BLOCKED_FROM
  return {
    figure: rate === null ? '' : formatRate(rate),
    full: '',
    widthPx: edgeWidth(rate),
    blocked: senderBlocked && receiverFull,
    bad: false,
  }
}
