'use client'
import { useEffect, useState } from 'react'

/**
 * A text that is told on after a pause in typing; changed from outside (Back, "Show all") it follows. The field shows what
 * is typed at once: the address, where such a text lives, comes a moment later, and letters would be lost meanwhile.
 */
export function useTyped(
  value: string,
  pauseMs: number,
  onPause: (value: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(value)
  const [told, setTold] = useState(value)
  const [sent, setSent] = useState<string | null>(null)
  if (value !== told) {
    setTold(value)
    // Our own word coming back is older than what is typed by now.
    if (value !== sent) setText(value)
    setSent(null)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing begins a pause
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => {
      setSent(text)
      onPause(text)
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return [text, setText]
}
