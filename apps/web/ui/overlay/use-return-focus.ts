import { useInsertionEffect, useRef } from 'react'

/**
 * Props of a Radix `Content` that is opened without a trigger of Radix: Radix gives the focus back to the trigger alone,
 * and without one it would fall to the page's beginning. It goes back to what had it, if that is still there.
 */
export function useReturnFocus(open: boolean) {
  const before = useRef<HTMLElement | null>(null)
  // Before `autoFocus` of a field in the dialog, which comes with the layout effects.
  useInsertionEffect(() => {
    if (!open) return
    const focused = document.activeElement
    before.current = focused instanceof HTMLElement && focused !== document.body ? focused : null
  }, [open])
  return {
    onCloseAutoFocus(event: Event): void {
      if (before.current?.isConnected !== true) return
      event.preventDefault()
      before.current.focus({ preventScroll: true })
    },
  }
}
