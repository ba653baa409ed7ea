import { type FileHandle, open } from 'node:fs/promises'
import { fileAccess } from './file-access.ts'

/** Text is handed to the file system in pieces of about this size. */
const WRITE_CHARS = 256 * 1024

/**
 * One part file in progress. Writing only appends to memory; a loop of its own moves that to the file, one write at a
 * time, in order.
 */
export class PartFile {
  readonly path: string
  readonly #onProgress: () => void
  #text = ''
  #waiting: string[] = []
  #waitingChars = 0
  #written = 0
  #failure: unknown
  #loop: Promise<void> | undefined
  #file: Promise<FileHandle>

  constructor(path: string, onProgress: () => void) {
    this.path = path
    this.#onProgress = onProgress
    // 'wx': a file of this name can only be a mistake of ours.
    this.#file = open(path, 'wx')
    this.#file.catch(error => this.#fail(error))
  }

  append(text: string): void {
    this.#text += text
    if (this.#text.length >= WRITE_CHARS) this.#handOver()
  }

  /** Characters that are not in the file yet. */
  get pendingChars(): number {
    return this.#waitingChars + this.#text.length
  }

  /** About the size that the file has or will have. */
  get sizeBytes(): number {
    return this.#written + this.pendingChars
  }

  /** Throws what made writing fail. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Writes what there is, makes it durable, closes. */
  async finish(): Promise<void> {
    this.#handOver()
    await this.#loop
    this.check()
    const file = await this.#file
    try {
      await file.sync()
    } catch (error) {
      throw fileAccess('write', this.path, error)
    } finally {
      await file.close()
    }
  }

  /** Closes without regard to what was not written. */
  async abandon(): Promise<void> {
    this.#text = ''
    this.#waiting = []
    this.#waitingChars = 0
    await this.#loop
    const file = await this.#file.catch(() => undefined)
    await file?.close()
  }

  #handOver(): void {
    if (this.#text !== '') {
      this.#waiting.push(this.#text)
      this.#waitingChars += this.#text.length
      this.#text = ''
    }
    this.#loop ??= this.#writeAll().finally(() => {
      this.#loop = undefined
    })
  }

  async #writeAll(): Promise<void> {
    try {
      const file = await this.#file
      for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
        const bytes = Buffer.from(text)
        await writeFully(file, bytes)
        this.#written += bytes.length
        this.#waitingChars = Math.max(0, this.#waitingChars - text.length)
        this.#onProgress()
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= fileAccess('write', this.path, error)
    this.#onProgress()
  }
}

async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at)
    at += bytesWritten
  }
}
