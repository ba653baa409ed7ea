import { type FileHandle, open } from 'node:fs/promises'
import { WeirError } from '@weir/engine/base/errors'
import { fileAccess } from './file-access.ts'

const LINE_FEED = 10
const QUOTE = 34
const CHUNK_BYTES = 512 * 1024
/** Chunks that are read and not yet taken. */
const READY_MAX = 3
const RECORD_BYTES_MAX = 64 * 1024 * 1024

/** Bytes of whole records. */
export interface Chunk {
  readonly bytes: Buffer
  /** Where they stand in the file. */
  readonly offset: number
}

export interface ChunkRange {
  readonly path: string
  /** Exact start of a record; or, with `align`, a byte after which the first record that starts is looked for. */
  readonly start: number
  readonly end: number
  readonly align: boolean
  /** CSV: a line break inside quotes ends no record. */
  readonly quoted: boolean
  /** Something has happened: a chunk is ready, all is read, or reading failed. */
  readonly changed: () => void
}

/**
 * Reads the records that start in a byte range, some chunks ahead of who takes them. Reading happens in the event loop,
 * taking is synchronous. Every chunk ends with a record's end.
 */
export class RecordChunks {
  readonly #range: ChunkRange
  readonly #ready: Chunk[] = []
  readonly #free: Buffer[] = []
  #failure: WeirError | undefined
  #allRead = false
  #closed = false
  #roomMade: (() => void) | undefined

  constructor(range: ChunkRange) {
    this.#range = range
    this.#readAll().then(
      () => {
        this.#allRead = true
        range.changed()
      },
      error => {
        this.#failure = fileAccess('read', range.path, error)
        range.changed()
      },
    )
  }

  /** The next chunk, if one is ready. Throws what made reading fail, after the chunks before it. */
  take(): Chunk | undefined {
    const chunk = this.#ready.shift()
    if (chunk !== undefined) this.#makeRoom()
    else if (this.#failure !== undefined) throw this.#failure
    return chunk
  }

  /** Gives the memory of a chunk back, when nothing refers to it any more. */
  release(chunk: Chunk): void {
    const whole = Buffer.from(chunk.bytes.buffer)
    if (whole.length === CHUNK_BYTES && this.#free.length <= READY_MAX) this.#free.push(whole)
  }

  /** Nothing more has to be read, though chunks may still stand here. */
  get allRead(): boolean {
    return this.#allRead
  }

  /** All chunks were taken and no more will come. */
  get ended(): boolean {
    return this.#allRead && this.#ready.length === 0
  }

  close(): void {
    this.#closed = true
    this.#makeRoom()
  }

  #makeRoom(): void {
    this.#roomMade?.()
    this.#roomMade = undefined
  }

  async #readAll(): Promise<void> {
    await using file = await open(this.#range.path)
    const { start, align } = this.#range
    let at = start
    if (align && start > 0) {
      const first = await this.#firstRecordAfter(file)
      if (first === undefined) return
      at = first
    }
    let bytes = this.#buffer()
    let carried = 0
    let scan = new QuoteScan(this.#range.quoted)
    while (!this.#closed && at < this.#range.end) {
      const { bytesRead } = await file.read(bytes, carried, bytes.length - carried, at + carried)
      const filled = carried + bytesRead
      const ended = bytesRead === 0
      if (ended && at + filled < this.#range.end) throw this.#shorter(at + filled)
      const cut = ended ? filled : scan.lastEnd(bytes, filled, this.#range.end - at)
      if (cut === 0) {
        if (filled >= RECORD_BYTES_MAX) throw this.#tooLarge(at)
        carried = filled
        if (filled === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2)
        continue
      }
      const next = this.#buffer(filled - cut)
      carried = bytes.copy(next, 0, cut, filled)
      this.#ready.push({ bytes: bytes.subarray(0, cut), offset: at })
      at += cut
      bytes = next
      scan = new QuoteScan(this.#range.quoted)
      this.#range.changed()
      if (ended) return
      if (this.#ready.length >= READY_MAX) await this.#room()
    }
  }

  /** The first record that starts at `start` or later, if one does within the range. */
  async #firstRecordAfter(file: FileHandle): Promise<number | undefined> {
    const { start, end } = this.#range
    const bytes = this.#buffer()
    // A record starts at `start` itself when the byte before ends one.
    for (let at = start - 1; at < end && !this.#closed; at += bytes.length) {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, at)
      const found = bytes.subarray(0, bytesRead).indexOf(LINE_FEED)
      if (found !== -1) return at + found + 1
      if (bytesRead < bytes.length) return undefined
    }
    return undefined
  }

  #buffer(atLeast = 0): Buffer {
    if (atLeast >= CHUNK_BYTES) return Buffer.allocUnsafeSlow(atLeast + CHUNK_BYTES)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
  }

  #room(): Promise<void> {
    return new Promise(resolve => {
      this.#roomMade = resolve
    })
  }

  #shorter(size: number): WeirError {
    const { path, end } = this.#range
    return new WeirError(
      'FILE_ACCESS',
      `${path} became shorter while it was read: byte ${end} was there when the job started, now it ends at ${size}; do not change files that a job reads`,
    )
  }

  #tooLarge(at: number): WeirError {
    const { path, quoted } = this.#range
    const hint = quoted ? '; is a quote not closed?' : ''
    return new WeirError(
      'RECORD_TOO_LARGE',
      `${path}, byte ${at}: the record that starts here is longer than ${RECORD_BYTES_MAX / 1024 / 1024} MB${hint}`,
    )
  }
}

/** Finds where records end in bytes that grow, without looking at any byte twice when quotes have to be counted. */
class QuoteScan {
  readonly #quoted: boolean
  #scanned = 0
  #inQuotes = false
  #lastEnd = 0

  constructor(quoted: boolean) {
    this.#quoted = quoted
  }

  /** The end of the last record in the first `filled` bytes that starts before `limit`; 0 when none ends there. */
  lastEnd(bytes: Buffer, filled: number, limit: number): number {
    if (!this.#quoted) {
      const past = limit <= filled ? bytes.subarray(0, filled).indexOf(LINE_FEED, limit - 1) : -1
      return past === -1 ? bytes.subarray(0, filled).lastIndexOf(LINE_FEED) + 1 : past + 1
    }
    for (; this.#scanned < filled; this.#scanned++) {
      const byte = bytes[this.#scanned]
      if (byte === QUOTE) this.#inQuotes = !this.#inQuotes
      else if (byte === LINE_FEED && !this.#inQuotes) {
        this.#lastEnd = this.#scanned + 1
        if (this.#lastEnd >= limit) break
      }
    }
    return this.#lastEnd
  }
}
