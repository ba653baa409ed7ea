'use client'
import { type RefObject, useEffect } from 'react'

/** The page that the browser itself loaded: there the focus is where a browser puts it. */
const firstPath = typeof window === 'undefined' ? null : window.location.pathname
let hasMoved = false

/**
 * Gives the focus to the heading of a page that was reached from another one of the app, when what had it is gone: the
 * keyboard would begin at the top of the document otherwise, and a screen reader would say nothing.
 */
export function useHeadingFocus(heading: RefObject<HTMLElement | null>, path: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another page
  useEffect(() => {
    hasMoved ||= window.location.pathname !== firstPath
    if (!hasMoved) return
    const take = (): void => {
      const { activeElement } = document
      if (activeElement !== null && activeElement !== document.body && activeElement.isConnected) return
      heading.current?.focus({ preventScroll: true })
    }
    take()
    // A dialog that led here gives the focus back when it is gone, to something that is gone too.
    const timers = [50, 300].map(delayMs => setTimeout(take, delayMs))
    return () => {
      for (const timer of timers) clearTimeout(timer)
    }
  }, [path, heading])
}
