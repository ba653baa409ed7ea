import { createHash } from 'node:crypto'
import type { Position } from './channel.ts'

/** A topic in ids: short, whatever is searched for. Should two have the same, generations differ: it costs a snapshot. */
export function topicTag(topic: string): string {
  return createHash('sha256').update(topic).digest('hex').slice(0, 10)
}

/** The id of a message: the incarnation of the JobManager, and the position in each topic by its tag. */
export function eventId(incarnation: string, positions: ReadonlyMap<string, Position>): string {
  const parts = [...positions].map(([tag, { generation, at }]) => `${tag}.${generation}.${at}`)
  return [incarnation, ...parts].join('~')
}

/** The positions in an id by tag; none when it is not of this incarnation. */
export function positionsIn(id: string | null, incarnation: string): ReadonlyMap<string, Position> {
  const [of, ...parts] = (id ?? '').split('~')
  if (of !== incarnation) return new Map()
  return new Map(
    parts.flatMap(part => {
      const match = /^([0-9a-f]{10})\.(\d{1,15})\.(\d{1,15})$/.exec(part)
      return match === null ? [] : [[match[1]!, { generation: Number(match[2]), at: Number(match[3]) }] as const]
    }),
  )
}
