'use client'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { Connection, ConnectionState, ServerClock } from './connection.ts'
import { useLiveStore } from './live-provider.tsx'

export interface ConnectionView {
  readonly state: ConnectionState
  /** The page has just begun: nothing has come yet, and nothing has failed. */
  readonly connecting: boolean
  /** Ms since anything came from the server. */
  silenceMs(): number
  /** Ms until the next try; null while none is due. */
  retryInMs(): number | null
  /** The server's wall clock, by which ages are shown: ms since the epoch. */
  serverNow(): number
  /** Tries at once. */
  retryNow(): void
}

const START: Connection = { state: 'live', connecting: true, heardAt: 0, retryAt: null, serverClock: null }

/** How fresh the data on this page is. Re-renders when the state changes, not with every message. */
export function useConnection(): ConnectionView {
  const store = useLiveStore()
  const { state, connecting, retryAt } = useSyncExternalStore(store.watchConnection, store.connection, () => START)
  const serverNow = useCallback(() => serverTime(store.connection().serverClock), [store])
  return {
    state,
    connecting,
    silenceMs: () => performance.now() - store.connection().heardAt,
    retryInMs: () => (retryAt === null ? null : Math.max(0, retryAt - performance.now())),
    serverNow,
    retryNow: store.retryNow,
  }
}

/** The browser's own clock stands in until the server has said its time. */
function serverTime(clock: ServerClock | null): number {
  return clock === null ? Date.now() : Math.round(clock.at + performance.now() - clock.heardAt)
}

/** The server's time for ages and uptimes, anew every `everyMs` (default 1 s) while the component is mounted. */
export function useServerNow(everyMs = 1_000): number {
  const { serverNow } = useConnection()
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    setNow(serverNow())
    const timer = setInterval(() => setNow(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [serverNow, everyMs])
  return now
}
