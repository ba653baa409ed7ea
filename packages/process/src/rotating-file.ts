import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, extname } from 'node:path'

export interface RotatingFileOptions {
  /** The newest file; older ones are named `<name>.1.log` (the most recent) and up. Its folder is made. */
  readonly file: string
  /** A file is closed before it would grow beyond this, unless one line alone is larger. */
  readonly maxBytes?: number
  /** How many files are kept in all, the newest included. */
  readonly maxFiles?: number
  /** How long a line may wait in memory before it is in the file. */
  readonly flushAfterMs?: number
}

/** All files that are open in this process: one listener flushes them when it exits. */
const openFiles = new Set<RotatingFile>()
process.on('exit', () => {
  for (const file of openFiles) file.flush()
})

/** As much text may wait in memory before it is written at once, whatever `flushAfterMs` says. */
const PENDING_BYTES_MAX = 65_536

/** The name of the file that has been rotated `age` times; age 0 is the one that is written to. */
export function rotatedName(file: string, age: number): string {
  if (age === 0) return file
  const extension = extname(file)
  return `${file.slice(0, file.length - extension.length)}.${age}${extension}`
}

/**
 * A text file with a bounded size on disk, fit to be pino's destination. One process writes it, from one thread.
 *
 * Lines are gathered for a moment and written synchronously in one call: no worker or stream is involved, so it works
 * inside a bundle, keeps the order, and what is pending can be written while the process exits. A kill -9 loses at most
 * `flushAfterMs` of lines.
 */
export class RotatingFile {
  readonly #file: string
  readonly #maxBytes: number
  readonly #maxFiles: number
  readonly #flushAfterMs: number
  #descriptor: number
  #sizeBytes: number
  #pending: string[] = []
  #pendingBytes = 0
  #timer: NodeJS.Timeout | null = null

  constructor(options: RotatingFileOptions) {
    this.#file = options.file
    this.#maxBytes = options.maxBytes ?? 10 * 1024 * 1024
    this.#maxFiles = options.maxFiles ?? 5
    this.#flushAfterMs = options.flushAfterMs ?? 100
    mkdirSync(dirname(this.#file), { recursive: true })
    this.#descriptor = openSync(this.#file, 'a', 0o600)
    this.#sizeBytes = fstatSync(this.#descriptor).size
    openFiles.add(this)
  }

  /** Takes one or more whole lines, each with its line break. */
  write(lines: string): void {
    this.#pending.push(lines)
    this.#pendingBytes += Buffer.byteLength(lines)
    if (this.#pendingBytes >= PENDING_BYTES_MAX) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), this.#flushAfterMs).unref()
  }

  /** Everything taken so far is in the file when it returns. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#pendingBytes === 0) return
    if (this.#sizeBytes > 0 && this.#sizeBytes + this.#pendingBytes > this.#maxBytes) this.#rotate()
    const bytes = Buffer.from(this.#pending.join(''))
    this.#pending = []
    this.#pendingBytes = 0
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written)
    }
    this.#sizeBytes += bytes.length
  }

  /** Flushes and closes; nothing may be written afterwards. */
  close(): void {
    this.flush()
    openFiles.delete(this)
    closeSync(this.#descriptor)
  }

  #rotate(): void {
    closeSync(this.#descriptor)
    rmSync(rotatedName(this.#file, this.#maxFiles - 1), { force: true })
    for (let age = this.#maxFiles - 2; age >= 0; age--) {
      const from = rotatedName(this.#file, age)
      if (existsSync(from)) renameSync(from, rotatedName(this.#file, age + 1))
    }
    this.#descriptor = openSync(this.#file, 'a', 0o600)
    this.#sizeBytes = 0
  }
}
