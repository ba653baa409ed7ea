import type { Clock } from '../base/platform.ts'
import type { JobNode } from '../graph/job-graph.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { detachValue } from '../state/detach.ts'
import type { KeyedRow, KeyedStateBackend, KeyedTable } from '../state/keyed-state-backend.ts'
import type { SessionConfig } from '../window/assigner.ts'
import { LazyTimers } from '../window/lazy-timers.ts'
import {
  joinSessions,
  type KeySessions,
  keySessions,
  numberSession,
  onlySession,
  type Session,
  sessionsOf,
  spanOf,
} from '../window/sessions.ts'
import type { WindowFold } from '../window/window-fold.ts'
import { keySelector, restoreKeyed } from './keyed-operator.ts'
import type { FlowControl, Operator, OperatorContext, OperatorSnapshot } from './operator.ts'
import { userError } from './operator-errors.ts'
import { columnSessionAdder, type SessionAdder, SessionMiss, sessionAdder } from './session-adder.ts'
import { foldsNumbers, windowFold } from './window-compute.ts'
import type { WindowConfig } from './window-config.ts'
import { WindowOutput } from './window-output.ts'
import { decodeProgress, encodeProgress } from './window-progress.ts'

type Sessions = KeySessions<unknown>

/** A session that is found to have grown mostly has its end in a bucket to come, where it is added to the others. */
const BUCKETS_PER_GAP = 64

/**
 * Session windows per key: from a record to `gapMs` after the last one that is no further than that from another.
 *
 * Sessions whose ends touch are one, so a record exactly at the end of a session belongs to it. Hence a session fires at
 * watermark ≥ end (a tumbling window at end − 1), its results take the timestamp `end` (with end − 1 they could be behind
 * a watermark that has gone on before them), and a record is late when the session that it would be in, all that it joins
 * included, has end + allowed lateness ≤ watermark. Sessions fire in order of their ends.
 *
 * Timers: each key has one that is due no later than the first of its sessions. A session that has grown in the meantime
 * is found out when the timer comes, and gets another: so a record that makes a session longer costs one look-up.
 */
export class SessionWindowOperator implements Operator {
  readonly #gapMs: number
  readonly #fold: WindowFold<unknown>
  readonly #eventTime: boolean
  readonly #latenessMs: number
  readonly #adder: SessionAdder
  readonly #foldsNumbers: boolean
  readonly #miss = new SessionMiss()
  readonly #backend: KeyedStateBackend
  readonly #clock: Clock
  readonly #node: JobNode
  readonly #out: WindowOutput
  readonly #timers: LazyTimers
  readonly #fireTimer = (canonical: CanonicalKey, time: number): void => this.#fire(canonical, time)
  readonly #shouldStop: () => boolean
  #table!: KeyedTable<Sessions>
  /** The watermark, or the highest wall-clock time seen. */
  #now = MIN_WATERMARK

  constructor(context: OperatorContext) {
    const config = context.node.config as unknown as WindowConfig<SessionConfig>
    const flow: FlowControl = context.flow
    this.#gapMs = config.assigner.gapMs
    this.#eventTime = config.assigner.time === 'event'
    this.#fold = windowFold(context, config.compute)
    this.#latenessMs = this.#eventTime ? (config.allowedLatenessMs ?? 0) : 0
    this.#foldsNumbers = foldsNumbers(context, config.compute)
    const adderOf = this.#foldsNumbers ? columnSessionAdder : sessionAdder
    this.#adder = adderOf(context, config.compute, keySelector(context), this.#fold, this.#gapMs) as SessionAdder
    this.#backend = context.keyedState
    this.#clock = context.platform.clock
    this.#node = context.node
    this.#out = new WindowOutput(context, this.#fold, config.lateTag)
    this.#shouldStop = () => flow.blocked
    this.#timers = new LazyTimers(Math.max(1, this.#gapMs / BUCKETS_PER_GAP))
  }

