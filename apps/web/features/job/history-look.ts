import type { Tone } from '@weir/proto/web/job-doc'
import type { MarkShape } from '@/ui'

export interface HistoryLook {
  readonly shape: MarkShape
  readonly tone: Tone
  readonly word: string
}

const LOOKS: Readonly<Record<string, HistoryLook>> = {
  SUBMITTED: { shape: 'info', tone: 'quiet', word: 'Submitted' },
  CREATED: { shape: 'wait', tone: 'warn', word: 'Waiting' },
  WAITING: { shape: 'wait', tone: 'warn', word: 'Waiting' },
  DEPLOYING: { shape: 'wait', tone: 'busy', word: 'Starting' },
  RUNNING: { shape: 'run', tone: 'ok', word: 'Running' },
  RESTARTING: { shape: 'restart', tone: 'warn', word: 'Restarting' },
  STOPPED: { shape: 'info', tone: 'quiet', word: 'Cluster stopped' },
  NOTICE: { shape: 'info', tone: 'quiet', word: 'Note' },
  WARNING: { shape: 'warn', tone: 'warn', word: 'Warning' },
  COMMITTING: { shape: 'wait', tone: 'busy', word: 'Finishing' },
  COMMIT_RECORDED: { shape: 'wait', tone: 'busy', word: 'Finishing' },
  FAILING: { shape: 'fail', tone: 'error', word: 'Failing' },
  FAILED: { shape: 'fail', tone: 'error', word: 'Failed' },
  CANCELLING: { shape: 'cancel', tone: 'busy', word: 'Cancelling' },
  CANCELED: { shape: 'cancel', tone: 'quiet', word: 'Canceled' },
  FINISHED: { shape: 'done', tone: 'ok', word: 'Finished' },
}

/** How an event of a job's history is shown: a mark and a word for what people read, whatever the record calls it. */
export function historyLook(type: string): HistoryLook {
  return LOOKS[type] ?? { shape: 'info', tone: 'quiet', word: type }
}
