'use client'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { goToLogin } from '../go-to-login.ts'
import type { WebClient } from '../trpc.ts'
import { browserClock, trpcTransport } from './browser-transport.ts'
import { LiveStore } from './live-store.ts'

const LiveContext = createContext<LiveStore | null>(null)

/** Holds the one store of live data of this tab; stands once, in the shell. */
export function LiveProvider({ client, children }: { readonly client: WebClient; readonly children: ReactNode }) {
  const [store] = useState(
    () => new LiveStore({ transport: trpcTransport(client), clock: browserClock, onUnauthenticated: goToLogin }),
  )
  useEffect(() => {
    const follow = (): void => store.setVisible(document.visibilityState === 'visible')
    follow()
    document.addEventListener('visibilitychange', follow)
    window.addEventListener('online', store.retryNow)
    // A page in the back-forward cache must hold no stream.
    const rest = (): void => store.setVisible(false)
    window.addEventListener('pagehide', rest)
    window.addEventListener('pageshow', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      window.removeEventListener('online', store.retryNow)
      window.removeEventListener('pagehide', rest)
      window.removeEventListener('pageshow', follow)
      store.setVisible(false)
    }
  }, [store])
  return <LiveContext value={store}>{children}</LiveContext>
}

/** The store itself; the hooks of this folder are made of it. */
export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext)
  if (store === null) throw new Error('live data is read outside of <LiveProvider>')
  return store
}
