import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import styles from './picture-card.module.css'

export interface PictureCardProps {
  /** Fills the upper part, with a line below it. */
  readonly picture: ReactNode
  readonly title: string
  /** The one of several that is proposed: with the accent around it. */
  readonly main?: boolean
  /** At the card's lower edge. */
  readonly action: ReactNode
  /** What it is, in a sentence. */
  readonly children: ReactNode
}

/** A way to begin: a picture, what it is, and what to do. Cards beside each other have their buttons on one line. */
export function PictureCard({ picture, title, main = false, action, children }: PictureCardProps) {
  return (
    <section className={cx(styles.card, main && styles.main)}>
      {picture}
      <div className={styles.text}>
        <h2>{title}</h2>
        <p>{children}</p>
        {action}
      </div>
    </section>
  )
}

/** The ground of such a picture: dots as on the canvas, what stands on it in the middle. */
export function PictureGround({ heightPx, children }: { readonly heightPx: number; readonly children: ReactNode }) {
  return (
    <div className={styles.ground} style={{ height: heightPx }}>
      {children}
    </div>
  )
}
