'use client'
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { EdgeLook } from './edge-view.ts'
import type { GraphStore } from './graph-store.ts'
import { farLook, type NodeView } from './node-view.ts'

export interface GraphActions {
  select(uid: string | null): void
  open(uid: string): void
}

/**
 * How far away the graph is: 0 near, 1 too far for all but name, rate and badges, 2 too far for all but names, 3 too far
 * for those. What cannot be read is not drawn: a graph that is far away is a large one.
 */
export type Distance = 0 | 1 | 2 | 3

export const DistanceContext = createContext<Distance>(0)

export interface GraphScope {
  readonly store: GraphStore
  readonly actions: GraphActions
}

export const GraphContext = createContext<GraphScope | null>(null)

export function useGraphScope(): GraphScope {
  const scope = useContext(GraphContext)
  if (scope === null) throw new Error('a card stands outside of its graph')
  return scope
}

/** What a card shows; renders its caller only when that is something else than before. */
export function useNodeView(uid: string): NodeView {
  const { store } = useGraphScope()
  const subscribe = useCallback((listener: () => void) => store.onNode(uid, listener), [store, uid])
  return useSyncExternalStore(
    subscribe,
    () => store.node(uid),
    () => store.node(uid),
  )
}

/** What can be seen of a card from far away, as text; changes seldom. See FarCard. */
export function useFarLook(uid: string): string {
  const { store } = useGraphScope()
  const subscribe = useCallback((listener: () => void) => store.onNode(uid, listener), [store, uid])
  const read = () => farLook(store.node(uid))
  return useSyncExternalStore(subscribe, read, read)
}

export function useIsSelected(uid: string): boolean {
  const { store } = useGraphScope()
  const subscribe = useCallback((listener: () => void) => store.onNode(uid, listener), [store, uid])
  return useSyncExternalStore(
    subscribe,
    () => store.isSelected(uid),
    () => false,
  )
}

export function useEdgeLook(id: string): EdgeLook | undefined {
  const { store } = useGraphScope()
  const subscribe = useCallback((listener: () => void) => store.onEdge(id, listener), [store, id])
  const read = () => store.edge(id)
  return useSyncExternalStore(subscribe, read, read)
}

export function useBlockedEdges(): ReadonlySet<string> {
  const { store } = useGraphScope()
  const subscribe = useCallback((listener: () => void) => store.onBlockedEdges(listener), [store])
  const read = () => store.blockedEdges()
  return useSyncExternalStore(subscribe, read, read)
}
