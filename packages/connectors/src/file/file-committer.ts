import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { Committable, SinkCommitter } from '@weir/engine/operators/sink'
import { codeOf, fileAccess } from './file-access.ts'
import { type PartOwner, readInProgress } from './part-names.ts'

/** Names in the sink's folder: the durable file in progress, and what it is to be called. */
export interface FileCommittable {
  readonly temp: string
  readonly final: string
}

/** Makes part files visible by renaming them, and removes what is left over at the end of a job. */
export class FileCommitter implements SinkCommitter {
  readonly #folder: string
  readonly #owner: PartOwner

  constructor(path: string, workdir: string, owner: PartOwner) {
    this.#folder = resolve(workdir, path)
    this.#owner = owner
  }

  async commit(committables: readonly Committable[]): Promise<void> {
    for (const committable of committables) await this.#publish(committable as FileCommittable)
    if (committables.length > 0) await syncFolder(this.#folder)
  }

  async abortLeftovers(): Promise<void> {
    const names = await readdir(this.#folder).catch(error => {
      // Nobody has written anything, so there is no folder.
      if (codeOf(error) === 'ENOENT') return []
      throw fileAccess('list the folder', this.#folder, error)
    })
    for (const name of names) {
      if (readInProgress(name, this.#owner) !== undefined) await remove(join(this.#folder, name))
    }
  }

  async #publish({ temp, final }: FileCommittable): Promise<void> {
    const from = join(this.#folder, temp)
    const to = join(this.#folder, final)
    try {
      await rename(from, to)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw fileAccess('make visible', to, error)
      // Committed before, and asked to do so again: then the file stands under its final name.
      const there = await stat(to).then(
        () => true,
        missing => {
          if (codeOf(missing) === 'ENOENT') return false
          throw fileAccess('read', to, missing)
        },
      )
      if (!there) {
        throw new WeirError('FILE_ACCESS', `cannot make ${to} visible: ${from} is gone; did something else remove it?`)
      }
    }
  }
}

export async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(error => {
    throw fileAccess('remove', path, error)
  })
}

/** A rename survives a power cut only when its folder is written too. */
async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r')
    await folder.sync()
  } catch (error) {
    throw fileAccess('write', path, error)
  }
}
