'use client'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'

/** Something that can be done on the page in sight; the palette lists it first. */
export interface PageAction {
  /** Unique on its page. */
  readonly id: string
  readonly label: string
  /** Further words by which the palette finds it. */
  readonly keywords?: readonly string[]
  /** Why it cannot be done now; null when it can. */
  readonly reason?: string | null
  /** The keys that do the same, as they are shown. */
  readonly keys?: string
  readonly run: () => void
}

type Listed = Omit<PageAction, 'run'>

/** Stays the same as long as the shell is there; what is in it changes. */
interface Registry {
  readonly run: (id: string) => void
  readonly put: (owner: symbol, actions: readonly PageAction[] | null) => void
}

const RegistryContext = createContext<Registry | null>(null)
const ListedContext = createContext<readonly Listed[]>([])

export function PageActionsProvider({ children }: { readonly children: ReactNode }) {
  const latest = useRef(new Map<symbol, readonly PageAction[]>())
  const [listed, setListed] = useState<readonly Listed[]>([])
  const [registry] = useState<Registry>(() => {
    const all = (): PageAction[] => [...latest.current.values()].flat()
    return {
      run: id =>
        all()
          .find(action => action.id === id)
          ?.run(),
      put(owner, actions) {
        if (actions === null) latest.current.delete(owner)
        else latest.current.set(owner, actions)
        setListed(before => (sameList(before, all()) ? before : all()))
      },
    }
  })
  return (
    <RegistryContext value={registry}>
      <ListedContext value={listed}>{children}</ListedContext>
    </RegistryContext>
  )
}

/** Tells the palette what can be done here, while the component is there. */
export function usePageActions(actions: readonly PageAction[]): void {
  const put = useContext(RegistryContext)?.put
  const [owner] = useState(() => Symbol('actions'))
  // What they do may be another thing with every render; the list that is shown changes when its words do.
  useEffect(() => put?.(owner, actions))
  useEffect(() => () => put?.(owner, null), [put, owner])
}

/** What can be done on the page in sight. */
export function usePageActionList(): { readonly listed: readonly Listed[]; readonly run: Registry['run'] } {
  const registry = useContext(RegistryContext)
  const listed = useContext(ListedContext)
  if (registry === null) throw new Error('actions of a page are asked for outside of the shell')
  return { listed, run: registry.run }
}

function sameList(a: readonly Listed[], b: readonly Listed[]): boolean {
  const words = (actions: readonly Listed[]): string =>
    JSON.stringify(actions.map(({ id, label, reason, keys, keywords }) => [id, label, reason ?? null, keys, keywords]))
  return words(a) === words(b)
}
