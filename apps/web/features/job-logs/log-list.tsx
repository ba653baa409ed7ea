'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { LogItem } from '@weir/proto/web/job-details'
import { ArrowDown } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { countAfter } from '@/features/job-data/row-order.ts'
import { formatInteger } from '@/lib/format.ts'
import { Button } from '@/ui'
import styles from './job-logs.module.css'
import { LogLine } from './log-line.tsx'

const LINE_PX = 22
/** So near to the end counts as at it. */
const END_PX = 32

/** Lines, oldest first. It keeps to its end while more come, until somebody scrolls up. */
export function LogList({ items, search }: { readonly items: readonly LogItem[]; readonly search: string }) {
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const [seen, setSeen] = useState(0)
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: index => items[index]!.seq,
    overscan: 20,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_PX,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the list is there
  useLayoutEffect(() => virtualizer.scrollToEnd(), [])
  const last = items.at(-1)?.seq ?? 0
  useEffect(() => {
    if (isAtEnd) setSeen(last)
  }, [isAtEnd, last])
  const fresh = isAtEnd ? 0 : countAfter(items, seen)
  return (
    <div className={styles.list}>
      {/* biome-ignore lint/a11y/useSemanticElements: a scroller with a name */}
      <div
        ref={scroller}
        className={styles.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        role="region"
        aria-label="Log lines"
        onScroll={() => setAtEnd(virtualizer.isAtEnd(END_PX))}
      >
        <ol className={styles.lines} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index]!
            return (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className={styles.place}
                style={{ transform: `translateY(${start}px)` }}
                aria-posinset={index + 1}
                aria-setsize={items.length}
              >
                <LogLine
                  item={item}
                  search={search}
                  isUnfolded={unfolded.has(item.seq)}
                  onUnfold={() => setUnfolded(new Set([...unfolded, item.seq]))}
                />
              </li>
            )
          })}
        </ol>
      </div>
      {!isAtEnd && (
        <Button
          size="small"
          className={styles.toEnd}
          icon={<ArrowDown aria-hidden="true" />}
          onClick={() => {
            virtualizer.scrollToEnd()
            setAtEnd(true)
            scroller.current?.focus({ preventScroll: true })
          }}
        >
          {fresh === 0
            ? 'Go to the end'
            : `${formatInteger(fresh)} new ${fresh === 1 ? 'line' : 'lines'}, go to the end`}
        </Button>
      )}
    </div>
  )
}
