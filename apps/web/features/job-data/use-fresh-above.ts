import type { RowItem } from '@weir/proto/web/job-details'
import { useEffect, useLayoutEffect, useState } from 'react'
import { type Arrivals, afterLook, freshAbove, freshUntilMs } from './fresh-rows.ts'

/** The sequence number above which rows are new: they came in the last two seconds. */
export function useFreshAbove(items: readonly RowItem[]): number {
  const [{ arrivals, nowMs }, setState] = useState<{ arrivals: Arrivals; nowMs: number }>({ arrivals: [], nowMs: 0 })
  const seq = items.at(-1)?.seq
  useLayoutEffect(() => {
    if (seq === undefined) return
    const now = performance.now()
    setState(state => ({ arrivals: afterLook(state.arrivals, now, seq), nowMs: now }))
  }, [seq])
  useEffect(() => {
    const until = freshUntilMs(arrivals, nowMs)
    if (until === null) return
    const look = () => setState(state => ({ ...state, nowMs: Math.max(until, performance.now()) }))
    const timer = setTimeout(look, until - performance.now())
    return () => clearTimeout(timer)
  }, [arrivals, nowMs])
  return freshAbove(arrivals, nowMs)
}
