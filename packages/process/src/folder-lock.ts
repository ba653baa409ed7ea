import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WeirError } from '@weir/engine/base/errors'

export interface FolderLock {
  /** Gives the folder free; the end of the process, kill -9 included, does so too. */
  release(): void
}

/** Held here, since a database that nothing refers to is closed by the garbage collector, and its lock with it. */
const heldLocks = new Set<DatabaseSync>()

/** SQLITE_BUSY: another connection holds the lock. */
const BUSY = 5

/**
 * Makes this process the one that owns a folder for a purpose, or gives null where another process does. The lock is
 * the operating system's lock on `<name>.lock`, taken through SQLite: Node itself has none, and a file with a process
 * id in it is wrong after a crash, when the id may be another process's.
 */
export function tryLockFolder(folder: string, name: string): FolderLock | null {
  let database: DatabaseSync | null = null
  try {
    mkdirSync(folder, { recursive: true })
    database = new DatabaseSync(join(folder, `${name}.lock`))
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    const held = database
    heldLocks.add(held)
    return {
      release: () => {
        if (heldLocks.delete(held)) held.close()
      },
    }
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return null
    throw new WeirError('FILE_ACCESS', `the folder ${folder} cannot be used: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
