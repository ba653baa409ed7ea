import { createHash } from 'node:crypto'
import type { Position } from './channel.ts'

/**
 * The id of a message: names the JobManager's incarnation, and the position of each topic. Topics are named by a hash, so
 * that an id stays short whatever is searched for; should two have the same, generations differ, and it costs a snapshot.
 */
export function eventId(incarnation: string, positions: ReadonlyMap<string, Position>): string {
  const parts = [...positions].map(([topic, { generation, at }]) => `${hashOf(topic)}.${generation}.${at}`)
  return [incarnation, ...parts].join('~')
}

/** The positions in an id by the topic's hash (`positionOf`); none when it is not of this incarnation. */
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

export function positionOf(positions: ReadonlyMap<string, Position>, topic: string): Position | null {
  return positions.get(hashOf(topic)) ?? null
}

function hashOf(topic: string): string {
  return createHash('sha256').update(topic).digest('hex').slice(0, 10)
}
