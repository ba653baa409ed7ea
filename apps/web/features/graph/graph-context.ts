'use client'
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { EdgeLook } from './edge-view.ts'
import type { GraphStore } from './graph-store.ts'
import type { NodeView } from './node-view.ts'

export interface GraphActions {
  select(uid: string | null): void
  open(uid: string): void
}

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
  return useSyncExternalStore(
    subscribe,
    () => store.edge(id),
    () => store.edge(id),
  )
}
