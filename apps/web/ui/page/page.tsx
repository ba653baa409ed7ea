import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import styles from './page.module.css'

/** A page that scrolls, with its content in the middle. Pages that fill the window (Code, Job) do without. */
export function Page({ narrow = false, children }: { readonly narrow?: boolean; readonly children: ReactNode }) {
  return (
    <div className={styles.page} data-scroll="page">
      <div className={cx(styles.inside, narrow && styles.narrow)}>{children}</div>
    </div>
  )
}

export interface PageHeaderProps {
  readonly title: ReactNode
  /** Status, badge or id behind the title. */
  readonly beside?: ReactNode
  /** One sentence below it. */
  readonly lead?: ReactNode
  readonly actions?: ReactNode
}

/** The one h1 of a page, and what can be done there. */
export function PageHeader({ title, beside, lead, actions }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      <div>
        <h1 className={styles.title}>{title}</h1>
        {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      </div>
      {beside}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  )
}
