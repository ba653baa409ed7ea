import type { EdgeView } from '@weir/proto/web/pipeline'
import { cut } from './text-width.ts'

const MEMBER_OF_PARAMETER = /^\(?\s*([A-Za-z_$][\w$]*)\s*(?::[^)]*)?\)?\s*=>\s*\1\.([\w$.]+)\s*$/

/** How a key selector reads on an edge: `click => click.userId` is `userId`; others are cut at 26 letters. */
export function keyText(selector: string): string {
  const member = MEMBER_OF_PARAMETER.exec(selector)
  return cut(member?.[2] ?? selector.replace(/\s+/g, ' ').trim(), 26)
}

/** The way that records take from one operator to the next, in few words. */
export function partitionerText(edge: EdgeView): string {
  if (edge.chained) return 'chained'
  if (edge.partitioner === 'hash') return edge.key === null ? 'keyBy' : `keyBy ${keyText(edge.key)}`
  return edge.partitioner
}

/** The grey part of an edge's label: the tag of a side output first, then the way of its records. */
export function edgeWords(edge: EdgeView): string {
  const way = partitionerText(edge)
  return edge.output === null ? way : `${cut(edge.output, 18)} · ${way}`
}
