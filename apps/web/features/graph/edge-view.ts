import type { JobDoc } from '@weir/proto/web/job-doc'
import type { EdgeView } from '@weir/proto/web/pipeline'
import { formatRate } from '../../lib/format.ts'
import { edgeWidth } from './edge-width.ts'
import { cut } from './text-width.ts'

/** What of an edge changes while its ends stay where they are. */
export interface EdgeLook {
  /** In bold before partitioner and key: the rate, or the type of the records; empty for nothing. */
  readonly figure: string
  /** Room for the figure before the words: rates change, and the words stay where they are. */
  readonly figureWidthPx: number
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

const TYPE_LETTERS = 18
/** From here on the sender's blocking is worth a colour; below it is the normal play of buffers. */
const BLOCKED_FROM = 0.1

export function designEdge(edge: EdgeView, types: Readonly<Record<string, EdgeRecords>>): EdgeLook {
  const { short, full, bad } = types[edge.id] ?? NOT_KNOWN
  const figure = cut(short, TYPE_LETTERS)
  return { figure, figureWidthPx: figureWidth(figure), full, widthPx: 1.5, blocked: false, bad }
}

const FIGURE_LETTER_PX = 6.65
const RATE_WIDTH_PX = 58

function figureWidth(figure: string): number {
  return figure === '' ? 0 : [...figure].length * FIGURE_LETTER_PX + 8
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
  const figure = rate === null ? '' : formatRate(rate)
  return {
    figure,
    figureWidthPx: figure === '' ? 0 : Math.max(RATE_WIDTH_PX, figureWidth(figure)),
    full: '',
    widthPx: edgeWidth(rate),
    blocked: senderBlocked && receiverFull,
    bad: false,
  }
}
