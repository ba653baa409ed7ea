import type { EdgeView } from '@weir/proto/web/pipeline'
import { cut } from './text-width.ts'

/** `click => …`, `(click: Click) => …`; the record's name and what is made of it. */
const OF_RECORD = /^\(?\s*([A-Za-z_$][\w$]*)\s*(?::[^)]*)?\)?\s*=>\s*(.+)$/
const BLOCK = /^\{\s*return\s+(.+?);?\s*\}$/

/** The longest key on an edge: with more, a column of cards would not fit a narrow pane. */
const KEY_LETTERS = 16

/**
 * How a key selector reads on an edge: what it takes of the record, without the record's own name
 * (`click => click.userId` is `userId`), cut at 16 letters. The whole stands on hover.
 */
export function keyText(selector: string): string {
  const line = selector.replace(/\s+/g, ' ').trim()
  const [, record, body] = OF_RECORD.exec(line) ?? []
  if (record === undefined || body === undefined) return cut(line, KEY_LETTERS)
  const made = BLOCK.exec(body)?.[1] ?? body
  return cut(made.replaceAll(new RegExp(`(?<![\\w$.])${record.replaceAll('$', '\\$')}\\.`, 'g'), ''), KEY_LETTERS)
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

/**
 * Which input of its operator each edge comes into, counted from 1, by edge id; only for operators that have two, whose
 * inputs mean different things.
 */
export function inputNumbers(edges: readonly EdgeView[]): ReadonlyMap<string, number> {
  const several = new Set(edges.filter(({ input }) => input > 0).map(({ to }) => to))
  return new Map(edges.filter(({ to }) => several.has(to)).map(({ id, input }) => [id, input + 1]))
}
