import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { rotatedName } from './rotating-file.ts'

/** One line of a log file. Fields beyond these are kept as they are. */
export interface LogLine {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly process?: string
  readonly job?: string
  readonly operator?: string
  readonly subtask?: number
  readonly attempt?: number
  readonly [field: string]: unknown
}

/** From the least to the worst; a level that is not among them counts as information. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogQuery {
  /** The newest file; the rotated ones beside it are read too. */
  readonly file: string
  readonly jobId?: string
  readonly operator?: string
  readonly subtask?: number
  /** Only lines whose message holds this text, in upper or lower case. */
  readonly search?: string
  /** Only lines of this level, and of those that are worse. */
  readonly level?: LogLevel
  /** At most so many lines: the newest ones without a cursor, the next ones with it. */
  readonly limit: number
  /** The `cursor` of an earlier answer: only lines after it. */
  readonly after?: string
}

export interface LogTail {
  /** Oldest first. */
  readonly lines: readonly LogLine[]
  /** Where this answer ended; with it as `after`, the next call goes on. */
  readonly cursor: string
}

/** At most so much of the files is searched by one call: a rare job in large logs must not block the process. */
const SCAN_BYTES_MAX = 16 * 1024 * 1024
/** What is read at once from the end of a file. */
const PIECE_BYTES = 512 * 1024
const MAX_AGE = 99
const NEWLINE = 0x0a

/** A file as it was when the reading began; it is open only while a piece of it is read. */
interface KnownFile {
  readonly inode: number
  readonly sizeBytes: number
  /** Its place among the rotated ones at that time; it only ever grows. */
  readonly age: number
}

/**
 * Reads lines of a job (or all) from a process's log, across rotated files. Following is polling with the cursor: it
 * names the file by its inode and a byte offset, so a rotation between two calls loses and repeats nothing. A cursor
 * into a file that is gone goes on at the oldest line there is. An unfinished last line waits for the next call.
 */
export function readLogTail(query: LogQuery): LogTail {
  const reading = readInSlices(query)
  for (;;) {
    const slice = reading.next()
    if (slice.done) return slice.value
  }
}

/**
 * The same in slices of some milliseconds; between two of them whoever else waits for this thread has a turn. No file is
 * open meanwhile: a turn may last, and many may read.
 */
export async function readLogTailInSlices(query: LogQuery, turn: () => Promise<void>): Promise<LogTail> {
  const reading = readInSlices(query)
  for (;;) {
    const slice = reading.next()
    if (slice.done) return slice.value
    await turn()
  }
}

/** Yields after each piece that it has read. */
type Slices = Generator<void, LogTail, void>

function readInSlices(query: LogQuery): Slices {
  const files = knownFiles(query.file)
  return query.after === undefined ? readNewest(files, query) : readAfter(files, query, query.after)
}

/** Newest first. */
function knownFiles(file: string): KnownFile[] {
  const files: KnownFile[] = []
  for (let age = 0; age <= MAX_AGE; age++) {
    const stat = statSync(rotatedName(file, age), { throwIfNoEntry: false })
    if (stat === undefined) {
      // The newest may be missing for the moment of a rotation; after that a gap is the end.
      if (age === 0) continue
      break
    }
    // After a rotation between two looks the same file appears under its next name.
    if (files.some(known => known.inode === stat.ino)) continue
    files.push({ inode: stat.ino, sizeBytes: stat.size, age })
  }
  return files
}

