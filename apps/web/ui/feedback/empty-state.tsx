'use client'
import type { ReactNode } from 'react'
import { Button } from '../button/button.tsx'
import { cx } from '../cx.ts'
import { Mark } from '../status/mark.tsx'
import styles from './feedback.module.css'

export interface EmptyStateProps {
  readonly icon?: ReactNode
  /** What there is not: `No jobs yet`. */
  readonly title: ReactNode
  /** How there come to be some. */
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Low, for panels. */
  readonly compact?: boolean
  /** Takes the height that is there. */
  readonly fill?: boolean
}

/** A place that has nothing to show yet, and the way to change that. */
export function EmptyState({ icon, title, children, actions, compact = false, fill = false }: EmptyStateProps) {
  return (
    <div className={cx(styles.state, compact && styles.compact, fill && styles.fill)}>
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

export interface ErrorStateProps {
  /** What is not there: `The jobs cannot be shown`. */
  readonly title: ReactNode
  /** The reason, in the server's words. */
  readonly children?: ReactNode
  /** Tries again. */
  readonly onRetry?: () => void
  readonly actions?: ReactNode
  readonly compact?: boolean
  readonly fill?: boolean
}

/** A place whose content could not be had, why, and what to do. */
export function ErrorState({ title, children, onRetry, actions, compact = false, fill = false }: ErrorStateProps) {
  return (
    <div className={cx(styles.state, styles.wrong, compact && styles.compact, fill && styles.fill)} role="alert">
      <span className={styles.icon}>
        <Mark shape="fail" size={20} />
      </span>
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {(onRetry !== undefined || actions !== undefined) && (
        <div className={styles.actions}>
          {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
          {actions}
        </div>
      )}
    </div>
  )
}
