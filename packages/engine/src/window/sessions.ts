import type { TimeWindow } from '../functions/window-function.ts'
import { detachValue } from '../state/detach.ts'
import type { Columns } from '../state/keyed-state-backend.ts'
import type { WindowFold } from './window-fold.ts'

/** A session of one key: [start, end), and what its records have been folded to. Plain data: a part of snapshots. */
export interface Session<Acc> {
  start: number
  /** The gap after its last record. A record that stands exactly there still belongs to it. */
  end: number
  accumulator: Acc
  /** It has fired, and is kept for late records. */
  fired: boolean
}

/**
 * All sessions of one key: the last one itself, since nearly every record belongs to it and mostly it is the only one, and
 * those before it, by time.
 */
export interface KeySessions<Acc> extends Session<Acc> {
  readonly earlier: readonly Session<Acc>[]
}

/** Shared by all that have none. */
const NONE: readonly never[] = []

/** `sessions` by time, at least one. */
export function keySessions<Acc>(sessions: readonly Session<Acc>[]): KeySessions<Acc> {
  const { start, end, accumulator, fired } = sessions[sessions.length - 1]
  return { start, end, accumulator, fired, earlier: sessions.length === 1 ? NONE : sessions.slice(0, -1) }
}

/** A session that has just begun and is the only one of its key. */
export function onlySession<Acc>(start: number, end: number, accumulator: Acc): KeySessions<Acc> {
  return { start, end, accumulator, fired: false, earlier: NONE }
}

/** A session that has not fired, the only one of its key, of a fold that makes a number: start, end, accumulator. */
export const numberSession: Columns<KeySessions<unknown>> = {
  width: 3,
  fits: (value): value is KeySessions<unknown> => {
    const { accumulator, fired, earlier } = value as KeySessions<unknown>
    return typeof accumulator === 'number' && !fired && earlier.length === 0
  },
  write: ({ start, end, accumulator }, cells, at) => {
    cells[at] = start
    cells[at + 1] = end
    cells[at + 2] = accumulator as number
  },
  read: (cells, at) => onlySession(cells[at], cells[at + 1], cells[at + 2]),
}

/** By time. */
export function sessionsOf<Acc>({ start, end, accumulator, fired, earlier }: KeySessions<Acc>): Session<Acc>[] {
  return [...earlier, { start, end, accumulator, fired }]
}

/** What a record makes of the sessions of its key. */
export interface Joined<Acc> {
  readonly session: Session<Acc>
  /** The others, and it, by time. */
  readonly sessions: Session<Acc>[]
}

/** Start and end of the session that a record at `time` would be in: it joins all that it touches. */
export function spanOf(sessions: readonly TimeWindow[], time: number, gapMs: number): TimeWindow {
  let start = time
  let end = time + gapMs
  for (const session of sessions) {
    if (session.start > time + gapMs || session.end < time) continue
    if (session.start < start) start = session.start
    if (session.end > end) end = session.end
  }
  return { start, end }
}

/**
 * The sessions with one more record. Sessions of a key never touch (two whose ends touch are one), so they have an order,
 * in which they stand; those that the record joins are merged in it, and the record comes last.
 */
export function joinSessions<Acc>(
  sessions: readonly Session<Acc>[],
  value: unknown,
  { start, end }: TimeWindow,
  fold: WindowFold<Acc>,
): Joined<Acc> {
  const before: Session<Acc>[] = []
  const after: Session<Acc>[] = []
  let held: Session<Acc> | undefined
  for (const session of sessions) {
    if (session.end < start) before.push(session)
    else if (session.start > end) after.push(session)
    else if (held === undefined) held = session
    else held = { ...held, accumulator: fold.merge(held.accumulator, session.accumulator) }
  }
  const accumulator = held === undefined ? detachValue(fold.create(value)) : fold.add(held.accumulator, value)
  const session = { start, end, accumulator, fired: false }
  return { session, sessions: [...before, session, ...after] }
}
