import { WeirError } from '../base/errors.ts'
import { recordText } from '../base/record-text.ts'
import { encodeValueView } from '../record/value-codec.ts'
import { ChangeLog } from './change-log.ts'
import {
  type LaterAnswer,
  readEntries,
  SpillKeys,
  type SpillStore,
  SpillValues,
  SpillWriter,
  scanRequest,
} from './spill-store.ts'

/** What the room asks of the tables that share it. */
export interface Spillable {
  /**
   * Goes on over its rows where the last call stopped, takes from those that were not used since then until `bytes` are
   * free, and answers true; or false at the end of the rows, from where the next call begins anew.
   */
  sweep(bytes: number): boolean
}

/** Counts since the beginning, for metrics. */
export interface RoomCounters {
  /** Rows that were asked for on disk, and how many of those questions a step waited for by itself, without prefetch. */
  diskReads: number
  diskMisses: number
  /** Rows that were written to disk, and removed there. */
  diskWrites: number
  diskDeletes: number
}

/** So much is freed at once, that rows go to disk in batches; less where the room is small. */
const SLACK_BYTES_MAX = 256 * 1024
const SLACK_SHARE = 8
/** Writes go to the store when they have this size, and before it is asked for anything. */
const WRITE_BYTES = 64 * 1024
/** Two rounds find something wherever there is something: the first takes the marks of use away. */
const ROUNDS_MAX = 3

/** In this thread, so that a store may serve one room after the other. */
let tablesNumbered = 0
let viewsNumbered = 0

/** What was on disk at one moment. One question at a time; nobody waits for the answer who does not `take` it too early. */
export interface DiskView {
  /** In the order of the keys; undefined where there is nothing. Each with the number of its state in front. */
  get(keys: readonly Uint8Array[]): DiskAnswer<(Uint8Array | undefined)[]>
  /** Entries under a prefix, ascending, after `after`. */
  scan(prefix: Uint8Array, after: Uint8Array | null, limit: number): DiskAnswer<DiskEntry[]>
  close(): void
}

export interface DiskEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface DiskAnswer<T> {
  /** Whether `take` does not block. */
  readonly isThere: boolean
  /** Once. Valid until the next question. */
  take(): T
}

/**
 * The share of memory that the state of one slot may take up, and the way to disk when it is used up. All tables of all
 * operators of the slot share one room; who was not used for longest has to leave, whatever its table (a clock hand goes
 * round the tables and round the rows of each). What operators keep beside their tables is counted with them, and has its
 * turn like a table: it is given up rather than written.
 *
 * The bytes are estimates that tables keep by row, so that asking how much is used costs nothing.
 */
export class StateRoom {
  usedBytes = 0
  readonly limitBytes: number
  readonly counters: RoomCounters = { diskReads: 0, diskMisses: 0, diskWrites: 0, diskDeletes: 0 }
  readonly #store: SpillStore | undefined
  readonly #tables = new Set<Spillable>()
  #hand: Iterator<Spillable> | undefined
  #table: Spillable | undefined
  #sweeping = false
  /** A part of the used bytes: filters grow with what is on disk, and do not leave. */
  #filterBytes = 0
  /** Room is made when more is used: the limit, or more where making room has not helped lately. */
  #trigger: number
  readonly #writer = new SpillWriter()
  readonly #keys = new SpillKeys()

  /** Without a store everything stays in memory, whatever the limit. */
  constructor(limitBytes: number, store?: SpillStore) {
    this.limitBytes = store === undefined ? Number.POSITIVE_INFINITY : limitBytes
    this.#trigger = this.limitBytes
    this.#store = store
  }

  get spills(): boolean {
    return this.#store !== undefined
  }

  /** A number for a table, which its keys on disk begin with: never one that another room of the same store has. */
  nextTable(): number {
    return tablesNumbered++
  }

  enter(table: Spillable): void {
    this.#tables.add(table)
  }

