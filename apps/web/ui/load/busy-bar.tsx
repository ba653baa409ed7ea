import type { CSSProperties } from 'react'
import { formatPercent, percentOf } from '@/lib/format.ts'
import { cx } from '../cx.ts'
import styles from './load.module.css'

export interface BusyBarProps {
  /** 0 to 1; null is not known: a dashed track. From 0.9 on it is striped and darker. */
  readonly ratio: number | null
  /** What it measures, for screen readers; without it the bar is decoration beside its number. */
  readonly label?: string
}

/** Busy as a fill. */
export function BusyBar({ ratio, label }: BusyBarProps) {
  const percent = percentOf(ratio)
  return (
    <span
      className={cx(styles.busy, percent === null && styles.unknown, percent !== null && percent >= 90 && styles.full)}
      style={{ '--v': percent ?? 0 } as CSSProperties}
      {...(label === undefined
        ? { 'aria-hidden': true }
        : { role: 'img', 'aria-label': `${label} ${formatPercent(ratio)}` })}
    />
  )
}
