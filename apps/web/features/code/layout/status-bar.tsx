'use client'
import { countOf, formatAgo } from '@/lib/format'
import { Kbd, Mark } from '@/ui'
import type { CheckState } from '../check/checker.ts'
import type { CodeSession } from '../code-session.ts'
import { useStore } from '../store.ts'
import { useNow } from '../use-now.ts'
import styles from './status-bar.module.css'

/** One line below everything: where the caret is, what Tab does, what the job needs, and when that was checked. */
export function StatusBar({ session }: { readonly session: CodeSession }) {
  const caret = useStore(session.caret)
  const check = useStore(session.checker.state)
  const tabMovesFocus = useStore(session.tabMovesFocus)
  return (
    <footer className={styles.bar}>
      <span className={styles.caret}>
        Ln {caret.line}, Col {caret.column}
      </span>
      <span className={styles.wide}>TypeScript, strict</span>
      <span className={styles.hint} role="status">
        {tabMovesFocus ? (
          <b>Tab moves the focus</b>
        ) : (
          <>
            <Kbd>Esc</Kbd> then <Kbd>Tab</Kbd> leaves the editor
          </>
        )}
      </span>
      <span className={styles.wide}>
        <Kbd>F8</Kbd> next problem
      </span>
      <span className={styles.spacer} />
      <Slots check={check} />
      <CheckedWhen check={check} />
    </footer>
  )
}

function Slots({ check }: { readonly check: CheckState }) {
  const outcome = check.answer?.outcome
  if (outcome === undefined || outcome.slotsNeeded === null) return null
  const { slotsNeeded, slotsFree, slotsTotal } = outcome
  return (
    <span className={slotsNeeded > slotsFree ? styles.warn : undefined}>
      {slotsNeeded > slotsFree && <Mark shape="wait" />}
      Needs {countOf(slotsNeeded, 'slot')}, {slotsFree} of {slotsTotal} free
    </span>
  )
}

function CheckedWhen({ check }: { readonly check: CheckState }) {
  const now = useNow()
  if (check.phase === 'unreachable') {
    return (
      <span className={styles.warn}>
        <Mark shape="wait" />
        Not checked: JobManager unreachable
      </span>
    )
  }
  if (check.phase === 'refused') return <span className={styles.warn}>Not checked: {check.message}</span>
  if (check.answer === null) return <span>Checking…</span>
  return <span className={styles.when}>Checked on the JobManager {formatAgo(Math.max(0, now - check.answer.at))}</span>
}
