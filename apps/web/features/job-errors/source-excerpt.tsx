import { useMemo } from 'react'
import { highlight } from '@/lib/highlight.ts'
import { CodePieces, cx } from '@/ui'
import styles from './source-excerpt.module.css'

/** Lines shown before and after the one that it is about. */
const AROUND = 3
/** A line may be a bundle of its own. */
const CHARACTERS_MAX = 400

interface SourceExcerptProps {
  readonly source: string
  /** Counts from 1, as the column does. */
  readonly line: number
  readonly column: number
}

/** A line of the source with those around it, the place marked by an arrow below and a bar beside it. */
export function SourceExcerpt({ source, line, column }: SourceExcerptProps) {
  const lines = useMemo(() => highlight(source), [source])
  const first = Math.max(1, line - AROUND)
  const shown = lines.slice(first - 1, line + AROUND)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a scroller with a name
    <div className={styles.scroller} tabIndex={0} role="region" aria-label={`Source around line ${line}`}>
      <ol className={styles.lines} start={first}>
        {shown.map((tokens, at) => {
          const number = first + at
          const isMarked = number === line
          return (
            <li
              key={number}
              className={cx(styles.line, isMarked && styles.marked)}
              aria-current={isMarked ? 'location' : undefined}
            >
              <span className={styles.gutter} aria-hidden="true">
                {number}
              </span>
              <code>
                <CodePieces pieces={cut(tokens)} />
                {isMarked && column <= CHARACTERS_MAX && (
                  <span className={styles.caret} aria-hidden="true">
                    {`\n${' '.repeat(Math.max(0, column - 1))}^`}
                  </span>
                )}
              </code>
            </li>
          )
        })}
      </ol>
    </div>
  )
}

function cut<T extends { readonly text: string }>(tokens: readonly T[]): readonly T[] {
  let left = CHARACTERS_MAX
  const kept: T[] = []
  for (const token of tokens) {
    if (left <= 0) break
    kept.push({ ...token, text: token.text.slice(0, left) })
    left -= token.text.length
  }
  return kept
}
