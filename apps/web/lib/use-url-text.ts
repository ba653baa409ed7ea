'use client'
import { useTyped } from './use-typed.ts'
import { useUrlState } from './use-url-state.ts'

const PAUSE_MS = 200

/**
 * What is typed into a field, kept in a search parameter of the address; empty when there is none. The text is there with
 * each letter, the address follows after a pause: bound to the address itself a field loses letters on a slow machine.
 */
export function useUrlText(name: string): [string, (text: string) => void] {
  const [value, setValue] = useUrlState(name, { fallback: '' })
  return useTyped(value, PAUSE_MS, setValue)
}
