'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { LogItem } from '@weir/proto/web/job-details'
import { ArrowDown } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { countAfter } from '@/lib/count-after.ts'
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
  const [isFollowing, setFollowing] = useState(true)
  const lastTop = useRef(0)
  const [seen, setSeen] = useState(0)
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: index => items[index]!.seq,
    overscan: 20,
    // Whoever has scrolled up reads there: old lines that go must not move what is read.
    anchorTo: isFollowing ? 'start' : 'end',
  })
  const height = virtualizer.getTotalSize()
  const last = items.at(-1)?.seq ?? 0
  // Lines are longer than they were thought to be as soon as they are seen: each time the end is somewhere else.
  // biome-ignore lint/correctness/useExhaustiveDependencies: height and last line say when the end has moved
  useLayoutEffect(() => {
    if (isFollowing) scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [isFollowing, height, last])
  useEffect(() => {
    if (isFollowing) setSeen(last)
  }, [isFollowing, last])
  const onScroll = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement): void => {
    // Only the reader moves up: following moves down, and lines only grow.
    if (scrollHeight - scrollTop - clientHeight <= END_PX) setFollowing(true)
    else if (scrollTop < lastTop.current) setFollowing(false)
    lastTop.current = scrollTop
  }
  const fresh = isFollowing ? 0 : countAfter(items, seen)
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
        onScroll={event => onScroll(event.currentTarget)}
      >
        <ol className={styles.lines} style={{ height }}>
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
      {!isFollowing && (
        <Button
          size="small"
          className={styles.toEnd}
          icon={<ArrowDown aria-hidden="true" />}
          onClick={() => {
            setFollowing(true)
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
