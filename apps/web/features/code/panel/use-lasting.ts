'use client'
import { useEffect, useState } from 'react'

/** Half a word is a problem too: only one that stays while nothing is typed opens the panel, which moves what is above. */
const ON_AFTER_MS = 1_000
const OFF_AFTER_MS = 4_000

/** A yes or no that has been so for a while; at first the one that is. */
export function useLasting(value: boolean): boolean {
  const [lasting, setLasting] = useState(value)
  useEffect(() => {
    if (value === lasting) return
    const timer = setTimeout(() => setLasting(value), value ? ON_AFTER_MS : OFF_AFTER_MS)
    return () => clearTimeout(timer)
  }, [value, lasting])
  return lasting
}
