'use client'
import { useSyncExternalStore } from 'react'
import { NAV_COOKIE, THEME_COOKIE, type Theme, themeOf } from './theme.ts'

const listeners = new Set<() => void>()
const YEAR_S = 365 * 24 * 60 * 60

function remember(cookie: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not there in every browser
  document.cookie = `${cookie}=${value}; path=/; max-age=${YEAR_S}; samesite=strict`
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Chooses light, dark, or what the system says; kept for a year. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  remember(THEME_COOKIE, theme)
}

/** The choice, not the colours that follow from it. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    subscribe,
    () => themeOf(document.documentElement.dataset.theme),
    () => 'system',
  )
}

const DARK = '(prefers-color-scheme: dark)'

function subscribeColors(listener: () => void): () => void {
  const query = window.matchMedia(DARK)
  query.addEventListener('change', listener)
  const end = subscribe(listener)
  return () => {
    query.removeEventListener('change', listener)
    end()
  }
}

/** Whether the colours in use are dark ones: for what cannot use the tokens as they are (the code editor). */
export function useIsDark(): boolean {
  const theme = useTheme()
  const systemIsDark = useSyncExternalStore(
    subscribeColors,
    () => window.matchMedia(DARK).matches,
    () => false,
  )
  return theme === 'system' ? systemIsDark : theme === 'dark'
}

/** Whether the navigation is narrow by choice; below 1280 px it always is. */
export function setNavNarrow(narrow: boolean): void {
  document.documentElement.dataset.nav = narrow ? 'narrow' : 'wide'
  remember(NAV_COOKIE, narrow ? 'narrow' : 'wide')
}

export function useNavNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => document.documentElement.dataset.nav === 'narrow',
    () => false,
  )
}
