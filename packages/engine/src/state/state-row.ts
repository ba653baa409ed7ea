import { estimateBytes } from './estimate-bytes.ts'
import type { KeyedRow } from './keyed-state-backend.ts'

/** Flags in the low bits of a row's word. Read or written since the clock hand came by. */
export const USED = 1
/** Differs from what is on disk, or is not there. */
export const DIRTY = 2
/** There is something on disk under its key, perhaps an older value. */
export const ON_DISK = 4
/** Not in its table: on disk, or it was when a scan read it. */
export const AWAY = 8
/** Two bits that say in which list of changes the row is, if in any (ChangeLog). */
export const MARK_A = 16
export const MARK_B = 32
export const MARKS = MARK_A | MARK_B
/** In their place: deleted, or gone to disk, so that a list of changes passes over it. */
export const DEAD = MARKS
/** Segments may hold the key, perhaps with an older value. */
export const BASED = 64
const FLAG_BITS = 7
const FLAGS = (1 << FLAG_BITS) - 1
/** The rest of the word is the estimate of the row's size, in these units. */
const SIZE_UNIT = 16
const SIZE_MAX = (1 << 24) - 1
/** What a row costs beside its key and value: the entry of the Map and the row object. */
const ROW_BYTES = 96

/** A row of a StateTable: one object with one small integer for all that the table has to know of it. */
export class StateRow<V> implements KeyedRow<V> {
  readonly key: unknown
  value: V
  word: number

  constructor(key: unknown, value: V, flags: number) {
    this.key = key
    this.value = value
    this.word = flags | sizeOf(key, value)
  }

  get sizeBytes(): number {
    return (this.word >>> FLAG_BITS) * SIZE_UNIT
  }

  /** Looks at key and value anew. */
  resize(): void {
    this.word = (this.word & FLAGS) | sizeOf(this.key, this.value)
  }
}

function sizeOf(key: unknown, value: unknown): number {
  const bytes = ROW_BYTES + estimateBytes(key) + estimateBytes(value)
  const units = Math.ceil(bytes / SIZE_UNIT)
  return Math.min(units, SIZE_MAX) << FLAG_BITS
}
