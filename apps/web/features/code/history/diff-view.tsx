'use client'
import { useEffect, useRef } from 'react'
import { cx } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import styles from './history.module.css'

export interface DiffViewProps {
  readonly session: CodeSession
  readonly before: string
  readonly after: string
  /** What is compared, for screen readers. */
  readonly label: string
}

/** Two texts side by side, with what differs marked; to read, not to write. */
export function DiffView({ session, before, after, label }: DiffViewProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { monaco } = session
    const original = session.otherText(before)
    const modified = session.otherText(after)
    const diff = monaco.editor.createDiffEditor(place.current!, {
      automaticLayout: true,
      readOnly: true,
      originalEditable: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      fontFamily: getComputedStyle(place.current!).fontFamily,
      fontSize: 12,
      lineHeight: 18,
      fontLigatures: false,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderOverviewRuler: false,
      renderFinalNewline: 'on',
      renderMarginRevertIcon: false,
      stickyScroll: { enabled: false },
      hideUnchangedRegions: { enabled: true },
    })
    diff.setModel({ original, modified })
    diff.getOriginalEditor().updateOptions({ ariaLabel: `${label}: before` })
    diff.getModifiedEditor().updateOptions({ ariaLabel: `${label}: after` })
    return () => {
      diff.dispose()
      // A comparison that is under way in the worker fails when its texts are gone: it may end first.
      setTimeout(() => {
        original.dispose()
        modified.dispose()
      }, COMPARISON_MS_MAX)
    }
  }, [session, before, after, label])
  return <div ref={place} className={cx(styles.diff, 'nokey')} />
}

const COMPARISON_MS_MAX = 5_000
