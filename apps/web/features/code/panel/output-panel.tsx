'use client'
import { EmptyState } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { useStore } from '../store.ts'
import styles from './bottom-panel.module.css'

/** What the module wrote to `console` while its graph was built. */
export function OutputPanel({ session }: { readonly session: CodeSession }) {
  const lines = useStore(session.checker.state).answer?.outcome.console ?? []
  if (lines.length === 0) {
    return (
      <EmptyState compact title="No output">
        What the code writes to <code>console</code> while it builds the graph stands here; what its functions write
        stands in the job’s logs.
      </EmptyState>
    )
  }
  return (
    <ol className={styles.output} aria-label="Output">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are equal now and then, and never change places
        <li key={index}>{line}</li>
      ))}
    </ol>
  )
}
