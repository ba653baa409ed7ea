import styles from './code-pieces.module.css'

export interface CodePiece {
  readonly kind: 'plain' | 'keyword' | 'string' | 'number' | 'comment' | 'type' | 'call'
  readonly text: string
}

/** One line of code in the colours of the editor. */
export function CodePieces({ pieces }: { readonly pieces: readonly CodePiece[] }) {
  return pieces.map(({ kind, text }, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line have no other identity
    <span key={place} className={styles[kind]}>
      {text}
    </span>
  ))
}
