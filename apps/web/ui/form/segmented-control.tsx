'use client'
import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import styles from './form.module.css'

export interface SegmentedControlProps<T extends string> {
  /** What is chosen, for screen readers: `View`. */
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly {
    readonly value: T
    readonly label: string
    readonly icon?: ReactNode
    readonly count?: number
  }[]
}

/** One of a few, all in sight; the arrow keys walk along. */
export function SegmentedControl<T extends string>({ label, value, onChange, options }: SegmentedControlProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      className={styles.segments}
      aria-label={label}
      value={value}
      // The empty string is a click on what is chosen already.
      onValueChange={next => next !== '' && onChange(next as T)}
    >
      {options.map(option => (
        <ToggleGroup.Item key={option.value} value={option.value} className={styles.segment}>
          {option.icon}
          {option.label}
          {option.count !== undefined && <span className={styles.segmentCount}>{option.count}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
