'use client'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { useMemo } from 'react'
import { type EdgeRecords, PipelineGraph } from '@/features/graph'
import { formatDuration } from '@/lib/format'
import { Button, cx, EmptyState, Mark } from '@/ui'
import type { CheckState } from '../check/checker.ts'
import type { CodeSession, OperatorFacts } from '../code-session.ts'
import { firstError, type Problem } from '../problems/problems.ts'
import { isBlank } from '../start/skeleton.ts'
import { useStore } from '../store.ts'
import { edgeTypesOf } from './edge-types.ts'
import styles from './graph-pane.module.css'

export interface GraphPaneProps {
  readonly session: CodeSession
  readonly selected: string | null
  readonly onSelect: (uid: string | null) => void
  readonly onShowProblems: () => void
}

/** The graph of the code, drawn while it is typed. While the code makes none, the last one stays, dimmed. */
export function GraphPane({ session, selected, onSelect, onShowProblems }: GraphPaneProps) {
  const check = useStore(session.checker.state)
  const problems = useStore(session.problems)
  const { drawn, answer } = check
  // Of an emptied file the last graph says nothing any more.
  const blank = answer !== null && isBlank(answer.text)
  const stale = !blank && drawn !== null && answer !== null && answer.outcome.pipeline === null
  return (
    <section className={styles.pane} aria-label="Graph">
      <div className={styles.head}>
        <b className={styles.title}>Graph</b>
        {(!blank || check.phase === 'unreachable') && <CheckNote check={check} stale={stale} />}
      </div>
      <div className={cx(styles.canvas, stale && styles.stale)} data-stale={stale || undefined}>
        {drawn === null || blank ? (
          <NoGraph check={check} problems={problems} onShowProblems={onShowProblems} />
        ) : (
          <DrawnGraph
            session={session}
            check={check}
            pipeline={drawn.pipeline}
            problems={problems}
            selected={selected}
            onSelect={onSelect}
          />
        )}
      </div>
    </section>
  )
}

/** How fresh the picture is. */
function CheckNote({ check, stale }: { readonly check: CheckState; readonly stale: boolean }) {
  if (check.phase === 'unreachable') {
    return (
      <span className={styles.warn} role="status">
        <Mark shape="wait" />
        JobManager unreachable, not up to date
      </span>
    )
  }
  if (stale) {
    return (
      <span className={styles.warn} role="status">
        <Mark shape="warn" />
        Not up to date: the code makes no graph
      </span>
    )
  }
  if (check.answer === null) return <span className={styles.note}>drawing…</span>
  if (check.answer.outcome.pipeline === null) return null
  return <span className={styles.note}>drawn in {formatDuration(check.answer.outcome.tookMs)}</span>
}

interface DrawnGraphProps extends Pick<GraphPaneProps, 'session' | 'selected' | 'onSelect'> {
  readonly check: CheckState
  readonly pipeline: PipelineView
  readonly problems: readonly Problem[]
}

function DrawnGraph({ session, check, pipeline, problems, selected, onSelect }: DrawnGraphProps) {
  const operators = useStore(session.operators)
  const edgeTypes = useMemo(() => shownTypes(pipeline, operators), [pipeline, operators])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the session reads them itself
  const onOperators = useMemo(() => session.onCards(), [problems, operators, check, session])
  return (
    <PipelineGraph
      pipeline={pipeline}
      renderMode="design"
      selected={selected}
      onSelect={onSelect}
      onOpen={uid => session.goToOperator(uid, { focus: true })}
      problems={onOperators}
      edgeTypes={edgeTypes}
    />
  )
}

function shownTypes(pipeline: PipelineView, operators: OperatorFacts): Readonly<Record<string, EdgeRecords>> {
  const types = [...edgeTypesOf(pipeline, operators)]
  return Object.fromEntries(
    types.map(([id, { type, bad }]) => [id, { short: type?.short ?? '', full: type?.full ?? '', bad }]),
  )
}

interface NoGraphProps {
  readonly check: CheckState
  readonly problems: readonly Problem[]
  readonly onShowProblems: () => void
}

function NoGraph({ check, problems, onShowProblems }: NoGraphProps) {
  if (check.phase === 'refused') {
    return (
      <EmptyState fill title="The graph cannot be drawn">
        {check.message}
      </EmptyState>
    )
  }
  if (check.answer === null) {
    return (
      <EmptyState
        fill
        title={check.phase === 'unreachable' ? 'The JobManager cannot be reached' : 'Drawing the graph…'}
      />
    )
  }
  if (isBlank(check.answer.text)) {
    return (
      <EmptyState fill title="Nothing to draw yet">
        The graph of the code is drawn here while it is written.
      </EmptyState>
    )
  }
  const error = firstError(problems)
  return (
    <EmptyState fill title="No graph yet" actions={<Button onClick={onShowProblems}>Show the problems</Button>}>
      {error === undefined
        ? 'The code makes no graph. A job adds sources and sinks to an environment and exports it.'
        : `${error.line === null ? '' : `Line ${error.line}: `}${error.message}`}
    </EmptyState>
  )
}
