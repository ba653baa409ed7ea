'use client'
import type { Draft } from '@weir/proto/web/drafts'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { countOf } from '@/lib/format.ts'
import { Badge, IconButton, Tabs } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { countsOf } from '../problems/problems.ts'
import { NoProblemsWord, ProblemsPanel } from '../problems/problems-panel.tsx'
import { SamplesPanel } from '../samples/samples-panel.tsx'
import { useStore } from '../store.ts'
import styles from './bottom-panel.module.css'
import { OutputPanel } from './output-panel.tsx'
import type { PanelTab, ShownPanel } from './panel-tab.ts'

export interface BottomPanelProps {
  readonly draft: Draft
  readonly session: CodeSession
  readonly shown: ShownPanel
  readonly onShow: (tab: ShownPanel) => void
}

/** What belongs to the code and does not stand in it. */
export function BottomPanel({ draft, session, shown, onShow }: BottomPanelProps) {
  const problems = useStore(session.problems)
  const { answer } = useStore(session.checker.state)
  const lines = answer?.outcome.console.length ?? 0
  const { errors, warnings, notes } = countsOf(problems)
  const isClosed = shown === 'none'
  return (
    <section className={isClosed ? styles.closed : styles.panel} aria-label="Panel">
      <Tabs
        compact
        label="Problems, sample data and output"
        className={styles.tabs}
        panelClassName={styles.content}
        value={shown as PanelTab}
        onChange={onShow}
        tabs={[
          { value: 'problems', label: 'Problems', badge: <ProblemBadges errors={errors} warnings={warnings} /> },
          {
            value: 'samples',
            label: 'Sample data',
            badge: draft.samples.length > 0 && <Badge>{draft.samples.length}</Badge>,
          },
          { value: 'output', label: 'Output', badge: lines > 0 && <Badge>{lines}</Badge> },
        ]}
      >
        {shown === 'problems' && <ProblemsPanel session={session} />}
        {shown === 'samples' && <SamplesPanel draft={draft} session={session} />}
        {shown === 'output' && <OutputPanel session={session} />}
      </Tabs>
      <span className={styles.end}>
        {isClosed && errors + warnings === 0 && (
          <span className={styles.none}>
            {notes === 0 ? <NoProblemsWord session={session} /> : `No problems, ${countOf(notes, 'note')}`}
          </span>
        )}
        {isClosed ? (
          <IconButton
            size="small"
            label="Open the panel"
            icon={<ChevronUp aria-hidden="true" />}
            onClick={() => onShow('problems')}
          />
        ) : (
          <IconButton
            size="small"
            label="Close the panel"
            icon={<ChevronDown aria-hidden="true" />}
            onClick={() => onShow('none')}
          />
        )}
      </span>
    </section>
  )
}

function ProblemBadges({ errors, warnings }: { readonly errors: number; readonly warnings: number }) {
  return (
    <>
      {errors > 0 && (
        <Badge tone="error">
          <span role="img" aria-label={errors === 1 ? '1 error' : `${errors} errors`}>
            {errors}
          </span>
        </Badge>
      )}
      {warnings > 0 && (
        <Badge tone="warn">
          <span role="img" aria-label={warnings === 1 ? '1 warning' : `${warnings} warnings`}>
            {warnings}
          </span>
        </Badge>
      )}
    </>
  )
}
