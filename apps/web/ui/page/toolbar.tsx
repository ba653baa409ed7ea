import type { ReactNode } from 'react'
import styles from './toolbar.module.css'

export interface ToolbarProps {
  /** What it acts on, for screen readers: `Rows`. */
  readonly label: string
  readonly children: ReactNode
}

/** The row of fields and buttons above a list that fills its page; on a narrow page it has several lines. */
export function Toolbar({ label, children }: ToolbarProps) {
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={label}>
      {children}
    </div>
  )
}