  leave(table: Spillable): void {
    this.#tables.delete(table)
    if (this.#table === table) this.#table = undefined
  }

  /** Something has grown by so many bytes (or shrunk): makes room when there is none left. */
  add(bytes: number): void {
    this.usedBytes += bytes
    if (this.usedBytes > this.#trigger) this.makeRoom()
  }

  countFilter(bytes: number): void {
    this.usedBytes += bytes
    this.#filterBytes += bytes
  }

  /** Within `work` nothing leaves, whatever it adds. */
  withoutLimit<T>(work: () => T): T {
    const sweeping = this.#sweeping
    this.#sweeping = true
    try {
      return work()
    } finally {
      this.#sweeping = sweeping
    }
  }

  /**
   * Sends what is not in use to disk until the limit is kept with some slack; or until all that is left is in use. Rows
   * have half of the room for sure, however large the filters are.
   */
  makeRoom(limitBytes: number = this.limitBytes): void {
    // A table that writes in a sweep does not begin another.
    if (this.#sweeping || this.#store === undefined) return
    this.#sweeping = true
    try {
      const slack = Math.min(SLACK_BYTES_MAX, this.limitBytes / SLACK_SHARE)
      const target = this.#withFilters(limitBytes) - slack
      let ends = 0
      while (this.usedBytes > target && ends < ROUNDS_MAX) {
        const table = this.#table ?? this.#nextInRound()
        if (table === undefined) ends++
        else if (!table.sweep(this.usedBytes - target)) this.#table = undefined
        else this.#table = table
      }
      this.flush()
      // Where it did not help, looking at all rows again for each one that comes would not either.
      const limit = this.#withFilters(this.limitBytes)
      this.#trigger = this.usedBytes <= limit ? limit : this.usedBytes + slack
    } finally {
      this.#sweeping = false
    }
  }

  #withFilters(limitBytes: number): number {
    return Math.max(limitBytes, limitBytes / 2 + this.#filterBytes)
  }

  put(prefix: Uint8Array, key: Uint8Array, keyLength: number, value: Uint8Array): void {
    this.counters.diskWrites++
    this.#writer.put(prefix, key, keyLength, value)
    if (this.#writer.sizeBytes >= WRITE_BYTES) this.flush()
  }

  delete(prefix: Uint8Array, key: Uint8Array, keyLength: number): void {
    this.counters.diskDeletes++
    this.#writer.delete(prefix, key, keyLength)
    if (this.#writer.sizeBytes >= WRITE_BYTES) this.flush()
  }

  deletePrefix(prefix: Uint8Array): void {
    this.counters.diskDeletes++
    this.#writer.deletePrefix(prefix)
  }

  /** Hands the writes that were collected over to the store. */
  flush(): void {
    const writer = this.#writer
    if (writer.isEmpty || this.#store === undefined) return
    this.#store.write(writer.request)
    writer.reset()
  }

  /** An empty request, which is valid until the next one is asked for. */
  newRequest(): SpillKeys {
    this.#keys.reset()
    return this.#keys
  }

  /** The value of one key, as a view that is valid until the store is used again; undefined where there is none. */
  getOne(prefix: Uint8Array, key: Uint8Array, keyLength: number): Uint8Array | undefined {
    this.counters.diskMisses++
    const keys = this.#keys
    keys.reset()
    keys.add(prefix, key, keyLength)
    return this.getMany(keys).next()
  }

  getMany(keys: SpillKeys): SpillValues {
    this.flush()
    this.counters.diskReads += keys.count
    return new SpillValues((this.#store as SpillStore).get(keys.request))
  }

  /** Entries under a prefix, ascending, after `after`. */
  scan(prefix: Uint8Array, after: Uint8Array | null, limit: number): { key: Uint8Array; value: Uint8Array }[] {
    this.flush()
    // Copied, since they are used over further calls.
    const entries = readEntries((this.#store as SpillStore).scan(scanRequest(prefix, after, limit)).slice())
    this.counters.diskReads += entries.length
    return entries
  }

  /** Keeps what is on disk now for reading, until it is closed. It does not wait for the disk. */
  openView(): DiskView {
    this.flush()
    const store = this.#store as SpillStore
    const view = viewsNumbered++
    store.openView(view)
    return {
      get: keys => {
        const request = this.newRequest()
        for (const key of keys) request.add(key, key, 0)
        return answered(store.getIn(view, request.request), answer => {
          const values = new SpillValues(answer)
          return keys.map(() => values.next())
        })
      },
      scan: (prefix, after, limit) => answered(store.scanIn(view, scanRequest(prefix, after, limit)), readEntries),
      close: () => store.closeView(view),
    }
  }

  /** A part of the room that is counted by itself, such as that of one operator. `name` is what errors call it. */
  share(name: string): RoomShare {
    return new RoomShare(this, name)
  }

  #nextInRound(): Spillable | undefined {
    this.#hand ??= this.#tables.values()
    const next = this.#hand.next()
    if (!next.done) return next.value
    this.#hand = undefined
    return undefined
  }
}

function answered<T>(later: LaterAnswer, read: (answer: Uint8Array) => T): DiskAnswer<T> {
  return {
    get isThere() {
      return later.isThere
    },
    take: () => read(later.take()),
  }
}

/** What the tables of one operator see of the room: it counts what they take up. */
export class RoomShare {
  readonly room: StateRoom
  /** What has changed in these tables since the last snapshot. */
  readonly log: ChangeLog
  readonly #name: string
  /** In memory, filters included. */
  usedBytes = 0
  /** Estimate of what is on disk alone, as it would be in memory. */
  awayBytes = 0
  diskReads = 0
  diskWrites = 0

  constructor(room: StateRoom, name: string) {
    this.room = room
    this.#name = name
    this.log = new ChangeLog((key, value) => this.encode(key, value, 'be part of a snapshot'))
  }

  get spills(): boolean {
    return this.room.spills
  }

  enter(table: Spillable): void {
    this.room.enter(table)
  }

  leave(table: Spillable): void {
    this.room.leave(table)
  }

  add(bytes: number): void {
    this.usedBytes += bytes
    this.room.add(bytes)
  }

  /** A filter has grown, in the midst of making room, or is gone. */
  countFilter(bytes: number): void {
    this.usedBytes += bytes
    this.room.countFilter(bytes)
  }

  /** A row has left memory. */
  sentAway(bytes: number): void {
    this.usedBytes -= bytes
    this.room.usedBytes -= bytes
    this.awayBytes += bytes
  }

  countAway(bytes: number): void {
    this.awayBytes += bytes
  }

  put(prefix: Uint8Array, key: Uint8Array, keyLength: number, value: Uint8Array): void {
    this.diskWrites++
    this.room.put(prefix, key, keyLength, value)
  }

  delete(prefix: Uint8Array, key: Uint8Array, keyLength: number): void {
    this.diskWrites++
    this.room.delete(prefix, key, keyLength)
  }

  deletePrefix(prefix: Uint8Array): void {
    this.room.deletePrefix(prefix)
  }

  getMany(request: SpillKeys): SpillValues {
    this.diskReads += request.count
    return this.room.getMany(request)
  }

  getOne(prefix: Uint8Array, key: Uint8Array, keyLength: number): Uint8Array | undefined {
    this.diskReads++
    return this.room.getOne(prefix, key, keyLength)
  }

  scan(prefix: Uint8Array, after: Uint8Array | null, limit: number): { key: Uint8Array; value: Uint8Array }[] {
    const entries = this.room.scan(prefix, after, limit)
    this.diskReads += entries.length
    return entries
  }

  /** The bytes of a value, to be copied at once. It may be written long after it was set, so the error says whose it is. */
  encode(key: unknown, value: unknown, what = 'be written to disk'): Uint8Array {
    try {
      return encodeValueView(value)
    } catch (error) {
      if (!(error instanceof WeirError)) throw error
      const message = `the state of ${this.#name} for the key ${recordText(key)} cannot ${what}: ${error.message} Keep plain data in state.`
      throw new WeirError(error.code, message, { cause: error })
    }
  }
}
