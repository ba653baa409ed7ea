import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { SampleFile } from '@weir/proto/web/drafts'

/** Of one file. */
export const SAMPLE_BYTES_MAX = 32 * 1024 * 1024
/** Files of one draft. */
export const SAMPLES_PER_DRAFT_MAX = 10
const NAME_CHARACTERS_MAX = 100
/** What file systems take, with room for the name that a file has while it is written. */
const NAME_BYTES_MAX = 200
const HEAD_CHARACTERS = 2_000
/** A character takes up to 4 bytes. */
const HEAD_BYTES = HEAD_CHARACTERS * 4

export type SampleContent = Uint8Array | AsyncIterable<Uint8Array>

/** A sample beyond SAMPLE_BYTES_MAX. */
export class SampleTooLarge extends WeirError {
  constructor(name: string) {
    super(
      'REQUEST_INVALID',
      `${name} is larger than the limit of ${SAMPLE_BYTES_MAX / 1024 / 1024} MiB for a sample; put the file into a folder of the cluster and name its path, or take a part of it`,
    )
  }
}

/**
 * Files that people gave as input of their drafts: `uploads/<draft>/<name>` in WEIR_HOME, the one part of it that jobs may
 * read. A file is there whole or not at all; changes of one draft's files are made one after the other.
 */
export class SampleFiles {
  /** WEIR_HOME/uploads. */
  readonly #uploads: string
  /** WEIR_WORKDIR: where relative paths of jobs begin. */
  readonly #workdir: string
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor({ uploads, workdir }: { readonly uploads: string; readonly workdir: string }) {
    this.#uploads = uploads
    this.#workdir = workdir
  }

  /** By name. */
  async list(draftId: string): Promise<readonly SampleFile[]> {
    const folder = this.#folder(draftId)
    const names = (await entriesOf(folder)).filter(name => !name.startsWith('.')).sort()
    const samples = await Promise.all(names.map(name => this.#describe(folder, name)))
    return samples.filter(sample => sample !== null)
  }

  /** Throws SampleTooLarge, and CONFLICT when the draft has SAMPLES_PER_DRAFT_MAX others; then nothing has changed. */
  put(draftId: string, name: string, content: SampleContent): Promise<SampleFile> {
    const folder = this.#folder(draftId)
    const clean = cleanSampleName(name)
    return this.#inTurn(draftId, async () => {
      await mkdir(folder, { recursive: true })
      const entries = await entriesOf(folder)
      // What a process left that was killed while it wrote: nobody else writes here now.
      for (const entry of entries) if (entry.startsWith('.')) await rm(join(folder, entry), { force: true })
      const others = entries.filter(entry => !entry.startsWith('.') && entry !== clean)
      if (others.length >= SAMPLES_PER_DRAFT_MAX) {
        throw new WeirError(
          'CONFLICT',
          `the draft has ${SAMPLES_PER_DRAFT_MAX} sample files already; remove one that is not needed`,
        )
      }
      const part = join(folder, `.${randomBytes(6).toString('hex')}.part`)
      try {
        await writeWhole(part, clean, content)
        await rename(part, join(folder, clean))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
      const sample = await this.#describe(folder, clean)
      if (sample === null)
        throw new WeirError('FILE_ACCESS', `${clean} was removed while it was uploaded; upload it again`)
      return sample
    })
  }

  /** NOT_FOUND when there is none of this name. */
  remove(draftId: string, name: string): Promise<void> {
    const folder = this.#folder(draftId)
    return this.#inTurn(draftId, async () => {
      const entries = await entriesOf(folder)
      if (name.startsWith('.') || !entries.includes(name)) {
        throw new WeirError('NOT_FOUND', `the draft has no sample file ${JSON.stringify(name.slice(0, 100))}`)
      }
      await rm(join(folder, name), { force: true })
    })
  }

  async removeAll(draftId: string): Promise<void> {
    const folder = this.#folder(draftId)
    await this.#inTurn(draftId, () => rm(folder, { recursive: true, force: true }))
  }

  #folder(draftId: string): string {
    // It becomes a part of a path, so nothing but the form that ids have may pass.
    if (!/^draft_[0-9a-f]{8}$/.test(draftId)) {
      throw new WeirError('NOT_FOUND', `there is no draft ${JSON.stringify(draftId.slice(0, 40))}`)
    }
    return join(this.#uploads, draftId)
  }

  async #describe(folder: string, name: string): Promise<SampleFile | null> {
    const file = join(folder, name)
    const found = await stat(file).catch(missingIsNull)
    if (found === null || !found.isFile()) return null
    return {
      name,
      sizeBytes: found.size,
      uploadedAt: Math.trunc(found.mtimeMs),
      path: this.#pathInJobs(file),
      head: await headOf(file),
    }
  }

  /**
   * As jobs name it: from the work folder, which every TaskManager of a cluster takes relative paths from, when the file
   * lies in it; else in full.
   */
  #pathInJobs(file: string): string {
    const way = relative(this.#workdir, file)
    return way.startsWith('..') || isAbsolute(way) ? file : way.split(sep).join('/')
  }

  async #inTurn<T>(draftId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(draftId)
    const turn = (async () => {
      await before?.catch(() => undefined)
      return work()
    })()
    this.#turns.set(draftId, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(draftId) === turn) this.#turns.delete(draftId)
    }
  }
}

/**
 * The name under which a file is kept: the last part of what it was called, without characters that mean something in a
 * path, a pattern of paths or a string of source code. Throws REQUEST_INVALID when nothing is left.
 */
export function cleanSampleName(name: string): string {
  const last = name.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  let clean = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/["'`$*?[\]{}<>|:!]/g, '_')
    .trim()
    .replace(/^\.+/, '')
  while (clean.length > NAME_CHARACTERS_MAX || Buffer.byteLength(clean) > NAME_BYTES_MAX) {
    // The ending says what is in it.
    clean = [...clean].slice(1).join('')
  }
  if (clean.trim() === '' || clean.startsWith('.')) {
    throw new WeirError(
      'REQUEST_INVALID',
      `${JSON.stringify(name.slice(0, 100))} is no name for a file; give it another`,
    )
  }
  return clean
}

async function writeWhole(path: string, name: string, content: SampleContent): Promise<void> {
  await using file = await open(path, 'wx', 0o644)
  let size = 0
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    size += chunk.byteLength
    if (size > SAMPLE_BYTES_MAX) throw new SampleTooLarge(name)
    await file.writeFile(chunk)
  }
  await file.sync()
}

async function headOf(path: string): Promise<string> {
  const file = await open(path).catch(missingIsNull)
  if (file === null) return ''
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    // With `stream` a character that is cut at the end is left out.
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: bytesRead === HEAD_BYTES })
    return text.slice(0, HEAD_CHARACTERS).toWellFormed()
  } finally {
    await file.close()
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(missingIsNull)) ?? []
}

function missingIsNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
