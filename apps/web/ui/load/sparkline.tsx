import { bridgeGaps } from './bridge-gaps.ts'
import styles from './load.module.css'
import { sparklinePaths } from './sparkline-paths.ts'

export interface SparklineProps {
  /** Oldest first; null leaves a gap, but for a few missing points, over which the line goes on. */
  readonly values: readonly (number | null)[]
  readonly width?: number
  readonly height?: number
  /** What it shows, for screen readers; without it, it is decoration beside its number. */
  readonly label?: string
}

/** A small course of values, from zero to the highest of them. */
export function Sparkline({ values, width = 88, height = 20, label }: SparklineProps) {
  const { line, area } = sparklinePaths(bridgeGaps(values), width, height)
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it is either named by its label or decoration
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <path className={styles.area} d={area} />
      <path className={styles.line} d={line} />
    </svg>
  )
}
