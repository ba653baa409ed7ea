'use client'
import type { ExceptionGroup } from '@weir/proto/web/job-details'
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import type { JobTabProps } from '@/features/job/job-tabs.ts'
import { formatAgo, formatDateTime, formatInteger } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live'
import { changeUrl } from '@/lib/use-url-state.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { Badge, Mark } from '@/ui'
import { ErrorExample } from './error-example.tsx'
import styles from './job-errors.module.css'
import { OccurrenceTable } from './occurrence-table.tsx'

interface ErrorGroupProps extends JobTabProps {
  readonly group: ExceptionGroup
  readonly isOpen: boolean
  readonly onToggle: () => void
}

/** Exceptions that say the same: what, where, how often; opened, one of them in full and the list of all. */
export function ErrorGroup({ group, isOpen, onToggle, job, pipeline }: ErrorGroupProps) {
  const id = useId()
  const now = useServerNow(5_000)
  const [chosen, choose] = useState(0)
  const { operator, examples, count, firstAt, lastAt } = group
  const example = examples[Math.min(chosen, examples.length - 1)]
  const newest = examples[0]
  return (
    <li className={styles.group}>
      <h3 className={styles.heading}>
        <button type="button" className={styles.toggle} aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
          <ChevronRight className={styles.chevron} aria-hidden="true" />
          <span className={styles.mark}>
            <Mark shape="fail" size={14} />
          </span>
          <span className={styles.message}>{visibleText(group.message)}</span>
          {count > 1 && <Badge tone="error">{formatInteger(count)}×</Badge>}
        </button>
      </h3>
      <p className={styles.facts}>
        {operator === null ? (
          <span>The cluster, no operator</span>
        ) : (
          <button
            type="button"
            className={styles.link}
            onClick={() => changeUrl({ tab: null, operator: operator.uid }, 'push')}
            title="Show the operator in the graph"
          >
            {operator.name}
          </button>
        )}
        {newest?.subtask != null && <span>subtask {newest.subtask}</span>}
        {newest !== undefined && <span>attempt {newest.attempt}</span>}
        <span title={formatDateTime(lastAt)}>
          {count > 1 ? 'last ' : ''}
          {formatAgo(now - lastAt)}
        </span>
        {count > 1 && <span title={formatDateTime(firstAt)}>first {formatAgo(now - firstAt)}</span>}
        <code>{group.code}</code>
      </p>
      <div id={id} className={styles.body} hidden={!isOpen}>
        {isOpen && example !== undefined && (
          <>
            <ErrorExample example={example} job={job} pipeline={pipeline} groupMessage={group.message} />
            {count > 1 && (
              <OccurrenceTable
                examples={examples}
                count={count}
                chosen={Math.min(chosen, examples.length - 1)}
                onChoose={choose}
              />
            )}
          </>
        )}
      </div>
    </li>
  )
}
