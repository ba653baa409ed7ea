import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import styles from './badge.module.css'

export type BadgeTone = 'neutral' | 'ok' | 'warn' | 'error' | 'accent' | 'skew'

/** A count or a word in a pill; `skew` is the factor by which one subtask does more than the others. */
export function Badge({ tone = 'neutral', children }: { readonly tone?: BadgeTone; readonly children: ReactNode }) {
  return <span className={cx(styles.badge, styles[tone])}>{children}</span>
}
