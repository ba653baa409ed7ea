import type { CSSProperties } from 'react'
import { formatPercent, percentOf, UNKNOWN } from '@/lib/format.ts'
import { cx } from '../cx.ts'
import styles from './load.module.css'

export interface RingProps {
  /** 0 to 1. */
  readonly ratio: number
  /** In px; from 28 on the number stands inside. */
  readonly size?: number
}

/** Backpressure as a ring. Zero is a grey one; what is not known has none (draw "—"). */
export function Ring({ ratio, size = 36 }: RingProps) {
  const percent = percentOf(ratio) ?? 0
  const variables = { '--v': percent, '--size': `${size}px`, '--hole': `${size >= 28 ? 4 : 3}px` }
  return (
    <span
      className={cx(styles.ring, percent === 0 && styles.zero)}
      style={variables as CSSProperties}
      aria-hidden="true"
    >
      {size >= 28 ? `${percent}%` : null}
    </span>
  )
}

/** Backpressure in a table: a small ring with its number; bold from 50 % on. */
export function Backpressure({ ratio }: { readonly ratio: number | null }) {
  if (ratio === null) return <>{UNKNOWN}</>
  return (
    <span className={cx(styles.withRing, ratio >= 0.5 && styles.high)}>
      <Ring ratio={ratio} size={14} />
      {formatPercent(ratio)}
    </span>
  )
}
