'use client'
import { useQuery } from '@tanstack/react-query'
import type { HistoryEvent, JobConfigView } from '@weir/proto/web/job-details'
import { sentenceCase } from '@weir/proto/web/sentence-case'
import { useEffect } from 'react'
import { formatDateTime } from '@/lib/format.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { useUrlState } from '@/lib/use-url-state.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { Card, CopyButton, ErrorState, Loading, Skeleton, StatusMark } from '@/ui'
import { historyLook } from '../history-look.ts'
import type { JobTabProps } from '../job-tabs.ts'
import styles from './config-tab.module.css'
import { SourceView } from './source-view.tsx'

/** What the job is made of, and what has happened to it. */
export function ConfigTab({ jobId, job, pipeline }: JobTabProps) {
  const trpc = useTRPC()
  const [line] = useUrlState('line')
  const config = useQuery(trpc.jobs.config.queryOptions({ jobId }, { staleTime: Number.POSITIVE_INFINITY }))
  const history = useQuery(trpc.jobs.history.queryOptions({ jobId }))
  const { refetch } = history
  // Each change of status and each restart is an event of the history.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say when there is something new to fetch
  useEffect(() => void refetch(), [refetch, job.status, job.restarting, job.attempt])
  return (
    <div className={styles.tab}>
      <div className={styles.column}>
        <Card title="Settings">
          {config.isError ? (
            <ErrorState compact title="The settings cannot be shown" onRetry={() => void config.refetch()}>
              {messageOf(config.error)}
            </ErrorState>
          ) : config.isPending ? (
            <Waiting what="the settings" />
          ) : (
            <Settings config={config.data} />
          )}
        </Card>
        <Card title="History">
          {history.isError ? (
            <ErrorState compact title="The history cannot be shown" onRetry={() => void history.refetch()}>
              {messageOf(history.error)}
            </ErrorState>
          ) : history.isPending ? (
            <Waiting what="the history" />
          ) : (
            <Events events={history.data} />
          )}
        </Card>
        {config.isSuccess && (
          <Card title="Operators">
            <Operators operators={config.data.operators} />
          </Card>
        )}
      </div>
      <SourceView fileName={pipeline.fileName} source={pipeline.source} line={lineOf(line)} />
    </div>
  )
}

function lineOf(text: string | null): number | null {
  const line = Number(text)
  return text !== null && Number.isInteger(line) && line > 0 ? line : null
}

function Waiting({ what }: { readonly what: string }) {
  return (
    <div className={styles.waiting} aria-busy="true">
      <Loading what={what} />
      <Skeleton width="60%" />
      <Skeleton width="80%" />
      <Skeleton width="50%" />
    </div>
  )
}

function Settings({ config }: { readonly config: JobConfigView }) {
  return (
    <dl className={styles.settings}>
      {Object.entries(config.settings).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className={styles.group}>
        <dt>Restart strategy</dt>
        <dd>
          <span className={styles.strategy}>{config.restart.name}</span>
          <dl className={styles.values}>
            {Object.entries(config.restart.settings).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </dd>
      </div>
      <div>
        <dt>Graph hash</dt>
        <dd className={styles.hash}>
          <code title={config.graphHash}>{config.graphHash}</code>
          <CopyButton size="tiny" text={config.graphHash} label="Copy the hash" />
        </dd>
      </div>
    </dl>
  )
}

function Operators({ operators }: { readonly operators: JobConfigView['operators'] }) {
  return (
    <ul className={styles.operators}>
      {operators.map(({ uid, name, type, config }) => (
        <li key={uid}>
          <details>
            <summary>
              <b>{name}</b> <span className={styles.kind}>{type}</span>
            </summary>
            <dl className={styles.operator}>
              <dt>uid</dt>
              <dd>
                <code>{uid}</code>
              </dd>
              <dt>config</dt>
              <dd>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
                <pre tabIndex={0}>{config}</pre>
              </dd>
            </dl>
          </details>
        </li>
      ))}
    </ul>
  )
}

function Events({ events }: { readonly events: readonly HistoryEvent[] }) {
  if (events.length === 0) return <p className={styles.empty}>Nothing has been recorded yet.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a scroller with a name
    <div className={styles.events} tabIndex={0} role="region" aria-label="What happened to the job">
      <ol>
        {[...events].reverse().map((event, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may be equal in all they say
          <li key={at}>
            <time dateTime={new Date(event.at).toISOString()}>{formatDateTime(event.at)}</time>
            <EventMark type={event.type} />
            <span className={styles.event}>{visibleText(sentenceCase(event.message))}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function EventMark({ type }: { readonly type: string }) {
  const { shape, tone, word } = historyLook(type)
  return (
    <span className={styles.eventType}>
      <StatusMark shape={shape} tone={tone}>
        {word}
      </StatusMark>
    </span>
  )
}
