import { formatPercent } from '@/lib/format.ts'
import styles from './time-bar.module.css'

interface TimeBarProps {
  readonly busy: number | null
  readonly backpressure: number | null
  readonly idle: number | null
}

/** A thread's time in three parts, each with its texture and its number. */
export function TimeBar({ busy, backpressure, idle }: TimeBarProps) {
  if (busy === null && backpressure === null && idle === null) {
    return <p className={styles.unknown}>Not measured yet.</p>
  }
  const parts = [
    { name: 'busy', value: busy, look: styles.busy },
    { name: 'backpressured', value: backpressure, look: styles.backpressured },
    { name: 'idle', value: idle, look: styles.idle },
  ]
  const words = parts.map(({ name, value }) => `${name} ${formatPercent(value)}`).join(', ')
  return (
    <>
      <div className={styles.bar} role="img" aria-label={words}>
        {parts.map(({ name, value, look }) => (
          <i key={name} className={look} style={{ flexGrow: value ?? 0 }} />
        ))}
      </div>
      <ul className={styles.legend} aria-hidden="true">
        {parts.map(({ name, value, look }) => (
          <li key={name}>
            <i className={look} />
            {name} {formatPercent(value)}
          </li>
        ))}
      </ul>
    </>
  )
}