  open(): void {
    this.#table = this.#foldsNumbers
      ? this.#backend.columnTable('sessions', numberSession)
      : this.#backend.table('sessions')
    for (const [canonical, row] of this.#table.entries()) this.#register(canonical, row.key, this.#firstDue(row.value))
  }

  processElement(value: unknown, timestamp: number): void {
    const time = this.#eventTime ? timestamp : this.#processingTime()
    const miss = this.#miss
    try {
      if (this.#adder(this.#table, value, time, miss)) return
    } catch (error) {
      throw userError(error, this.#node)
    }
    this.#join(miss.row, miss.canonical, miss.key, value, time, timestamp)
  }

  processWatermark(watermark: number): boolean {
    return this.#eventTime || watermark === MAX_WATERMARK ? this.#advance(watermark) : true
  }

  processProcessingTime(nowMs: number): boolean {
    return this.#eventTime ? true : this.#advance(nowMs)
  }

  nextProcessingTime(): number {
    return this.#eventTime ? Number.POSITIVE_INFINITY : this.#timers.nextTime()
  }

  snapshot(): OperatorSnapshot {
    const watermark = this.#eventTime ? this.#now : MIN_WATERMARK
    return { keyed: this.#backend.snapshot(), operatorState: encodeProgress({ watermark }) }
  }

  restore(snapshots: readonly OperatorSnapshot[]): void {
    restoreKeyed(this.#backend, snapshots)
    this.#now = decodeProgress(snapshots).watermark ?? MIN_WATERMARK
  }

  /** Never goes back, so that a clock that does cannot make a session that ends before one that has fired. */
  #processingTime(): number {
    const nowMs = this.#clock.now()
    if (nowMs > this.#now) return nowMs
    return this.#now === MAX_WATERMARK ? nowMs : this.#now
  }

  /** A record that begins a session, or joins others than the last one of its key. */
  #join(
    row: KeyedRow<Sessions> | undefined,
    canonical: CanonicalKey,
    key: unknown,
    value: unknown,
    time: number,
    timestamp: number,
  ): void {
    if (!Number.isFinite(time)) throw this.#out.noTimestamp(time)
    if (row === undefined && time + this.#gapMs > this.#now) {
      this.#begin(canonical, key, value, time)
      return
    }
    const known = row === undefined ? [] : sessionsOf(row.value)
    const span = spanOf(known, time, this.#gapMs)
    if (span.end + this.#latenessMs <= this.#now) {
      this.#out.late(value, timestamp)
      return
    }
    const firstDue = row === undefined ? Number.POSITIVE_INFINITY : this.#firstDue(row.value)
    const joined = this.#joined(known, value, span)
    const { session } = joined
    session.fired = session.end <= this.#now
    const sessions = keySessions(joined.sessions)
    const kept = row ?? this.#table.insert(canonical, key, sessions)
    if (row !== undefined) this.#table.update(row, sessions)
    if (this.#due(session) < firstDue) this.#register(canonical, kept.key, this.#due(session))
    if (session.fired)
      this.#out.emit(kept.key, { start: session.start, end: session.end }, session.accumulator, session.end)
  }

  /** The only session of its key. */
  #begin(canonical: CanonicalKey, key: unknown, value: unknown, time: number): void {
    const end = time + this.#gapMs
    let accumulator: unknown
    try {
      accumulator = this.#fold.create(value)
    } catch (error) {
      throw userError(error, this.#node)
    }
    const row = this.#table.insert(canonical, key, onlySession(time, end, accumulator))
    this.#register(canonical, row.key, end)
  }

  #joined(
    known: readonly Session<unknown>[],
    value: unknown,
    span: { start: number; end: number },
  ): { session: Session<unknown>; sessions: Session<unknown>[] } {
    try {
      return joinSessions(known, value, span, this.#fold)
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  /** When something is to be done about it: it fires, or, within the lateness, is thrown away. */
  #due(session: Session<unknown>): number {
    return session.fired ? session.end + this.#latenessMs : session.end
  }

  #firstDue(sessions: Sessions): number {
    let first = this.#due(sessions)
    for (const session of sessions.earlier) first = Math.min(first, this.#due(session))
    return first
  }

  #register(canonical: CanonicalKey, key: unknown, time: number): void {
    // The row's key does not keep the text of a batch in memory; the canonical key at hand may.
    const kept = canonical === key ? (key as CanonicalKey) : detachValue(canonical)
    this.#timers.register(time, kept)
  }

  #advance(now: number): boolean {
    if (now > this.#now) this.#now = now
    return this.#timers.fireUpTo(this.#now, this.#fireTimer, this.#shouldStop)
  }

  /** No more than one session of a key ends at a time, so firing stops between any two. */
  #fire(canonical: CanonicalKey, time: number): void {
    const row = this.#table.get(canonical)
    if (row === undefined) return
    const held = row.value
    if (held.earlier.length > 0) this.#fireOneOf(row, time)
    else if (this.#due(held) <= time) {
      if (this.#emit(row.key, held)) this.#table.touch(row)
      else {
        this.#table.delete(canonical)
        return
      }
    }
    this.#timers.register(this.#firstDue(row.value), canonical)
  }

  /** Of several sessions, the one that is due. */
  #fireOneOf(row: KeyedRow<Sessions>, time: number): void {
    const sessions = sessionsOf(row.value)
    const due = sessions.findIndex(session => this.#due(session) <= time)
    if (due < 0) return
    if (!this.#emit(row.key, sessions[due])) sessions.splice(due, 1)
    this.#table.update(row, keySessions(sessions))
  }

  /** The result of a session that ends, if it was not emitted before. True when the session is kept for late records. */
  #emit(key: unknown, session: Session<unknown>): boolean {
    const { start, end, accumulator, fired } = session
    if (fired) return false
    this.#out.emit(key, { start, end }, accumulator, end)
    session.fired = true
    return this.#latenessMs > 0
  }
}
