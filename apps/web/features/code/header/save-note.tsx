'use client'
import { Check } from 'lucide-react'
import { formatAgo } from '@/lib/format'
import { Button, cx, Mark } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { useStore } from '../store.ts'
import { useNow } from '../use-now.ts'
import styles from './code-header.module.css'

/** Whether the text on the screen is safe, and where. */
export function SaveNote({ session }: { readonly session: CodeSession }) {
  const save = useStore(session.autosave.state)
  switch (save.phase) {
    case 'saving':
      return <span className={styles.note}>Saving…</span>
    case 'saved':
      return <Saved at={save.at} />
    case 'unreachable':
      return (
        <span className={cx(styles.note, styles.warn)} role="status">
          <Mark shape="wait" />
          Not saved: JobManager unreachable, kept in this browser
        </span>
      )
    case 'refused':
      return (
        <span className={cx(styles.note, styles.error)} role="alert">
          <Mark shape="fail" />
          Not saved: {save.message}
          <Button size="small" onClick={() => session.autosave.retry()}>
            Try again
          </Button>
        </span>
      )
    case 'conflict':
      return (
        <span className={cx(styles.note, styles.warn)}>
          <Mark shape="warn" />
          Not saved: edited elsewhere
        </span>
      )
  }
}

function Saved({ at }: { readonly at: number | null }) {
  const now = useNow()
  return (
    <span className={styles.note}>
      <Check size={14} aria-hidden="true" />
      {at === null ? 'saved' : `saved ${formatAgo(Math.max(0, now - at))}`}
    </span>
  )
}
