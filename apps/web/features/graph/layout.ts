import { Graph, type GraphLabel, layout as placeByDagre } from '@dagrejs/dagre'
import type { EdgeView, OperatorView, PipelineView } from '@weir/proto/web/pipeline'
import { downwardPath, type Point } from './edge-path.ts'
import { edgeWords } from './edge-text.ts'
import { topologicalOrder } from './graph-topology.ts'
import { monoWidth, sansWidth } from './text-width.ts'

export interface PlacedNode {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedEdge {
  /** SVG path from the lower side of one card to the upper side of the other. */
  readonly path: string
  /** Where the path ends; it comes from above. */
  readonly end: Point
  /** Left end of the label, on its middle line. */
  readonly label: Point
}

/** Places in px; the upper left corner of the picture is 0,0. */
export interface GraphLayout {
  /** With the labels of the edges. */
  readonly width: number
  readonly height: number
  /** Cards and lines alone. */
  readonly drawnWidth: number
  readonly nodes: ReadonlyMap<string, PlacedNode>
  readonly edges: ReadonlyMap<string, PlacedEdge>
  /** Uids so that every operator comes after its inputs: the order of focus. */
  readonly order: readonly string[]
}

export const CARD_HEIGHT = 72
const CARD_WIDTH_MIN = 200
const CARD_WIDTH_MAX = 288
/** Room for a rate or a record's type, beside the words for partitioner and key. */
const FIGURE_WIDTH = 128
const LABEL_GAP = 10
const RANK_GAP = 26
/** Where edges part or meet they go sideways too, above or below their labels. */
const RANK_GAP_SIDEWAYS = 48
/** From the card to the middle of a label that makes way for its line. */
const LABEL_FROM_CARD = 16
const LABEL_HALF = 9
const HEAD_LENGTH = 8
const CACHED_LAYOUTS = 24

/**
 * The width of all cards of a graph: what the longest name and most of the details need, in steps of 8 px. The same in
 * design and live mode, so that nothing moves.
 */
export function cardWidth(operators: readonly OperatorView[]): number {
  let wanted = CARD_WIDTH_MIN
  for (const { name, parallelism, detail } of operators) {
    const title = 24 + 22 + sansWidth(name) + 8 + monoWidth(`×${parallelism}`)
    // A detail has two lines.
    wanted = Math.max(wanted, title, Math.min(24 + monoWidth(detail) / 1.8, CARD_WIDTH_MIN + 40))
  }
  return Math.min(CARD_WIDTH_MAX, Math.ceil(wanted / 8) * 8)
}

function labelWidth(edge: EdgeView): number {
  return FIGURE_WIDTH + 8 + monoWidth(edgeWords(edge))
}

const cache = new Map<string, GraphLayout>()

/**
 * Places the operators from top to bottom. Depends on the topology and the texts' widths only, and is remembered by
 * them: new figures never move a card.
 */
export function layoutOf(pipeline: PipelineView): GraphLayout {
  const key = topologyKey(pipeline)
  const known = cache.get(key)
  if (known !== undefined) {
    cache.delete(key)
    cache.set(key, known)
    return known
  }
  const made = place(pipeline)
  cache.set(key, made)
  for (const oldest of cache.keys()) {
    if (cache.size <= CACHED_LAYOUTS) break
    cache.delete(oldest)
  }
  return made
}

/** Equal for pipelines that have the same picture. */
export function topologyKey(pipeline: PipelineView): string {
  return JSON.stringify([
    cardWidth(pipeline.operators),
    pipeline.operators.map(({ uid }) => uid),
    pipeline.edges.map(edge => [edge.id, edge.from, edge.to, Math.round(labelWidth(edge))]),
  ])
}

function place(pipeline: PipelineView): GraphLayout {
  const graph = new Graph<GraphLabel>({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 32, edgesep: 16, ranksep: rankGap(pipeline.edges), marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  const order = topologicalOrder(pipeline)
  const rankOf = new Map(order.map((uid, index) => [uid, index]))
  const operators = [...pipeline.operators].sort((a, b) => rankOf.get(a.uid)! - rankOf.get(b.uid)!)
  const width = cardWidth(operators)
  for (const { uid } of operators) graph.setNode(uid, { width, height: CARD_HEIGHT })
  const edges = pipeline.edges.filter(edge => graph.hasNode(edge.from) && graph.hasNode(edge.to))
  // Dagre puts what it meets last on the left: branches and inputs are to stand in their own order.
  for (const edge of edges.toSorted((a, b) => a.input - b.input).reverse()) {
    graph.setEdge(
      edge.from,
      edge.to,
      { width: labelWidth(edge), height: 18, labelpos: 'r', labeloffset: LABEL_GAP, weight: edge.chained ? 4 : 1 },
      edge.id,
    )
  }
  placeByDagre(graph)

  const nodes = new Map<string, PlacedNode>()
  for (const { uid } of operators) {
    const { x, y, width, height } = graph.node(uid)
    nodes.set(uid, { x: Math.round(x - width / 2), y: Math.round(y - height / 2), width, height })
  }
  const bends = new Map(edges.map(edge => [edge.id, bendsOf(graph.edge(edge.from, edge.to, edge.id).points)]))
  const starts = ports(edges, nodes, bends, 'from')
  const ends = ports(edges, nodes, bends, 'to')
  const placed = new Map<string, PlacedEdge>()
  for (const edge of edges) {
    const start = starts.get(edge.id)!
    const end = ends.get(edge.id)!
    const label = graph.edge(edge.from, edge.to, edge.id)
    const { labelY, points } = besideLabel(start, end, label.y, bends.get(edge.id)!)
    const inner = points.filter(point => point.y > start.y + 6 && point.y < end.y - HEAD_LENGTH - 6)
    placed.set(edge.id, {
      path: downwardPath([start, ...inner, { x: end.x, y: end.y - HEAD_LENGTH }]),
      end,
      label: { x: label.x - label.width / 2, y: labelY },
    })
  }
  const turns = [...bends.values()].flat().map(({ x }) => x)
  const drawnWidth = Math.ceil(Math.max(0, ...turns, ...[...nodes.values()].map(node => node.x + node.width)))
  return { ...boundsOf(nodes, placed, edges), drawnWidth, nodes, edges: placed, order }
}

/** The places between the cards that dagre leads an edge through; its first and last point are on the cards. */
function bendsOf(points: readonly Point[]): readonly Point[] {
  return points.slice(1, -1)
}

function rankGap(edges: readonly EdgeView[]): number {
  const parts = (uids: readonly string[]) => new Set(uids).size < uids.length
  return parts(edges.map(({ from }) => from)) || parts(edges.map(({ to }) => to)) ? RANK_GAP_SIDEWAYS : RANK_GAP
}

/**
 * A line that goes sideways to the next row would run through its label, which lies right of it: it turns below a label
 * that stands at the upper card, or above one that stands at the lower card, whichever is on its way.
 */
function besideLabel(
  start: Point,
  end: Point,
  middle: number,
  bends: readonly Point[],
): { readonly labelY: number; readonly points: readonly Point[] } {
  const [bend] = bends
  const before = Math.abs((bend?.x ?? start.x) - start.x)
  const after = Math.abs((bend?.x ?? end.x) - end.x)
  if (bend === undefined || bends.length > 1 || Math.max(before, after) < 24) return { labelY: middle, points: bends }
  const labelY = after > before ? start.y + LABEL_FROM_CARD : end.y - HEAD_LENGTH - LABEL_FROM_CARD
  const turnY = after > before ? labelY + LABEL_HALF : labelY - LABEL_HALF
  return { labelY, points: [{ x: bend.x, y: turnY }] }
}

/** Where edges leave (or reach) a card: beside each other, in the order of the places that they lead to. */
function ports(
  edges: readonly EdgeView[],
  nodes: ReadonlyMap<string, PlacedNode>,
  bends: ReadonlyMap<string, readonly Point[]>,
  side: 'from' | 'to',
): ReadonlyMap<string, Point> {
  const result = new Map<string, Point>()
  for (const [uid, node] of nodes) {
    const here = edges.filter(edge => edge[side] === uid)
    const towards = (edge: EdgeView) => {
      const way = bends.get(edge.id)!
      const other = nodes.get(side === 'from' ? edge.to : edge.from)!
      return (side === 'from' ? way[0] : way.at(-1))?.x ?? other.x + other.width / 2
    }
    here.sort((a, b) => towards(a) - towards(b))
    const gap = Math.min(36, (node.width - 48) / Math.max(1, here.length))
    here.forEach((edge, index) => {
      const x = node.x + node.width / 2 + (index - (here.length - 1) / 2) * gap
      result.set(edge.id, { x, y: side === 'from' ? node.y + node.height : node.y })
    })
  }
  return result
}

/** The size of the picture, labels included. */
function boundsOf(
  nodes: ReadonlyMap<string, PlacedNode>,
  edges: ReadonlyMap<string, PlacedEdge>,
  views: readonly EdgeView[],
): Pick<GraphLayout, 'width' | 'height'> {
  const rights = [...nodes.values()].map(node => node.x + node.width)
  for (const view of views) rights.push(edges.get(view.id)!.label.x + labelWidth(view))
  return {
    width: Math.ceil(Math.max(0, ...rights)),
    height: Math.ceil(Math.max(0, ...[...nodes.values()].map(node => node.y + node.height))),
  }
}
