import type { CacheRoom, RoomCache } from '../state/keyed-state-backend.ts'

/** More parts than this are not kept, whatever the room. */
const PARTS_MAX = 1_000_000
/** This share of the room at most: the rest belongs to the state itself. */
const ROOM_SHARE = 0.5

export interface KeptSlice<Part> {
  readonly end: number
  /** In the order of the slice's own table. */
  readonly parts: Part[]
  /** Of its parts, as it is counted in the room. */
  readonly sizeBytes: number
}

/** What is merged of the parts of the slices. */
export interface MergedParts<Table, Part> {
  /** What a part takes up, bytes; by the parts that were taken in last, where it is an estimate. */
  partBytes(): number
  /** Takes in what a slice that is younger than all others holds; undefined: it cannot. */
  takeIn(table: Table, sliceEnd: number): Part[] | undefined
  /** The oldest slice is over. */
  letGo(parts: Part[]): void
  /** All slices are given up. */
  forget(): void
}

/**
 * The slices that a sliding window is made of as it moves on, each with its parts, one for each of its keys. Their memory is
 * counted in the room of the state, and given up when that is short and no window is firing; the next window takes them in
 * anew.
 */
export class KeptSlices<Table, Part> implements RoomCache {
  readonly #merged: MergedParts<Table, Part>
  readonly #room: CacheRoom
  /** Ascending by their ends. */
  #slices: KeptSlice<Part>[] = []
  /** End of the last window: slices up to there are in, or empty. */
  #takenUpTo = Number.NEGATIVE_INFINITY
  #isFiring = false
  /** A window has fired since the room last asked. */
  #wasUsed = false

  /** `room`: of the state that the slices are. */
  constructor(merged: MergedParts<Table, Part>, room: CacheRoom) {
    this.#merged = merged
    this.#room = room
    room.enter(this)
  }

  /** Whether so many parts, those of all slices of a window, may be kept. */
  fits(parts: number): boolean {
    return parts <= PARTS_MAX && parts * this.#merged.partBytes() <= this.#room.limitBytes * ROOM_SHARE
  }

  /** Oldest first. */
  get all(): readonly KeptSlice<Part>[] {
    return this.#slices
  }

  /** Whether the slice is in, or was empty. */
  has(sliceEnd: number): boolean {
    return sliceEnd <= this.#takenUpTo
  }

  /**
   * Moves on to a window that ends later than all before: lets go of slices that end at its start or earlier, and takes in
   * those of `sliceEnds` (ascending) that are new. From here to `finishFiring` nothing is given up. False where one cannot be
   * taken in.
   */
  moveTo(
    start: number,
    end: number,
    sliceEnds: readonly number[],
    tableAt: (sliceEnd: number) => Table | undefined,
  ): boolean {
    this.#isFiring = true
    this.#excludeUpTo(start)
    for (const sliceEnd of sliceEnds) {
      if (this.has(sliceEnd)) continue
      const table = tableAt(sliceEnd)
      if (table === undefined) continue
      const parts = this.#merged.takeIn(table, sliceEnd)
      if (parts === undefined) return false
      const sizeBytes = parts.length * this.#merged.partBytes()
      this.#slices.push({ end: sliceEnd, parts, sizeBytes })
      this.#room.add(sizeBytes)
    }
    this.#takenUpTo = end
    return true
  }

  /** The window that was moved to is through. */
  finishFiring(): void {
    this.#isFiring = false
    this.#wasUsed = true
  }

  /** Gives up everything, when no window has fired since the last call and none does now. */
  sweep(bytes: number): boolean {
    if (this.#isFiring || this.#wasUsed) {
      this.#wasUsed = false
      return false
    }
    return this.clear() >= bytes
  }

  /** The slice that ends there, which is one that the window has, or had as an empty one. */
  at(sliceEnd: number): KeptSlice<Part> {
    const after = this.#slices.findIndex(({ end }) => end >= sliceEnd)
    const at = after < 0 ? this.#slices.length : after
    const found = this.#slices[at]
    if (found?.end === sliceEnd) return found
    const slice: KeptSlice<Part> = { end: sliceEnd, parts: [], sizeBytes: 0 }
    this.#slices.splice(at, 0, slice)
    return slice
  }

  /** Answers how many bytes that has freed. */
  clear(): number {
    const sizeBytes = this.#slices.reduce((sum, slice) => sum + slice.sizeBytes, 0)
    this.#merged.forget()
    this.#slices = []
    this.#takenUpTo = Number.NEGATIVE_INFINITY
    this.#room.add(-sizeBytes)
    return sizeBytes
  }

  #excludeUpTo(time: number): void {
    let gone = 0
    for (; gone < this.#slices.length && this.#slices[gone]!.end <= time; gone++) {
      const { parts, sizeBytes } = this.#slices[gone]!
      this.#merged.letGo(parts)
      this.#room.add(-sizeBytes)
    }
    if (gone > 0) this.#slices = this.#slices.slice(gone)
  }
}
