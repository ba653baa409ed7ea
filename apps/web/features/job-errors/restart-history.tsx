'use client'
import { useQuery } from '@tanstack/react-query'
import type { HistoryEvent } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { sentenceCase } from '@weir/proto/web/sentence-case'
import { useEffect } from 'react'
import { historyLook } from '@/features/job/history-look.ts'
import { isOver } from '@/features/job/job-tabs.ts'
import { countOf, formatDateTime, formatDuration } from '@/lib/format.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { Card, ErrorState, Loading, Skeleton, StatusMark } from '@/ui'
import styles from './restart-history.module.css'

/** What has happened to the job, newest first: submitted, ran, restarted because of what, ended. */
export function RestartHistory({ jobId, job }: { readonly jobId: string; readonly job: JobDoc }) {
  const history = useQuery(useTRPC().jobs.history.queryOptions({ jobId }))
  const { refetch } = history
  // Each change of status and each restart is an event of the history.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say when there is something new to fetch
  useEffect(() => void refetch(), [refetch, job.status, job.restarting, job.attempt])
  return (
    <Card
      title="History"
      badge={
        <span className={styles.note}>
          {job.restarts > 0
            ? `restarted ${countOf(job.restarts, 'time')}`
            : isOver(job.status)
              ? 'never restarted'
              : 'not restarted so far'}
        </span>
      }
    >
      {history.isError ? (
        <ErrorState compact title="The history cannot be shown" onRetry={() => void refetch()}>
          {messageOf(history.error)}
        </ErrorState>
      ) : history.isPending ? (
        <div className={styles.waiting} aria-busy="true">
          <Loading what="the history" />
          <Skeleton width="60%" />
          <Skeleton width="80%" />
        </div>
      ) : (
        <Timeline events={history.data} />
      )}
    </Card>
  )
}

function Timeline({ events }: { readonly events: readonly HistoryEvent[] }) {
  if (events.length === 0) return <p className={styles.empty}>Nothing has been recorded yet.</p>
  return (
    <ol className={styles.events}>
      {events
        .map((event, at) => {
          const { shape, tone, word } = historyLook(event.type)
          const before = events[at - 1]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: events are only added, and counted from the oldest
            <li key={at} className={styles.event}>
              <span className={styles.type}>
                <StatusMark shape={shape} tone={tone}>
                  {word}
                </StatusMark>
              </span>
              <span className={styles.message}>{visibleText(sentenceCase(event.message))}</span>
              <time className={styles.time} dateTime={new Date(event.at).toISOString()}>
                {formatDateTime(event.at)}
                <small>{before === undefined ? '' : `+${formatDuration(event.at - before.at)}`}</small>
              </time>
            </li>
          )
        })
        .toReversed()}
    </ol>
  )
}
