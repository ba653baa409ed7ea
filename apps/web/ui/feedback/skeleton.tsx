import type { CSSProperties } from 'react'
import { VisuallyHidden } from '../text/visually-hidden.tsx'
import styles from './feedback.module.css'

export interface SkeletonProps {
  /** CSS lengths, or px. */
  readonly width?: number | string
  readonly height?: number | string
  readonly style?: CSSProperties
}

/** The place of something that is still loading, in its size, so that nothing jumps when it comes. */
export function Skeleton({ width = '100%', height = 16, style }: SkeletonProps) {
  return <span className={styles.skeleton} style={{ width, height, ...style }} aria-hidden="true" />
}

/** Says to screen readers that something is loading; stands once beside its skeletons. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <VisuallyHidden>
      <span role="status">Loading {what}…</span>
    </VisuallyHidden>
  )
}
