import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import type { SegmentStore } from '@weir/engine/state/segments/segment-store'

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/
const WRITER = /^[A-Za-z0-9_.-]+$/
const UNFINISHED = '.unfinished'

/**
 * Segments as files of a folder of this machine, which several may share. A file that is being written has another name
 * until it is complete, one that tells who writes it: what a writer that was killed has left behind is removed by the next
 * of its name.
 */
export class FolderSegmentStore implements SegmentStore {
  readonly #folder: string
  readonly #unfinished: string
  readonly #writing = new Set<Promise<void>>()
  #ended = false

  /** `writer`: one at a time has this name, such as the id of the TaskManager. Who only reads needs none. */
  constructor(folder: string, writer = 'nobody') {
    assert(WRITER.test(writer), `'${writer}' is no name for a writer of segments`)
    this.#folder = folder
    this.#unfinished = `.${writer}${UNFINISHED}`
  }

  /** To be called before the first write: removes what an earlier writer of this name did not finish. Throws FILE_ACCESS. */
  async removeUnfinished(): Promise<void> {
    try {
      for (const path of await filesIn(this.#folder)) {
        if (path.endsWith(this.#unfinished)) await rm(path, { force: true })
      }
    } catch (error) {
      // Nothing was ever written here, or somebody removes all of it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw fileError(`unfinished segments of snapshots of state could not be removed from ${this.#folder}`, error)
    }
  }

  /** From here on nothing is written; what is in the midst of it is given up. Resolves when nothing of that is left. */
  async end(): Promise<void> {
    this.#ended = true
    await Promise.allSettled(this.#writing)
  }

  write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const written = this.#write(name, parts).finally(() => this.#writing.delete(written))
    this.#writing.add(written)
    return written
  }

  async #write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = this.#pathOf(name)
    const unfinished = path + this.#unfinished
    let file: FileHandle | undefined
    let begun = false
    try {
      this.#refuseWhenEnded(name)
      await mkdir(dirname(path), { recursive: true })
      file = await open(unfinished, 'w')
      begun = true
      await writeAll(file, parts)
      this.#refuseWhenEnded(name)
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
      if (error instanceof WeirError) throw error
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
    const paths = await filesIn(this.#folder)
    return paths.filter(path => !path.endsWith(UNFINISHED)).map(path => relative(this.#folder, path))
  }

  #refuseWhenEnded(name: string): void {
    if (this.#ended) {
      throw new WeirError(
        'FILE_ACCESS',
        `the segment '${name}' was not written, since who writes segments here has ended`,
      )
    }
  }

  #pathOf(name: string): string {
    assert(NAME.test(name), `'${name}' is no name for a segment`)
    return join(this.#folder, name)
  }
}

/** Paths of all files in a folder and those below it. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
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
