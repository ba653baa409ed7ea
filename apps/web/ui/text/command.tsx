import styles from './command.module.css'
import { CopyButton } from './copy-button.tsx'

/** A command line to copy. */
export function Command({ text, label = 'Copy the command' }: { readonly text: string; readonly label?: string }) {
  return (
    <div className={styles.command}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <code className={styles.text} tabIndex={0}>
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  )
}
