'use client'
import { Tabs as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import styles from './tabs.module.css'

/**
 * Set while a tab has its focus from the pointer: after typing, browsers show the ring on what is clicked too, around a tab
 * that is marked already.
 */
const POINTED = 'data-pointed'

export interface TabsProps<T extends string> {
  /** What the tabs are of, for screen readers: `Views of the job`. */
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly tabs: readonly { readonly value: T; readonly label: string; readonly badge?: ReactNode }[]
  /** Low ones, for panels. */
  readonly compact?: boolean
  /** On the right of the bar. */
  readonly end?: ReactNode
  /** On the whole: bar and panel. */
  readonly className?: string
  readonly panelClassName?: string
  /** What the chosen tab shows. */
  readonly children: ReactNode
}

/**
 * Tabs whose choice the caller keeps (in the address, with `useUrlState`). The arrow keys move, Enter or Space chooses,
 * so that walking along does not load every tab.
 */
export function Tabs<T extends string>({
  label,
  value,
  onChange,
  tabs,
  compact = false,
  end,
  className,
  panelClassName,
  children,
}: TabsProps<T>) {
  return (
    <Primitive.Root
      className={className}
      value={value}
      onValueChange={next => onChange(next as T)}
      activationMode="manual"
    >
      <Primitive.List className={cx(styles.tabs, compact && styles.compact)} aria-label={label}>
        {tabs.map(tab => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            className={styles.tab}
            onPointerDown={event => event.currentTarget.setAttribute(POINTED, '')}
            onKeyDown={event => event.currentTarget.removeAttribute(POINTED)}
            onBlur={event => event.currentTarget.removeAttribute(POINTED)}
          >
            <span className={styles.word} data-word={tab.label}>
              {tab.label}
            </span>
            {tab.badge}
          </Primitive.Trigger>
        ))}
        {end !== undefined && <div className={styles.end}>{end}</div>}
      </Primitive.List>
      {tabs.map(tab => (
        <Primitive.Content key={tab.value} value={tab.value} className={cx(styles.panel, panelClassName)}>
          {tab.value === value ? children : null}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  )
}
