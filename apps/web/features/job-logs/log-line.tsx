import type { LogItem } from '@weir/proto/web/job-details'
import { memo } from 'react'
import { formatDateTime, formatInteger, formatTime } from '@/lib/format.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { StatusMark } from '@/ui'
import styles from './job-logs.module.css'
import { levelOf } from './log-level.ts'
import { markedParts, originOf } from './log-text.ts'

/** A longer message is folded. */
const MESSAGE_CHARACTERS_MAX = 1_000

interface LogLineProps {
  readonly item: LogItem
  readonly search: string
  readonly isUnfolded: boolean
  readonly onUnfold: () => void
}

/** One line: when, how bad, where, what. All of it is text of user code, and shown as text. */
export const LogLine = memo(
  function LogLine({ item, search, isUnfolded, onUnfold }: LogLineProps) {
    const { word, shape, tone } = levelOf(item.level)
    const origin = visibleText(originOf(item))
    const isCut = !isUnfolded && item.message.length > MESSAGE_CHARACTERS_MAX
    const message = visibleText(isCut ? item.message.slice(0, MESSAGE_CHARACTERS_MAX) : item.message)
    return (
      <div className={styles.line} data-tone={tone}>
        <time className={styles.time} title={formatDateTime(item.at)}>
          {formatTime(item.at, { milliseconds: true })}
        </time>
        <span className={styles.level}>
          <StatusMark shape={shape} tone={tone}>
            {word}
          </StatusMark>
        </span>
        <span
          className={styles.origin}
          title={`${origin}, ${item.process}${item.attempt === null ? '' : `, attempt ${item.attempt}`}`}
        >
          {origin}
        </span>
        <span className={styles.message}>
          {markedParts(message, visibleText(search)).map(({ text, isMarked }, place) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line have no other identity
            isMarked ? <mark key={place}>{text}</mark> : <span key={place}>{text}</span>,
          )}
          {isCut && (
            <button type="button" className={styles.more} onClick={onUnfold}>
              … {formatInteger(item.message.length - MESSAGE_CHARACTERS_MAX)} more characters
            </button>
          )}
        </span>
      </div>
    )
  },
  (before, after) =>
    before.item === after.item && before.search === after.search && before.isUnfolded === after.isUnfolded,
)
