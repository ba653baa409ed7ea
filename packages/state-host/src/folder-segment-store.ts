import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import type { SegmentStore } from '@weir/engine/state/segments/segment-store'

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/
const UNFINISHED = '.unfinished'

/** Segments as files of a folder of this machine. A file that is being written has another name until it is complete. */
export class FolderSegmentStore implements SegmentStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = this.#pathOf(name)
    const unfinished = path + UNFINISHED
    let file: FileHandle | undefined
    let begun = false
    try {
      await mkdir(dirname(path), { recursive: true })
      file = await open(unfinished, 'w')
      begun = true
      await writeAll(file, parts)
      await file.datasync()
      await file.close()
      file = undefined
      await rename(unfinished, path)
      // The name is durable only with its folder.
      file = await open(dirname(path), 'r')
      await file.sync()
      await file.close()
    } catch (error) {
      await file?.close()
      if (begun) await rm(unfinished, { force: true })
      throw fileError(`the segment '${name}' of a snapshot of state could not be written to ${path}`, error)
    }
  }

  async read(name: string, from: number, to: number): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(name)
    let file: FileHandle
    try {
      file = await open(path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw fileError(`the segment '${name}' of a snapshot of state could not be read from ${path}`, error)
    }
    try {
      const bytes = new Uint8Array(to - from)
      let read = 0
      while (read < bytes.length) {
        const { bytesRead } = await file.read(bytes, read, bytes.length - read, from + read)
        if (bytesRead === 0) break
        read += bytesRead
      }
      return bytes.subarray(0, read)
    } catch (error) {
      throw fileError(`the segment '${name}' of a snapshot of state could not be read from ${path}`, error)
    } finally {
      await file.close()
    }
  }

  /** Names of all segments that are complete. */
  async names(): Promise<string[]> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true })
    return entries
      .filter(entry => entry.isFile() && !entry.name.endsWith(UNFINISHED))
      .map(entry => join(entry.parentPath, entry.name).slice(this.#folder.length + 1))
  }

  #pathOf(name: string): string {
    assert(NAME.test(name), `'${name}' is no name for a segment`)
    return join(this.#folder, name)
  }
}

/** A disk that is nearly full takes a part without an error; the error comes with the rest. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  const filled = parts.filter(part => part.length > 0)
  let { bytesWritten: written } = await file.writev(filled)
  if (written === filled.reduce((sum, part) => sum + part.length, 0)) return
  const all = Buffer.concat(filled)
  while (written < all.length) {
    const { bytesWritten } = await file.write(all, written, all.length - written, written)
    assert(bytesWritten > 0, 'a file takes no more bytes and says no error')
    written += bytesWritten
  }
}

function fileError(what: string, error: unknown): WeirError {
  const { code, message } = error as NodeJS.ErrnoException
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'The disk is full: make room on it.'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'Give the user that runs this process the right to it.'
        : 'Check the disk.'
  return new WeirError('FILE_ACCESS', `${what}: ${message}. ${remedy}`, { cause: error })
}
