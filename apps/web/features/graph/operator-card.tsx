'use client'
import type { OperatorView } from '@weir/proto/web/pipeline'
import { Clock, Link2, TriangleAlert } from 'lucide-react'
import { BusyBar } from '@/ui/load/busy-bar.tsx'
import { Ring } from '@/ui/load/ring.tsx'
import type { NodeFigures, NodeTag, NodeView } from './node-view.ts'
import styles from './operator-card.module.css'
import { OperatorIcon } from './operator-icon.tsx'
import { typeWords } from './operator-type.ts'

/** Made once: cards are drawn often. */
const CLOCK = <Clock size={12} strokeWidth={1.5} aria-hidden="true" />
const LINK = <Link2 size={12} strokeWidth={1.5} aria-hidden="true" />

interface CardProps {
  readonly operator: OperatorView
  readonly view: NodeView
  readonly selected: boolean
}

/** The card of an operator: its name, then what it does (design) or how it does (live). Draws only; knows no events. */
export function OperatorCard({ operator, view, selected }: CardProps) {
  const ring = view.live?.backpressure ?? 0
  return (
    <span
      className={styles.card}
      data-state={view.state}
      data-selected={selected || undefined}
      data-ring={ring > 0 || undefined}
    >
      {view.tags.length > 0 && (
        <span className={styles.tags}>
          {view.tags.map(tag => (
            <Tag key={tag.text} tag={tag} />
          ))}
        </span>
      )}
      {ring > 0 && (
        <span className={styles.ring} title={`Blocked by the operators behind it ${ring} % of the time`}>
          <Ring ratio={ring / 100} />
        </span>
      )}
      <span className={styles.top}>
        <OperatorIcon type={operator.type} kind={operator.kind} />
        <b title={operator.name}>{operator.name}</b>
        <span className={styles.parallelism} title={`Parallelism ${operator.parallelism}`}>
          ×{operator.parallelism}
        </span>
      </span>
      {view.live === null ? (
        <span className={styles.detail} title={operator.detail}>
          {operator.detail === '' ? typeWords(operator.type) : operator.detail}
        </span>
      ) : (
        <Figures figures={view.live} />
      )}
    </span>
  )
}

const LAG_HINT = 'Watermark lag: how far its event time is behind the clock'
const EVENT_TIME_HINT = 'Event time: how far it has come in the data, which is older than a day'

function Figures({ figures }: { readonly figures: NodeFigures }) {
  return (
    <>
      <span className={styles.middle}>
        <b className={styles.figure}>{figures.rate}</b>
        <span className={styles.lag} title={figures.atEventTime ? EVENT_TIME_HINT : LAG_HINT}>
          {CLOCK}
          {figures.lag}
        </span>
      </span>
      <Low figures={figures} />
    </>
  )
}

function Low({ figures: { total, chainedTo, busy } }: { readonly figures: NodeFigures }) {
  if (total !== null)
    return (
      <span className={styles.total}>
        {total} {total === '1' ? 'record' : 'records'}
      </span>
    )
  if (chainedTo !== null) {
    return (
      <span className={styles.chained} title={`Runs in the threads of ${chainedTo}, which carry its load too`}>
        {LINK}
        <span>in chain of {chainedTo}</span>
      </span>
    )
  }
  const full = busy !== null && busy >= 90
  return (
    <span className={styles.low}>
      <span className={styles.busy}>
        <BusyBar ratio={busy === null ? null : busy / 100} />
      </span>
      <span className={styles.busyText} data-full={full || undefined}>
        busy {busy === null ? '—' : `${busy}%`}
      </span>
    </span>
  )
}

function Tag({ tag }: { readonly tag: NodeTag }) {
  return (
    <span className={styles.tag} data-kind={tag.kind} title={tag.hint}>
      <TagMark kind={tag.kind} />
      {tag.text}
    </span>
  )
}

/** A shape for each kind of badge, so that its colour is not alone. */
function TagMark({ kind }: { readonly kind: NodeTag['kind'] }) {
  if (kind === 'warn') return <TriangleAlert size={12} strokeWidth={2} aria-hidden="true" />
  if (kind === 'skew') {
    return (
      <svg className={styles.mark} viewBox="0 0 12 12" aria-hidden="true">
        <path d="M2 10.5V7.5M6 10.5V7.5M10 10.5V1.5" />
      </svg>
    )
  }
  if (kind === 'error') {
    return (
      <svg className={styles.mark} viewBox="0 0 12 12" aria-hidden="true">
        <rect x="0.5" y="0.5" width="11" height="11" rx="2" className={styles.filled} />
        <path d="m4 4 4 4M8 4 4 8" className={styles.cross} />
      </svg>
    )
  }
  return null
}
