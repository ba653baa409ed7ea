import { decodeValue } from '../record/value-codec.ts'
import type { ChangeLog, LoggedState } from './change-log.ts'
import { numberOf, STATE_BYTES } from './change-log.ts'
import type { KeyedChange, KeyedSnapshotEntry } from './keyed-state-backend.ts'
import { SEGMENT_RAW_BYTES } from './segments/merge-segments.ts'
import { type OwnedDraft, SegmentBuilder } from './segments/segment-builder.ts'
import { bytesOfText } from './segments/segment-chain.ts'
import type { DiskAnswer, DiskEntry, DiskView } from './state-room.ts'
import type { StateRow } from './state-row.ts'

/** Rows on disk that are read by one question: for some milliseconds the disk answers nobody else of the slot. */
const DISK_ROWS = 512
/** The clock is looked at after so many pieces of work, each of which is about one row. */
const LOOK_EVERY = 8

const NOTHING = new Uint8Array(0)

/** What comes of a piece of work; 'waiting': nothing can be done until the disk has answered. */
type Progress = 'waiting' | undefined
type Work = Generator<Progress, void, void>

export interface PassParts {
  readonly log: ChangeLog
  /** Everything, not what has changed. */
  readonly full: boolean
  readonly rows: readonly StateRow<unknown>[]
  readonly prefixes: readonly Uint8Array[]
  readonly away: ReadonlySet<string>
  readonly removed: ReadonlySet<string>
  readonly dropped: ReadonlySet<string>
  readonly states: ReadonlyMap<number, LoggedState>
  readonly sources: readonly Iterable<KeyedChange>[]
  /** The disk as it was at the freeze, where anything is there. */
  readonly view: DiskView | undefined
  /** What was restored and not asked for yet. */
  readonly waiting: Iterable<KeyedSnapshotEntry>
}

/** A part of the snapshot that is ready to be written. Those of the lower layer stand before the others in the manifest. */
export interface PassDraft extends OwnedDraft {
  readonly layer: 0 | 1
}

/**
 * One snapshot being encoded, in slices between batches, in the task's thread: of each key what it was at the freeze.
 *
 * Two layers: what is gone, and rows as they are on disk; over it rows of memory, which may have an older version of
 * themselves on disk, and keys that are gone and there again. Within one file the lower layer comes first.
 */
export class SnapshotPass {
  readonly #parts: PassParts
  readonly #below = new SegmentBuilder()
  readonly #above: SegmentBuilder
  readonly #ready: PassDraft[] = []
  readonly #work: Iterator<Progress>
  #overflowed = false
  #done = false

  constructor(parts: PassParts) {
    this.#parts = parts
    this.#above = new SegmentBuilder(this.#below.states)
    this.#work = this.#all()
  }

  get isDone(): boolean {
    return this.#done
  }

  put(
    state: string,
    group: number,
    prefix: Uint8Array,
    key: Uint8Array,
    keyLength: number,
    value: Uint8Array,
    expiresAtMs: number | undefined,
  ): void {
    this.#above.put(state, group, prefix, STATE_BYTES, key, keyLength, value, expiresAtMs)
  }

  remove(state: string, group: number, prefix: Uint8Array, key: Uint8Array, keyLength: number): void {
    this.#below.remove(state, group, prefix, STATE_BYTES, key, keyLength)
  }

  /** Encodes until `monotonicMs` says that the time is up, or the disk has to answer first; true when there is nothing left. */
  step(monotonicMs: () => number, untilMs: number): boolean {
    let waiting = false
    while (!this.#done && !waiting) {
      for (let i = 0; i < LOOK_EVERY && !this.#done && !waiting; i++) {
        const { done, value } = this.#work.next()
        if (done === true) this.#finish()
        else waiting = value === 'waiting'
      }
      if (!this.#done) this.#takeLarge()
      if (monotonicMs() >= untilMs) break
    }
    return this.#done
  }

  /** What is ready since the last call. */
  takeReady(): PassDraft[] {
    return this.#ready.splice(0)
  }

  /** Gives up what is left: the disk is not held any more. The state cannot be frozen again. */
  abandon(): void {
    this.#parts.view?.close()
  }

  *#all(): Work {
    const { full, view, states, sources, waiting } = this.#parts
    yield* this.#gone()
    if (full && view !== undefined) for (const [number, state] of states) yield* this.#onDisk(number, state, view)
    yield* this.#changedRows()
    for (const { numbers, tables } of states.values()) {
      if (numbers !== undefined) yield* numbers.capturePending(full)
      if (full) for (const table of tables()) yield* table.captureAll()
    }
    if (view !== undefined) yield* this.#away(view)
    for (const source of sources) {
      for (const { state, keyGroup, key, value } of source) {
        if (value === undefined) this.#below.remove(state, keyGroup, NOTHING, 0, key, key.length)
        else this.#above.put(state, keyGroup, NOTHING, 0, key, key.length, value)
        yield
      }
    }
    for (const { state, keyGroup, key, value } of waiting) {
      this.#above.put(state, keyGroup, NOTHING, 0, key, key.length, value)
      yield
    }
  }

