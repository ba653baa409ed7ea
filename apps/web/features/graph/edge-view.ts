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
  /** Its target cannot keep up: the way to the cause of backpressure carries a tint. */
  readonly blocked: boolean
}

const TYPE_LETTERS = 11
/** From here on the sender's blocking is worth a colour; below it is the normal play of buffers. */
const BLOCKED_FROM = 0.1

export function designEdge(edge: EdgeView, types: Readonly<Record<string, string>>): EdgeLook {
  return { figure: cut(types[edge.id] ?? '', TYPE_LETTERS), widthPx: 1.5, blocked: false }
}

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
    widthPx: edgeWidth(rate),
    blocked: senderBlocked && receiverFull,
  }
}
