'use client'
import { useEffect, useState } from 'react'
import { useConnection } from '@/lib/live'

const STALE_AFTER_MS = 10_000

/** Whether nothing has come from the server for so long that figures are shown as old. */
export function useStale(): boolean {
  const connection = useConnection()
  const fresh = connection.state === 'live'
  const [stale, setStale] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: silenceMs reads the clock and is another function each time
  useEffect(() => {
    if (fresh) {
      setStale(false)
      return
    }
    const timer = setTimeout(() => setStale(true), Math.max(0, STALE_AFTER_MS - connection.silenceMs()))
    return () => clearTimeout(timer)
  }, [fresh])
  return stale
}
