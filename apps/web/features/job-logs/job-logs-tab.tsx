'use client'
import type { LogItem } from '@weir/proto/web/job-details'
import { ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import { isOver, type JobTabProps } from '@/features/job/job-tabs.ts'
import { type LiveList, useLiveList } from '@/lib/live'
import { changeUrl, useUrlState } from '@/lib/use-url-state.ts'
import { Button, EmptyState, ErrorState, Loading, Skeleton } from '@/ui'
import styles from './job-logs.module.css'
import { logFilterOf } from './log-level.ts'
import { LogList } from './log-list.tsx'
import { LogTools } from './log-tools.tsx'

/** Lines that the page keeps. */
const LINES_MAX = 10_000

/** What the job and its processes have written, of which operator and subtask is in the address. */
export function JobLogsTab({ jobId, job, pipeline }: JobTabProps) {
  const [operatorText] = useUrlState('log-operator')
  const [subtaskText] = useUrlState('log-subtask')
  const [search] = useUrlState('log-search', { fallback: '' })
  const [levelText] = useUrlState('log-level')
  const { operators } = pipeline.pipeline
  // Lines carry the name of their operator: two that are called the same cannot be told apart.
  const names = useMemo(() => [...new Set(operators.map(({ name }) => name))], [operators])
  const operator = names.find(name => name === operatorText) ?? null
  const subtasks = Math.max(
    1,
    ...operators.filter(({ name }) => operator === null || name === operator).map(each => each.parallelism),
  )
  const subtask = subtaskOf(subtaskText, subtasks)
  const wanted = search.slice(0, 200)
  const level = logFilterOf(levelText)
  const topic = {
    kind: 'logs',
    jobId,
    operator,
    subtask,
    search: wanted === '' ? null : wanted,
    ...(level === 'all' ? {} : { level }),
  } as const
  const live = useLiveList<LogItem>(topic, { limit: LINES_MAX })
  const shown = live.items
  const isNarrowed = operator !== null || subtask !== null || wanted !== '' || level !== 'all'
  return (
    <div className={styles.tab}>
      <LogTools
        jobName={job.name}
        names={names}
        operator={operator}
        subtasks={subtasks}
        subtask={subtask}
        level={level}
        search={wanted}
        shown={shown}
      />
      {shown.length === 0 ? (
        <NoLines live={live} isNarrowed={isNarrowed} isOver={isOver(job.status)} />
      ) : (
        // Other lines are another list: it begins at its end.
        <LogList key={JSON.stringify([operator, subtask, wanted, level])} items={shown} search={wanted} />
      )}
    </div>
  )
}

function subtaskOf(text: string | null, count: number): number | null {
  const index = Number(text)
  return text !== null && /^\d+$/.test(text) && index < count ? index : null
}

const ALL_LINES = { 'log-operator': null, 'log-subtask': null, 'log-search': null, 'log-level': null } as const

interface NoLinesProps {
  readonly live: LiveList<LogItem>
  readonly isNarrowed: boolean
  readonly isOver: boolean
}

function NoLines({ live, isNarrowed, isOver: over }: NoLinesProps) {
  if (live.state === 'gone') {
    return (
      <ErrorState fill title="The logs cannot be shown">
        {live.message}
      </ErrorState>
    )
  }
  if (live.state === 'loading') {
    return (
      <div className={styles.waiting} aria-busy="true">
        <Loading what="the logs" />
        <Skeleton width="70%" />
        <Skeleton width="85%" />
        <Skeleton width="60%" />
      </div>
    )
  }
  if (isNarrowed) {
    return (
      <EmptyState
        fill
        title="No line is like this"
        actions={<Button onClick={() => changeUrl(ALL_LINES)}>Show all lines</Button>}
      >
        Nothing that has been written fits the choice and the search.
        {over ? '' : ' New lines are looked at as they come.'}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      fill
      icon={<ScrollText aria-hidden="true" />}
      title={over ? 'No log lines are kept' : 'No log lines yet'}
    >
      {over
        ? 'Nothing of this job is in the log files any more: old ones are deleted.'
        : 'What the job’s functions write with console.log stands here, with the operator and subtask that wrote it.'}
    </EmptyState>
  )
}
