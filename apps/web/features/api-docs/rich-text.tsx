import type { ReactNode } from 'react'
import styles from './api-docs.module.css'

/** Paragraphs with `code` in them; nothing else of Markdown is used. */
export function RichText({ text }: { readonly text: string }) {
  return (
    <div className={styles.prose}>
      {text.split('\n\n').map(paragraph => (
        <p key={paragraph}>
          <InlineText text={paragraph} />
        </p>
      ))}
    </div>
  )
}

/** One line with `code` in it. */
export function InlineText({ text }: { readonly text: string }) {
  const parts: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(/`([^`]+)`/g)) {
    parts.push(text.slice(end, match.index), <code key={match.index}>{match[1]}</code>)
    end = match.index + match[0].length
  }
  return [...parts, text.slice(end)]
}
