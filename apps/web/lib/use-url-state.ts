'use client'
import { useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export interface UrlStateOptions {
  /** What an address without the parameter means. Setting this value takes the parameter out again. */
  readonly fallback?: string
  /** `push` makes a step for the browser's Back; `replace` (the default) does not. */
  readonly history?: 'push' | 'replace'
}

/**
 * One search parameter of the address as state: selection, tab, filter and sort live there, so that a link shows what
 * its sender saw. `null` takes the parameter out. Nothing is fetched from the server on a change.
 */
export function useUrlState(
  name: string,
  options: UrlStateOptions & { readonly fallback: string },
): [string, (value: string | null) => void]
export function useUrlState(name: string, options?: UrlStateOptions): [string | null, (value: string | null) => void]
export function useUrlState(
  name: string,
  { fallback, history = 'replace' }: UrlStateOptions = {},
): [string | null, (value: string | null) => void] {
  const value = useSearchParams().get(name) ?? fallback ?? null
  const set = useCallback(
    (next: string | null) => changeUrl({ [name]: next === fallback ? null : next }, history),
    [name, fallback, history],
  )
  return [value, set]
}

/** Sets several parameters in one step; `null` and the empty string take one out. */
export function changeUrl(
  changes: Readonly<Record<string, string | null>>,
  history: 'push' | 'replace' = 'replace',
): void {
  const search = searchAfter(window.location.search, changes)
  if (search === window.location.search) return
  const address = `${window.location.pathname}${search}${window.location.hash}`
  // Next follows the browser's own history: useSearchParams answers anew, no request is made.
  if (history === 'push') window.history.pushState(null, '', address)
  else window.history.replaceState(null, '', address)
}

/** The search part of an address after the changes; empty, or with its leading question mark. */
export function searchAfter(search: string, changes: Readonly<Record<string, string | null>>): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
