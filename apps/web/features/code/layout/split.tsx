'use client'
import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import { cx } from '@/ui'
import styles from './split.module.css'

export interface SplitProps {
  /** What it divides, for screen readers: `Code and graph`. */
  readonly label: string
  /** Where this browser keeps the place of the divider. */
  readonly storageKey: string
  /** `columns`: side by side; `rows`: one above the other. */
  readonly direction: 'columns' | 'rows'
  /** Share of the first part, in percent. */
  readonly initial: number
  readonly min: number
  readonly max: number
  /** The second part takes only what it needs, and nothing can be moved; both parts stay what they are. */
  readonly closed?: boolean
  readonly first: ReactNode
  readonly second: ReactNode
}

const STEP = 2

/** Two parts with a divider that pointer and arrow keys move; a double click puts it back. */
export function Split({ label, storageKey, direction, initial, min, max, closed = false, first, second }: SplitProps) {
  const box = useRef<HTMLDivElement>(null)
  const [share, setShare] = useState(() => storedShare(storageKey, initial, min, max))
  const columns = direction === 'columns'

  const move = (percent: number): void => {
    const next = Math.min(max, Math.max(min, Math.round(percent * 10) / 10))
    setShare(next)
    window.localStorage.setItem(storageKey, String(next))
  }
  const drag = (event: PointerEvent): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const area = box.current!.getBoundingClientRect()
    move(columns ? ((event.clientX - area.left) / area.width) * 100 : ((event.clientY - area.top) / area.height) * 100)
  }
  const keys = (event: KeyboardEvent): void => {
    const step = { [columns ? 'ArrowLeft' : 'ArrowUp']: -STEP, [columns ? 'ArrowRight' : 'ArrowDown']: STEP }[event.key]
    if (step !== undefined) move(share + step)
    else if (event.key === 'Home') move(min)
    else if (event.key === 'End') move(max)
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={box}
      className={cx(columns ? styles.columns : styles.rows, closed && styles.closed)}
      style={{ '--share': `${share}%` } as CSSProperties}
    >
      <div className={styles.part}>{first}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is a control; hr is not */}
      <div
        role="separator"
        hidden={closed}
        tabIndex={0}
        aria-label={label}
        aria-orientation={columns ? 'vertical' : 'horizontal'}
        aria-valuenow={Math.round(share)}
        aria-valuemin={min}
        aria-valuemax={max}
        className={styles.divider}
        onKeyDown={keys}
        onPointerDown={event => {
          event.preventDefault()
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={drag}
        onDoubleClick={() => move(initial)}
      />
      <div className={styles.part}>{second}</div>
    </div>
  )
}

function storedShare(key: string, initial: number, min: number, max: number): number {
  const stored = Number(window.localStorage.getItem(key) ?? Number.NaN)
  return Number.isFinite(stored) ? Math.min(max, Math.max(min, stored)) : initial
}
