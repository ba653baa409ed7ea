'use client'
import type { Draft } from '@weir/proto/web/drafts'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useUrlState } from '@/lib/use-url-state'
import { ErrorState, toast } from '@/ui'
import type { CodeSession } from './code-session.ts'
import styles from './code-workbench.module.css'
import { DeployDialog } from './deploy/deploy-dialog.tsx'
import { CodePane } from './editor/code-pane.tsx'
import { GraphPane } from './graph/graph-pane.tsx'
import { CodeHeader, type View } from './header/code-header.tsx'
import { ConflictBar } from './header/conflict-bar.tsx'
import { HistoryDrawer } from './history/history-drawer.tsx'
import { CodeSkeleton } from './layout/code-skeleton.tsx'
import { Split } from './layout/split.tsx'
import { StatusBar } from './layout/status-bar.tsx'
import { BottomPanel } from './panel/bottom-panel.tsx'
import { choiceOf, panelOf, type ShownPanel } from './panel/panel-tab.ts'
import { useLasting } from './panel/use-lasting.ts'
import { countsOf, firstError } from './problems/problems.ts'
import type { DraftServer } from './server.ts'
import { useStore } from './store.ts'
import { useCodeSession } from './use-code-session.ts'
import { usePageKeys } from './use-page-keys.ts'
import { useSelection } from './use-selection.ts'

/** The page of a draft once its text is there. Only ever rendered in a browser. */
export function CodeWorkbench({ draft }: { readonly draft: Draft }) {
  const opened = useCodeSession(draft)
  if (opened.state === 'ready') return <Workbench draft={draft} session={opened.session} server={opened.server} />
  if (opened.state === 'loading') return <CodeSkeleton />
  return (
    <ErrorState fill title="The editor cannot be opened" onRetry={opened.retry}>
      {opened.message}
    </ErrorState>
  )
}

/** Whoever is sent to a line (`?line=22`, from an error of a job) begins there; the address forgets it. */
function useLineOfAddress(session: CodeSession): void {
  const [text, setText] = useUrlState('line')
  useEffect(() => {
    const line = Number(text)
    if (text === null) return
    if (Number.isInteger(line) && line >= 1) session.goTo(line, 1)
    setText(null)
  }, [session, text, setText])
}

/** What the panel shows: by choice, from the address, or by itself. */
function usePanel(session: CodeSession): readonly [ShownPanel, (wanted: ShownPanel) => void] {
  const [choice, choose] = useUrlState('panel')
  const { errors, warnings } = countsOf(useStore(session.problems))
  const hasProblems = useLasting(errors + warnings > 0)
  const shown = panelOf(choice, hasProblems)
  const show = useCallback((wanted: ShownPanel) => choose(choiceOf(wanted, hasProblems)), [choose, hasProblems])
  const isOpen = shown !== 'none'
  useEffect(() => {
    // Whoever types at the end of the text does not lose their line to the panel.
    if (isOpen) session.keepCaretInSight()
  }, [session, isOpen])
  return [shown, show]
}

export interface WorkbenchProps {
  readonly draft: Draft
  readonly session: CodeSession
  readonly server: DraftServer
}

function Workbench({ draft, session, server }: WorkbenchProps) {
  const [viewText, setView] = useUrlState('view', { fallback: 'split' })
  const view: View = viewText === 'graph' || viewText === 'code' ? viewText : 'split'
  const [panel, setPanel] = usePanel(session)
  const [deploying, setDeploying] = useState(false)
  const [history, setHistory] = useUrlState('history')
  const [selected, select] = useSelection(session)

  const actions = useMemo(
    () => ({
      /** With errors Deploy leads to the first of them. */
      deploy() {
        const error = firstError(session.problems.get())
        if (error === undefined) return setDeploying(true)
        setPanel('problems')
        toast.info('This cannot be deployed yet', {
          id: 'deploy-problems',
          description: error.line === null ? error.message : `First solve the problem in line ${error.line}.`,
        })
        if (error.line === null) return
        if (view === 'graph') setView('split')
        // The editor may only now be shown.
        requestAnimationFrame(() => session.goTo(error.line ?? 1, error.column ?? 1))
      },
      showProblems: () => setPanel('problems'),
      openHistory: () => setHistory('open'),
    }),
    [session, setPanel, setView, setHistory, view],
  )
  usePageKeys(session, actions.deploy)
  useEffect(() => {
    if (view !== 'graph') session.focus()
  }, [session, view])
  useLineOfAddress(session)

  const code = <CodePane draft={draft} session={session} />
  const graph = (
    <GraphPane session={session} selected={selected} onSelect={select} onShowProblems={actions.showProblems} />
  )
  const panes =
    view === 'split' ? (
      <Split
        label="Code and graph"
        storageKey="weir.code.split"
        direction="columns"
        initial={56}
        min={25}
        max={80}
        first={code}
        second={graph}
      />
    ) : view === 'code' ? (
      code
    ) : (
      graph
    )
  return (
    <div className={styles.page}>
      <CodeHeader
        draft={draft}
        session={session}
        view={view}
        onView={setView}
        onHistory={actions.openHistory}
        onDeploy={actions.deploy}
      />
      <ConflictBar session={session} />
      <Split
        label="Editor and panel"
        storageKey="weir.code.panel"
        direction="rows"
        initial={78}
        min={30}
        max={90}
        closed={panel === 'none'}
        first={<div className={styles.panes}>{panes}</div>}
        second={<BottomPanel draft={draft} session={session} shown={panel} onShow={setPanel} />}
      />
      <StatusBar session={session} />
      {deploying && (
        <DeployDialog draft={draft} session={session} server={server} onClose={() => setDeploying(false)} />
      )}
      <HistoryDrawer draft={draft} session={session} open={history === 'open'} onClose={() => setHistory(null)} />
    </div>
  )
}