/** Part of a file, which rotations may have renamed since; null when it is gone. */
function readPiece(file: string, { inode, sizeBytes, age }: KnownFile, start: number, end: number): Buffer | null {
  for (let now = age; now <= MAX_AGE; now++) {
    let descriptor: number
    try {
      descriptor = openSync(rotatedName(file, now), 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      // As above: for a moment there is no newest file.
      if (now === 0) continue
      return null
    }
    try {
      const stat = fstatSync(descriptor)
      // Files only grow: a smaller one has the number of one that was deleted.
      if (stat.ino === inode && stat.size >= sizeBytes) return readBytes(descriptor, start, end)
    } finally {
      closeSync(descriptor)
    }
  }
  return null
}

/** From the end backwards, in pieces: what is wanted mostly stands in the last of them. */
function* readNewest(files: readonly KnownFile[], query: LogQuery): Slices {
  const newestFirst: LogLine[] = []
  let cursor: string | null = null
  let budgetBytes = SCAN_BYTES_MAX
  for (const file of files) {
    let end = file.sizeBytes
    let pieceBytes = PIECE_BYTES
    while (end > 0 && budgetBytes > 0 && newestFirst.length < query.limit) {
      const start = Math.max(0, end - Math.min(pieceBytes, budgetBytes))
      const bytes = readPiece(query.file, file, start, end)
      if (bytes === null) break
      // The first line of a piece begins before it, most likely; it is read whole with the next piece.
      const firstLine = start === 0 ? 0 : bytes.indexOf(NEWLINE) + 1
      if (start > 0 && (firstLine === 0 || firstLine === bytes.length) && pieceBytes < budgetBytes) {
        pieceBytes *= 2
        continue
      }
      budgetBytes -= bytes.length
      const { texts, endOffset } = wholeLines(bytes.subarray(firstLine), start + firstLine)
      cursor ??= `${file.inode}:${endOffset}`
      for (const { text } of texts.reverse()) {
        if (newestFirst.length < query.limit) newestFirst.push(...matchingLine(text, query))
      }
      end = start + firstLine
      yield
      if (firstLine === 0 && start > 0) break
    }
    cursor ??= `${file.inode}:0`
    if (newestFirst.length >= query.limit || budgetBytes <= 0) break
  }
  return { lines: newestFirst.reverse(), cursor: cursor ?? '0:0' }
}

function* readAfter(files: readonly KnownFile[], query: LogQuery, after: string): Slices {
  const [inode = 0, offset = 0] = after.split(':').map(Number)
  const oldestFirst = [...files].reverse()
  const found = oldestFirst.findIndex(file => file.inode === inode && file.sizeBytes >= offset)
  const lines: LogLine[] = []
  let cursor = after
  let budgetBytes = SCAN_BYTES_MAX
  for (const [index, file] of oldestFirst.slice(Math.max(0, found)).entries()) {
    let start = index === 0 && found >= 0 ? offset : 0
    let pieceBytes = PIECE_BYTES
    cursor = `${file.inode}:${start}`
    while (start < file.sizeBytes && budgetBytes > 0) {
      const end = Math.min(file.sizeBytes, start + Math.min(pieceBytes, budgetBytes))
      const bytes = readPiece(query.file, file, start, end)
      if (bytes === null) break
      const { texts, endOffset } = wholeLines(bytes, start)
      if (endOffset === start) {
        // No line ends in it: one that is not finished yet, or one that needs a larger piece.
        if (end === file.sizeBytes || pieceBytes >= budgetBytes) break
        pieceBytes *= 2
        continue
      }
      budgetBytes -= endOffset - start
      for (const { text, end: lineEnd } of texts) {
        lines.push(...matchingLine(text, query))
        if (lines.length >= query.limit) return { lines, cursor: `${file.inode}:${lineEnd}` }
      }
      cursor = `${file.inode}:${endOffset}`
      start = endOffset
      yield
    }
    if (budgetBytes <= 0) break
  }
  return { lines, cursor }
}

function readBytes(descriptor: number, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - start))
  let filled = 0
  while (filled < bytes.length) {
    const read = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled)
    if (read === 0) break
    filled += read
  }
  return bytes.subarray(0, filled)
}

/** The lines that are finished, each with the offset in the file where it ends. */
function wholeLines(bytes: Buffer, start: number): { texts: { text: string; end: number }[]; endOffset: number } {
  const texts: { text: string; end: number }[] = []
  let lineStart = 0
  for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, lineStart)) {
    texts.push({ text: bytes.toString('utf8', lineStart, newline), end: start + newline + 1 })
    lineStart = newline + 1
  }
  return { texts, endOffset: start + lineStart }
}

function matchingLine(text: string, query: LogQuery): LogLine[] {
  // A cheap look before the parser: most lines of a shared log belong to other jobs.
  if (query.jobId !== undefined && !text.includes(query.jobId)) return []
  const line = parseLine(text)
  if (line === null) return []
  if (query.jobId !== undefined && line.job !== query.jobId) return []
  if (query.operator !== undefined && line.operator !== query.operator) return []
  if (query.subtask !== undefined && line.subtask !== query.subtask) return []
  if (query.level !== undefined && rankOf(line.level) < rankOf(query.level)) return []
  if (query.search !== undefined && !line.msg.toLowerCase().includes(query.search.toLowerCase())) return []
  return [line]
}

function rankOf(level: string): number {
  const rank = (LOG_LEVELS as readonly string[]).indexOf(level)
  return rank < 0 ? LOG_LEVELS.indexOf('info') : rank
}

/** Null for what is not a log line: a line that a kill -9 cut off, and that the next start wrote on. */
function parseLine(text: string): LogLine | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'msg' in value ? (value as LogLine) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
