import type { Neighbours } from './graph-topology.ts'
import type { GraphLayout } from './layout.ts'

export type WalkKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End'

const KEYS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'] satisfies WalkKey[]

export function isWalkKey(key: string): key is WalkKey {
  return KEYS.includes(key)
}

/**
 * Where a key leads from an operator: up and down along edges (to the nearest card where there are several), left and
 * right to the neighbour in the same row, Home and End to the first and last of all. Null: there is nothing there.
 */
export function walk(from: string, key: WalkKey, layout: GraphLayout, neighbours: Neighbours): string | null {
  const here = layout.nodes.get(from)
  if (here === undefined || key === 'Home') return layout.order[0] ?? null
  if (key === 'End') return layout.order.at(-1) ?? null
  const middle = here.x + here.width / 2
  const distance = (uid: string) => {
    const node = layout.nodes.get(uid)!
    return Math.abs(node.x + node.width / 2 - middle)
  }
  const nearest = (uids: readonly string[]) => [...uids].sort((a, b) => distance(a) - distance(b))[0] ?? null
  if (key === 'ArrowDown') return nearest(neighbours.after.get(from) ?? [])
  if (key === 'ArrowUp') return nearest(neighbours.before.get(from) ?? [])
  const row = layout.order.filter(uid => uid !== from && Math.abs(layout.nodes.get(uid)!.y - here.y) < here.height / 2)
  return nearest(
    row.filter(uid => (key === 'ArrowLeft' ? layout.nodes.get(uid)!.x < here.x : layout.nodes.get(uid)!.x > here.x)),
  )
}
