'use client'
import type { DraftSummary } from '@weir/proto/web/drafts'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { Pencil, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import { isOver, recordsOrder, recordsText } from '@/features/jobs/job-records.ts'
import { formatAgo, formatDateTime, UNKNOWN } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live/index.ts'
import { draftPath, jobPath } from '@/lib/paths.ts'
import { IconButton, JobStatusMark, Table, type TableColumn, Tooltip, useTableSort } from '@/ui/index.ts'
import styles from './pipelines.module.css'

export interface DraftTableProps {
  readonly drafts: readonly DraftSummary[]
  /** Undefined while they are not there. */
  readonly jobs: Readonly<Record<string, JobRowDoc>> | undefined
  readonly mayChange: boolean
  readonly onRename: (draft: DraftSummary) => void
  readonly onDelete: (draft: DraftSummary) => void
}

export function DraftTable({ drafts, jobs, mayChange, onRename, onDelete }: DraftTableProps) {
  const now = useServerNow(5_000)
  const [sort, setSort] = useTableSort('edited:desc')
  const columns = useMemo<readonly TableColumn<DraftSummary>[]>(() => {
    const jobOf = ({ jobId }: DraftSummary): JobRowDoc | undefined => (jobId === null ? undefined : jobs?.[jobId])
    return [
      {
        id: 'name',
        header: 'Name',
        grow: true,
        sortValue: draft => draft.name,
        cell: draft => (
          <Link className={styles.name} href={draftPath(draft.draftId)}>
            {draft.name}
          </Link>
        ),
      },
      {
        id: 'job',
        header: 'Its job',
        minWidth: 220,
        sortValue: draft => jobOf(draft)?.status ?? null,
        cell: draft => {
          const job = jobOf(draft)
          if (job === undefined)
            return <span className={styles.none}>{draft.jobId === null ? 'not deployed' : UNKNOWN}</span>
          return (
            <Link
              className={styles.jobLink}
              href={jobPath(job.jobId)}
              title={`Job ${job.name}, deployed from this pipeline`}
            >
              <JobStatusMark status={job.status} restarting={job.restarting} />
              <span>
                {isOver(job) ? 'was' : 'as'} job <code>{job.jobId}</code>
              </span>
            </Link>
          )
        },
      },
      {
        id: 'rate',
        header: 'Records in',
        numeric: true,
        minWidth: 112,
        sortValue: draft => {
          const job = jobOf(draft)
          return job === undefined ? null : recordsOrder(job, 'in')
        },
        cell: draft => {
          const job = jobOf(draft)
          return job === undefined ? UNKNOWN : recordsText(job, 'in')
        },
      },
      {
        id: 'by',
        header: 'Edited by',
        minWidth: 120,
        sortValue: draft => draft.editedBy,
        cell: draft => draft.editedBy,
      },
      {
        id: 'edited',
        header: 'Edited',
        firstSort: 'desc',
        minWidth: 120,
        sortValue: draft => draft.editedAt,
        cell: draft => (
          <Tooltip label={formatDateTime(draft.editedAt)}>
            <span className={styles.when}>{formatAgo(now - draft.editedAt)}</span>
          </Tooltip>
        ),
      },
      {
        id: 'actions',
        header: '',
        label: 'Actions',
        cell: draft =>
          mayChange && (
            <span className={styles.actions}>
              <IconButton
                size="small"
                label={`Rename ${draft.name}`}
                icon={<Pencil aria-hidden="true" />}
                onClick={() => onRename(draft)}
              />
              <IconButton
                size="small"
                look="danger"
                label={`Delete ${draft.name}`}
                icon={<Trash2 aria-hidden="true" />}
                onClick={() => onDelete(draft)}
              />
            </span>
          ),
      },
    ]
  }, [jobs, now, mayChange, onRename, onDelete])
  return (
    <Table
      label="Pipelines"
      columns={columns}
      rows={drafts}
      rowId={draft => draft.draftId}
      sort={sort}
      onSort={setSort}
    />
  )
}
