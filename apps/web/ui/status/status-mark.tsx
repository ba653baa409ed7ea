import type { JobStatus, Tone } from '@weir/proto/web/job-doc'
import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import { Mark, type MarkShape } from './mark.tsx'
import styles from './status-mark.module.css'

export interface StatusMarkProps {
  readonly shape: MarkShape
  readonly tone: Tone
  readonly children: ReactNode
  /** On a soft ground, for heads; without it for tables. */
  readonly boxed?: boolean
}

/** Shape, word and colour: any two of them would do. */
export function StatusMark({ shape, tone, boxed = false, children }: StatusMarkProps) {
  return (
    <span className={cx(styles.status, styles[tone], boxed && styles.box)}>
      <Mark shape={shape} />
      {children}
    </span>
  )
}

interface Word {
  readonly shape: MarkShape
  readonly tone: Tone
  readonly word: string
}

const WORDS: Readonly<Record<JobStatus, Word>> = {
  CREATED: { shape: 'wait', tone: 'warn', word: 'Waiting' },
  RUNNING: { shape: 'run', tone: 'ok', word: 'Running' },
  FAILING: { shape: 'fail', tone: 'error', word: 'Failing' },
  FAILED: { shape: 'fail', tone: 'error', word: 'Failed' },
  CANCELLING: { shape: 'cancel', tone: 'busy', word: 'Cancelling' },
  CANCELED: { shape: 'cancel', tone: 'quiet', word: 'Canceled' },
  FINISHED: { shape: 'done', tone: 'quiet', word: 'Finished' },
}

/** Shape, tone and word of a job's status, for whoever draws it in another way. */
export function jobStatusWord(status: JobStatus, restarting: boolean): Word {
  return restarting ? { shape: 'restart', tone: 'warn', word: 'Restarting' } : WORDS[status]
}

export interface JobStatusMarkProps {
  readonly status: JobStatus
  readonly restarting?: boolean
  readonly boxed?: boolean
}

/** The status of a job. */
export function JobStatusMark({ status, restarting = false, boxed }: JobStatusMarkProps) {
  const { shape, tone, word } = jobStatusWord(status, restarting)
  return (
    <StatusMark shape={shape} tone={tone} boxed={boxed}>
      {word}
    </StatusMark>
  )
}
