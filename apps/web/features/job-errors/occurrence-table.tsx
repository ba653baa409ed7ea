'use client'
import type { ExceptionExample } from '@weir/proto/web/job-details'
import { formatDateTime, formatInteger, UNKNOWN } from '@/lib/format.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { cx } from '@/ui'
import styles from './job-errors.module.css'

/** Text of a record in a row of the table. */
const CHARACTERS_MAX = 200

interface OccurrenceTableProps {
  readonly examples: readonly ExceptionExample[]
  /** How often it came in all: the list may hold fewer. */
  readonly count: number
  readonly chosen: number
  readonly onChoose: (index: number) => void
}

/** When it came, newest first; the one that is shown above is chosen here. */
export function OccurrenceTable({ examples, count, chosen, onChoose }: OccurrenceTableProps) {
  return (
    <section className={styles.part}>
      <h4>
        Occurrences
        <span className={styles.note}>
          {examples.length < count
            ? `the newest ${formatInteger(examples.length)} of ${formatInteger(count)}`
            : 'newest first'}
        </span>
      </h4>
      <div className={styles.occurrences}>
        <table aria-label="Occurrences">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Attempt</th>
              <th scope="col">Subtask</th>
              <th scope="col">Record</th>
            </tr>
          </thead>
          <tbody>
            {examples.map((example, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two may be equal in all they say
              <tr key={at} className={cx(at === chosen && styles.chosen)}>
                <td>
                  <button
                    type="button"
                    className={styles.when}
                    aria-current={at === chosen || undefined}
                    onClick={() => onChoose(at)}
                  >
                    {formatDateTime(example.at)}
                  </button>
                </td>
                <td>{example.attempt}</td>
                <td>{example.subtask ?? UNKNOWN}</td>
                <td className={styles.recordCell}>
                  {example.record === null ? UNKNOWN : visibleText(example.record.slice(0, CHARACTERS_MAX))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
