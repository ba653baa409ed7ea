'use client'
import type { Tone } from '@weir/proto/web/job-doc'
import type { AttentionDoc } from '@weir/proto/web/overview-doc'
import Link from 'next/link'
import { useState } from 'react'
import { formatAge } from '@/lib/format.ts'
import { useServerNow } from '@/lib/live/index.ts'
import { Badge, Button, Card, LinkButton, Mark, type MarkShape } from '@/ui/index.ts'
import styles from './home.module.css'

const SHAPES: Readonly<Record<Tone, MarkShape>> = {
  error: 'fail',
  warn: 'warn',
  busy: 'wait',
  ok: 'done',
  quiet: 'info',
}
const ORDER: readonly Tone[] = ['error', 'warn', 'busy', 'ok', 'quiet']

/** More than these stay folded, so that the jobs below are in sight. */
const SHOWN = 4

/** What somebody should look at, the worst first, each with since when and a way to mend it. Nothing when all is well. */
export function AttentionCard({ attention }: { readonly attention: Readonly<Record<string, AttentionDoc>> }) {
  const now = useServerNow(5_000)
  const [all, setAll] = useState(false)
  const items = Object.values(attention).sort(
    (a, b) => ORDER.indexOf(a.tone) - ORDER.indexOf(b.tone) || b.since - a.since || a.key.localeCompare(b.key),
  )
  if (items.length === 0) return null
  const worst = items[0]!.tone === 'error' ? 'error' : 'warn'
  return (
    <Card title="Needs attention" badge={<Badge tone={worst}>{items.length}</Badge>} className={styles.section}>
      <ul className={styles.rows}>
        {(all ? items : items.slice(0, SHOWN)).map(item => (
          <li key={item.key}>
            <span className={styles.mark} data-tone={item.tone}>
              <Mark shape={SHAPES[item.tone]} size={14} />
            </span>
            <div className={styles.grow}>
              <p>
                <Link href={item.href}>
                  <b>{item.subject}</b>
                </Link>{' '}
                {item.jobId !== null && <span className={styles.id}>{item.jobId}</span>} {item.text}
              </p>
              {item.detail !== null && <p className={styles.detail}>{item.detail}</p>}
            </div>
            <span className={styles.when}>{formatAge(now - item.since)}</span>
            <LinkButton size="small" href={item.href}>
              {item.action}
            </LinkButton>
          </li>
        ))}
      </ul>
      {items.length > SHOWN && (
        <div className={styles.more}>
          <Button look="ghost" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${items.length}`}
          </Button>
        </div>
      )}
    </Card>
  )
}
