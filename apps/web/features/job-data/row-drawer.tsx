'use client'
import type { RowItem } from '@weir/proto/web/job-details'
import { formatDateTime, formatInteger } from '@/lib/format.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { CopyButton, Drawer } from '@/ui'
import styles from './job-data.module.css'

/** Text of a row that is shown; a larger one is for the download. */
const CHARACTERS_MAX = 100_000

/** One row in full, as JSON. */
export function RowDrawer({ item, onClose }: { readonly item: RowItem | null; readonly onClose: () => void }) {
  const text = item === null ? '' : JSON.stringify(item.row, null, 2)
  return (
    <Drawer
      open={item !== null}
      onOpenChange={open => !open && onClose()}
      width={520}
      title={item === null ? '' : `Row ${formatInteger(item.seq)}`}
    >
      {item !== null && (
        <div className={styles.row}>
          <p className={styles.rowHead}>
            From subtask {item.subtask}, came {formatDateTime(item.at)}
            <CopyButton text={text} label="Copy the row" />
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
          <pre tabIndex={0}>{visibleText(text.slice(0, CHARACTERS_MAX))}</pre>
          {text.length > CHARACTERS_MAX && <p>Cut here: the NDJSON download has it all.</p>}
        </div>
      )}
    </Drawer>
  )
}
