'use client'
import { Search } from 'lucide-react'
import { type ReactNode, useState, useSyncExternalStore } from 'react'
import { useNavNarrow } from '@/lib/preferences.ts'
import { Kbd, PORTAL_ID } from '@/ui/index.ts'
import { ConnectionBadge } from './connection-badge.tsx'
import { Crumbs } from './crumbs.tsx'
import { commandKey } from './keys.ts'
import { Nav } from './nav.tsx'
import { Palette } from './palette.tsx'
import { Providers } from './providers.tsx'
import { SessionGate } from './session.tsx'
import styles from './shell.module.css'
import { ThemeButton } from './theme-button.tsx'
import { UserMenu } from './user-menu.tsx'

/** The frame around every page: navigation, bar, and the page between them. */
export function Shell({ children }: { readonly children: ReactNode }) {
  return (
    <Providers>
      <Frame>{children}</Frame>
    </Providers>
  )
}

const WIDE = '(min-width: 1280px)'

function subscribeWide(listener: () => void): () => void {
  const query = window.matchMedia(WIDE)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

function Frame({ children }: { readonly children: ReactNode }) {
  const [paletteOpen, setPaletteOpen] = useState(false)
  const narrowByChoice = useNavNarrow()
  const wideWindow = useSyncExternalStore(
    subscribeWide,
    () => window.matchMedia(WIDE).matches,
    () => true,
  )
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <Nav narrow={narrowByChoice || !wideWindow} canWiden={wideWindow} />
      <header className={styles.bar}>
        <Crumbs />
        <button
          type="button"
          className={styles.search}
          aria-keyshortcuts="Meta+K Control+K"
          onClick={() => setPaletteOpen(true)}
        >
          <Search aria-hidden="true" />
          <span>Search or run a command</span>
          <CommandKey />
        </button>
        <ConnectionBadge />
        <ThemeButton />
        <UserMenu />
        <div id={PORTAL_ID} className={styles.floating} />
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <SessionGate>{children}</SessionGate>
      </main>
      <Palette open={paletteOpen} onOpenChange={setPaletteOpen} />
    </div>
  )
}

function CommandKey() {
  const keys = useSyncExternalStore(
    () => () => undefined,
    () => commandKey(navigator.platform),
    () => 'Ctrl K',
  )
  return <Kbd>{keys}</Kbd>
}
