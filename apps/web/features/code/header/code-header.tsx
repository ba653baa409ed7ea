'use client'
import type { Draft } from '@weir/proto/web/drafts'
import { Code2, Columns2, History, Workflow } from 'lucide-react'
import { Button, SegmentedControl } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import styles from './code-header.module.css'
import { DraftName } from './draft-name.tsx'
import { JobChip } from './job-chip.tsx'
import { SaveNote } from './save-note.tsx'

export type View = 'graph' | 'split' | 'code'

export interface CodeHeaderProps {
  readonly draft: Draft
  readonly session: CodeSession
  readonly view: View
  readonly onView: (view: View) => void
  readonly onHistory: () => void
  readonly onDeploy: () => void
}

/** Name, whether it is saved, its job, and what can be done with it. */
export function CodeHeader({ draft, session, view, onView, onHistory, onDeploy }: CodeHeaderProps) {
  return (
    <header className={styles.head}>
      <DraftName draft={draft} />
      <SaveNote session={session} />
      <JobChip draft={draft} />
      <span className={styles.spacer} />
      <SegmentedControl
        label="View"
        value={view}
        onChange={onView}
        options={[
          { value: 'graph', label: 'Graph', icon: <Workflow size={14} aria-hidden="true" /> },
          { value: 'split', label: 'Split', icon: <Columns2 size={14} aria-hidden="true" /> },
          { value: 'code', label: 'Code', icon: <Code2 size={14} aria-hidden="true" /> },
        ]}
      />
      <Button icon={<History size={16} aria-hidden="true" />} onClick={onHistory}>
        History
      </Button>
      <Button look="primary" onClick={onDeploy} aria-keyshortcuts="Meta+Enter Control+Enter">
        Deploy…
      </Button>
    </header>
  )
}
