'use client'
import type { JobDoc } from '@weir/proto/web/job-doc'
import type { OperatorView, PipelineView } from '@weir/proto/web/pipeline'
import { CornerDownLeft, Download, Pause, Play, X } from 'lucide-react'
import { isOver } from '@/features/job/job-tabs.ts'
import { downloadText } from '@/lib/download-text.ts'
import { fileNameOf } from '@/lib/file-name.ts'
import { countOf, formatInteger, formatRate } from '@/lib/format.ts'
import { Badge, Button, SearchInput, Select, Toolbar } from '@/ui'
import styles from './job-data.module.css'
import { toCsv, toNdjson } from './row-export.ts'
import { formatCondition } from './row-filter.ts'
import { sinkLabel } from './sink-label.ts'
import type { Rows } from './use-rows.ts'

interface DataToolsProps {
  readonly job: JobDoc
  readonly sink: OperatorView
  readonly pipeline: PipelineView
  readonly sinks: readonly OperatorView[]
  readonly onChoose: (uid: string) => void
  readonly rows: Rows
}

/** Which sink, which rows of it, whether they go on coming, and the way to take them along. */
export function DataTools({ job, pipeline, sink, sinks, onChoose, rows }: DataToolsProps) {
  const { conditions, typed, shown, columns } = rows
  const save = (extension: 'ndjson' | 'csv'): void => {
    const values = shown.map(({ row }) => row)
    const name = fileNameOf([job.name, sink.name], extension)
    if (extension === 'csv') downloadText(name, 'text/csv', toCsv(columns, values))
    else downloadText(name, 'application/x-ndjson', toNdjson(values))
  }
  const example = columns.find(({ type, isTime }) => type === 'number' && !isTime)?.name ?? columns[0]?.name ?? 'count'
  return (
    <Toolbar label="Rows">
      {sinks.length > 1 && (
        <Select
          className={styles.sink}
          aria-label="Sink whose rows are shown"
          value={sink.uid}
          onChange={event => onChoose(event.target.value)}
          options={sinks.map(({ uid }) => ({ value: uid, label: sinkLabel(pipeline, uid) }))}
        />
      )}
      <SearchInput
        className={styles.search}
        label="Search the rows, or give a condition"
        placeholder={`Search, or a condition: ${example.length > 16 ? 'pages' : example} > 10`}
        value={rows.search}
        onChange={rows.setSearch}
        onKeyUp={event => {
          if (event.key === 'Enter') rows.keepTyped()
        }}
      />
      {typed !== null && (
        <Button size="small" look="ghost" icon={<CornerDownLeft aria-hidden="true" />} onClick={rows.keepTyped}>
          Keep as filter
        </Button>
      )}
      <div className={styles.end}>
        <span className={styles.count}>
          <CountText job={job} sink={sink} rows={rows} />
        </span>
        {/* Of a job that is over nothing comes any more; what was held when it ended can be let go. */}
        {(!isOver(job.status) || rows.isPaused) && (
          <Button
            aria-pressed={rows.isPaused}
            icon={rows.isPaused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
            title={rows.isPaused ? 'Show the rows that have come since' : 'Hold this page; the job goes on'}
            onClick={() => rows.setPaused(!rows.isPaused)}
          >
            {rows.isPaused ? 'Go on' : 'Pause'}
            {rows.waiting > 0 && <Badge tone="accent">{formatInteger(rows.waiting)} new</Badge>}
          </Button>
        )}
        <Button
          aria-label="Download the rows shown as NDJSON"
          icon={<Download aria-hidden="true" />}
          disabled={shown.length === 0}
          onClick={() => save('ndjson')}
        >
          NDJSON
        </Button>
        <Button
          aria-label="Download the rows shown as CSV"
          icon={<Download aria-hidden="true" />}
          disabled={shown.length === 0}
          onClick={() => save('csv')}
        >
          CSV
        </Button>
      </div>
      {conditions.length > 0 && (
        <div className={styles.chips}>
          {conditions.map((condition, index) => {
            const text = formatCondition(condition)
            return (
              <button
                key={text}
                type="button"
                className={styles.chip}
                aria-label={`Remove the filter ${text}`}
                onClick={() => rows.remove(index)}
              >
                <span title={text}>{text}</span>
                <X aria-hidden="true" />
              </button>
            )
          })}
        </div>
      )}
    </Toolbar>
  )
}

/** `1,000 newest of 55,418 rows · 0.7 /s`, or how many of them fit. */
function CountText({ job, sink, rows }: Pick<DataToolsProps, 'job' | 'sink' | 'rows'>) {
  const figures = job.operators[sink.uid]
  const { shown, items } = rows
  const all = figures?.recordsIn ?? null
  return (
    <>
      {shown.length < items.length ? (
        <>
          <b>{formatInteger(shown.length)}</b> of {countOf(items.length, 'row')}
        </>
      ) : all !== null && all > 0 && items.length === 0 ? (
        <>
          {rows.state !== 'loading' && (
            <>
              <b>0</b> kept of{' '}
            </>
          )}
          {countOf(all, 'row')}
        </>
      ) : all !== null && all > items.length ? (
        <>
          <b>{formatInteger(items.length)}</b> newest of {countOf(all, 'row')}
        </>
      ) : (
        <>
          <b>{formatInteger(items.length)}</b> {items.length === 1 ? 'row' : 'rows'}
        </>
      )}
      {figures?.recordsInPerSecond != null && job.status === 'RUNNING' && (
        <>
          {' · '}
          <span className={styles.rate}>{formatRate(figures.recordsInPerSecond)}</span>
        </>
      )}
    </>
  )
}
