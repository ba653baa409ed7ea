import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import styles from './card.module.css'

export interface CardProps {
  readonly title?: ReactNode
  /** A count or badge behind the title. */
  readonly badge?: ReactNode
  /** On the right of the head. */
  readonly actions?: ReactNode
  /** 16 px around the content; without it the content reaches the edges (tables, lists). */
  readonly padded?: boolean
  readonly className?: string
  readonly children: ReactNode
}

/** A surface with an optional head. */
export function Card({ title, badge, actions, padded = false, className, children }: CardProps) {
  return (
    <section className={cx(styles.card, className)}>
      {title !== undefined && (
        <header className={styles.head}>
          <h2>{title}</h2>
          {badge}
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      {padded ? <div className={styles.padded}>{children}</div> : children}
    </section>
  )
}
