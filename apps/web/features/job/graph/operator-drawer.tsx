'use client'
import type { JobPipeline } from '@weir/proto/web/job-details'
import type { JobDoc, VertexDoc } from '@weir/proto/web/job-doc'
import type { OperatorView } from '@weir/proto/web/pipeline'
import { X } from 'lucide-react'
import Link from 'next/link'
import type { KeyboardEvent, RefObject } from 'react'
import { OperatorIcon } from '@/features/graph'
import { formatBytes, formatInteger, formatRate, UNKNOWN } from '@/lib/format.ts'
import { changeUrl } from '@/lib/use-url-state.ts'
import { Badge, IconButton } from '@/ui'
import { isOver } from '../job-tabs.ts'
import styles from './operator-drawer.module.css'
import { SubtaskHeatStrip } from './subtask-heat-strip.tsx'
import { SubtaskTable } from './subtask-table.tsx'
import { TimeBar } from './time-bar.tsx'

interface OperatorDrawerProps {
  readonly operator: OperatorView
  readonly job: JobDoc
  readonly pipeline: JobPipeline
  readonly onClose: () => void
  /** Takes the focus when the operator is opened by the keyboard. */
  readonly titleRef: RefObject<HTMLHeadingElement | null>
}

/** What one operator does: where its time goes, its chain, its subtasks. */
export function OperatorDrawer({ operator, job, pipeline, onClose, titleRef }: OperatorDrawerProps) {
  const vertex = job.vertices[operator.vertexId]
  const chain = pipeline.pipeline.operators.filter(({ vertexId }) => vertexId === operator.vertexId)
  const close = () => {
    onClose()
    document.querySelector<HTMLElement>(`[data-operator="${CSS.escape(operator.uid)}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.stopPropagation()
    close()
  }
  return (
    <aside className={styles.drawer} aria-label={`Operator ${operator.name}`} onKeyDown={onKeyDown}>
      <header className={styles.head}>
        <OperatorIcon type={operator.type} />
        <h2 ref={titleRef} tabIndex={-1} className={styles.title} title={operator.name}>
          {operator.name}
        </h2>
        <span className={styles.parallelism}>×{operator.parallelism}</span>
        <IconButton label="Close" keys="Esc" icon={<X aria-hidden="true" />} onClick={close} />
      </header>
      <div className={styles.body}>
        <section className={styles.section}>
          <p className={styles.detail}>
            <span className={styles.type}>{operator.type}</span> {operator.detail}
          </p>
          <CodeLink operator={operator} job={job} />
        </section>
        {vertex === undefined ? (
          <section className={styles.section}>
            <p className={styles.dim}>Nothing is known of it yet: no subtask has reported.</p>
          </section>
        ) : (
          <VertexSections operator={operator} vertex={vertex} chain={chain} job={job} />
        )}
      </div>
    </aside>
  )
}

function VertexSections(props: {
  readonly operator: OperatorView
  readonly vertex: VertexDoc
  readonly chain: readonly OperatorView[]
  readonly job: JobDoc
}) {
  const { operator, vertex, chain, job } = props
  const subtasks = Object.values(vertex.subtasks)
  const running = subtasks.filter(({ status }) => status === 'RUNNING').length
  return (
    <>
      {!isOver(job.status) && (
        <section className={styles.section}>
          <h3 className={styles.heading}>
            Where the time goes <span>last seconds{chain.length > 1 ? ', whole chain' : ''}</span>
          </h3>
          <TimeBar busy={vertex.busy} backpressure={vertex.backpressure} idle={vertex.idle} />
          {vertex.noProgress && (
            <p className={styles.note}>
              A subtask does not return from a function of the job: see the Errors and Logs.
            </p>
          )}
        </section>
      )}
      <section className={styles.section}>
        <h3 className={styles.heading}>
          {chain.length > 1 ? 'Chain' : 'Records'}{' '}
          <span>{chain.length > 1 ? `${chain.length} operators in the same threads` : ''}</span>
        </h3>
        <ChainTable chain={chain} selected={operator.uid} job={job} />
      </section>
      <section className={styles.section}>
        <h3 className={styles.heading}>
          Subtasks{' '}
          <span>
            {running} of {vertex.parallelism} running
          </span>
        </h3>
        {vertex.skew !== null && (
          <p className={styles.note}>
            <Badge tone="skew">skew {vertex.skew.toFixed(1)}×</Badge> One subtask does {vertex.skew.toFixed(1)} times
            the median of the others: look at how its keys are spread.
          </p>
        )}
        <SubtaskTable subtasks={subtasks} />
      </section>
      <SubtaskHeatStrip vertex={vertex} />
    </>
  )
}

function CodeLink({ operator, job }: { readonly operator: OperatorView; readonly job: JobDoc }) {
  if (operator.place === null) return null
  const { line } = operator.place
  return job.draftId === null ? (
    <button
      type="button"
      className={styles.link}
      onClick={() => changeUrl({ tab: 'config', line: String(line) }, 'push')}
    >
      Show line {line} of its code
    </button>
  ) : (
    <Link className={styles.link} href={`/pipelines/${job.draftId}?line=${line}`}>
      Open line {line} in Code
    </Link>
  )
}

function ChainTable(props: {
  readonly chain: readonly OperatorView[]
  readonly selected: string
  readonly job: JobDoc
}) {
  return (
    <table className={styles.chain} aria-label="Operators of the chain">
      <thead>
        <tr>
          <th scope="col">Operator</th>
          <th scope="col">In</th>
          <th scope="col">Out</th>
          <th scope="col">All in</th>
        </tr>
      </thead>
      <tbody>
        {props.chain.map(({ uid, name, kind }) => {
          const figures = props.job.operators[uid]
          const late = figures?.lateRecords ?? 0
          return (
            <tr key={uid}>
              <th scope="row" aria-current={uid === props.selected || undefined}>
                {uid === props.selected ? (
                  <b title={name}>{name}</b>
                ) : (
                  <button type="button" title={name} onClick={() => changeUrl({ operator: uid })}>
                    {name}
                  </button>
                )}
                {late > 0 && <small>{formatInteger(late)} late</small>}
                {(figures?.stateBytes ?? 0) > 0 && <small>{formatBytes(figures?.stateBytes)} state</small>}
              </th>
              <td>{kind === 'source' ? '' : formatRate(figures?.recordsInPerSecond)}</td>
              <td>{kind === 'sink' ? '' : formatRate(figures?.recordsOutPerSecond)}</td>
              <td>
                {figures === undefined
                  ? UNKNOWN
                  : formatInteger(kind === 'source' ? figures.recordsOut : figures.recordsIn)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
