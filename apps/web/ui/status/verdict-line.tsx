import type { Tone, Verdict } from '@weir/proto/web/job-doc'
import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import { Mark, type MarkShape } from './mark.tsx'
import styles from './verdict-line.module.css'

const SHAPES: Readonly<Record<Tone, MarkShape>> = {
  ok: 'done',
  busy: 'wait',
  warn: 'warn',
  error: 'fail',
  quiet: 'done',
}

export interface VerdictLineProps {
  readonly verdict: Pick<Verdict, 'tone' | 'text' | 'detail'> & { readonly kind?: Verdict['kind'] }
  /** The remedy; at most one of them filled. */
  readonly actions?: ReactNode
}

/** One line that says how a job is and why, its evidence below, and the remedy beside it. Quiet when all is well. */
export function VerdictLine({ verdict, actions }: VerdictLineProps) {
  const { tone, text, detail, kind } = verdict
  const shape: MarkShape = kind === 'canceled' ? 'cancel' : kind === 'restarting' ? 'restart' : SHAPES[tone]
  return (
    <div className={cx(styles.verdict, styles[tone])}>
      <span className={styles.mark}>
        <Mark shape={shape} size={16} />
      </span>
      <p className={styles.text}>{text}</p>
      {detail !== null && <p className={styles.detail}>{detail}</p>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}
