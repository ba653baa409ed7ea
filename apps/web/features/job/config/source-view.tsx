'use client'
import { useEffect, useMemo, useRef } from 'react'
import { highlight } from '@/lib/highlight.ts'
import { CodePieces, CopyButton } from '@/ui'
import styles from './source-view.module.css'

interface SourceViewProps {
  readonly fileName: string
  readonly source: string
  /** Marked and scrolled to; counts from 1. */
  readonly line: number | null
}

/** The source of the job, to read. */
export function SourceView({ fileName, source, line }: SourceViewProps) {
  const lines = useMemo(() => highlight(source), [source])
  const marked = useRef<HTMLLIElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line is another element to show
  useEffect(() => {
    marked.current?.scrollIntoView({ block: 'center' })
  }, [line])
  return (
    <section className={styles.source}>
      <header className={styles.head}>
        <h2>{fileName}</h2>
        <CopyButton text={source} label="Copy the source" />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a scroller with a name */}
      <div className={styles.scroller} tabIndex={0} role="region" aria-label={`Source of ${fileName}`}>
        <ol className={styles.lines}>
          {lines.map((tokens, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the number is the identity of a line
            <li key={at} ref={at + 1 === line ? marked : null} className={at + 1 === line ? styles.marked : undefined}>
              <code>
                <CodePieces pieces={tokens} />
              </code>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