  *#gone(): Work {
    const { dropped, removed, states, log } = this.#parts
    for (const text of dropped) {
      const prefix = bytesOfText(text)
      const state = states.get(numberOf(prefix)) as LoggedState
      this.#below.drop(state.name, prefix.subarray(STATE_BYTES))
    }
    for (const text of removed) {
      const key = bytesOfText(text)
      const { name, form } = states.get(numberOf(key)) as LoggedState
      this.#below.remove(name, log.groupOfKey(form, key), key, STATE_BYTES, NOTHING, 0)
      yield
    }
  }

  *#changedRows(): Work {
    const { rows, prefixes, log } = this.#parts
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      if (!log.isPending(row.word)) continue
      log.capture(prefixes[i]!, row)
      yield
    }
  }

  *#onDisk(number: number, state: LoggedState, view: DiskView): Work {
    const prefix = new Uint8Array(STATE_BYTES)
    new DataView(prefix.buffer).setUint32(0, number)
    let after: Uint8Array | null = null
    for (;;) {
      const entries: readonly DiskEntry[] = yield* answerOf(view.scan(prefix, after, DISK_ROWS))
      for (const { key, value } of entries) {
        this.#putBytes(this.#below, state, key, value)
        yield
      }
      if (entries.length < DISK_ROWS) return
      after = entries[entries.length - 1]!.key.slice()
    }
  }

  /** Rows that changed before they left memory, as they are on disk. One that is not there was dropped with its table. */
  *#away(view: DiskView): Work {
    const { away, states } = this.#parts
    const texts = away.values()
    for (;;) {
      const keys: Uint8Array[] = []
      while (keys.length < DISK_ROWS) {
        const next = texts.next()
        if (next.done === true) break
        keys.push(bytesOfText(next.value))
      }
      if (keys.length === 0) return
      const values = yield* answerOf(view.get(keys))
      for (const [i, value] of values.entries()) {
        if (value === undefined) continue
        const key = keys[i]!
        this.#putBytes(this.#above, states.get(numberOf(key)) as LoggedState, key, value)
        yield
      }
    }
  }

  /** A row as it is on disk. */
  #putBytes(
    builder: SegmentBuilder,
    { name, form, expiresAtMs }: LoggedState,
    key: Uint8Array,
    value: Uint8Array,
  ): void {
    const { log } = this.#parts
    const group = log.groupOfKey(form, key)
    const untilMs = expiresAtMs?.(decodeValue(value))
    if (log.isPast(untilMs)) this.#below.remove(name, group, key, STATE_BYTES, NOTHING, 0)
    else builder.put(name, group, key, STATE_BYTES, NOTHING, 0, value, untilMs)
  }

  #takeLarge(): void {
    this.#takeIf(this.#below, 0, SEGMENT_RAW_BYTES)
    this.#takeIf(this.#above, 1, SEGMENT_RAW_BYTES)
  }

  #takeIf(builder: SegmentBuilder, layer: 0 | 1, bytes: number): void {
    if (builder.rawBytes < bytes) return
    const taken = builder.take()
    if (taken === undefined) return
    this.#ready.push({ layer, ...taken })
    this.#overflowed = true
  }

  #finish(): void {
    this.#done = true
    this.#parts.log.passed()
    this.#parts.view?.close()
    // In one file the lower layer comes first; where a part was taken already, it has to have a file before that one's.
    if (this.#overflowed) {
      this.#takeIf(this.#below, 0, 0)
      this.#takeIf(this.#above, 1, 0)
      return
    }
    const taken = this.#above.take(this.#below)
    if (taken !== undefined) this.#ready.push({ layer: 1, ...taken })
  }
}

function* answerOf<T>(answer: DiskAnswer<T>): Generator<Progress, T, void> {
  while (!answer.isThere) yield 'waiting'
  return answer.take()
}
