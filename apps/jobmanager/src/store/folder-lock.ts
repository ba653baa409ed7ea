import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'

/**
 * Keeps two processes out of one folder: the embedded database has no such guard and would be destroyed. A lock is a
 * file that names its process; one left behind by a process that is gone is taken over. A process id alone may be in use
 * by somebody else by now (in a container every start has the same), so the process's start time stands beside it.
 */
interface LockOwner {
  readonly pid: number
  /** Kernel's start time of the process and boot id, where there is a /proc; null elsewhere. */
  readonly started: string | null
}

export interface FolderLock {
  release(): void
}

/** Locks of this process, since the same process may ask twice. */
const held = new Set<string>()
const ATTEMPTS_MAX = 5

/** Throws DATABASE, with the folder and the process that has it, or why the lock cannot be written. */
export function lockFolder(lockPath: string): FolderLock {
  try {
    return lock(lockPath)
  } catch (thrown) {
    if (thrown instanceof WeirError) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new WeirError(
      'DATABASE',
      `${dirname(lockPath)} cannot be locked: ${reason}; give this user the right to write there, or set WEIR_HOME to another folder`,
      { cause: thrown },
    )
  }
}

function lock(lockPath: string): FolderLock {
  const me: LockOwner = { pid: process.pid, started: startOf(process.pid) }
  mkdirSync(dirname(lockPath), { recursive: true })
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (held.has(lockPath)) throw inUse(lockPath, me)
    if (create(lockPath, me)) {
      held.add(lockPath)
      return { release: () => release(lockPath) }
    }
    const found = read(lockPath)
    if (found === null) continue // released in between
    if (isAlive(found.owner)) throw inUse(lockPath, found.owner)
    removeStale(lockPath, found.text)
  }
  throw new WeirError('DATABASE', `${lockPath} changes all the time: several processes want its folder; start only one`)
}

/** A link appears at once and with its content; a file that is created and then written could be read half. */
function create(lockPath: string, me: LockOwner): boolean {
  const temporary = `${lockPath}.${process.pid}.${randomBytes(6).toString('hex')}`
  writeFileSync(temporary, `${JSON.stringify(me)}\n`, { mode: 0o600 })
  try {
    linkSync(temporary, lockPath)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary)
  }
}

/**
 * Moves the stale file aside and looks at it again: another process may have taken the lock over since it was read, and
 * then gets it back.
 */
function removeStale(lockPath: string, staleText: string): void {
  const aside = `${lockPath}.stale.${process.pid}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(lockPath, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (readFileSync(aside, 'utf8') !== staleText) linkSync(aside, lockPath)
  rmSync(aside)
}

function release(lockPath: string): void {
  if (!held.delete(lockPath)) return
  const found = read(lockPath)
  if (found?.owner?.pid === process.pid) rmSync(lockPath, { force: true })
}

function read(lockPath: string): { text: string; owner: LockOwner | null } | null {
  let text: string
  try {
    text = readFileSync(lockPath, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const { pid, started } = JSON.parse(text) as Partial<LockOwner>
    if (typeof pid === 'number') return { text, owner: { pid, started: started ?? null } }
    return { text, owner: null }
  } catch {
    // Empty or torn: the machine lost power while it was written, so whoever wrote it is gone.
    return { text, owner: null }
  }
}

function isAlive(owner: LockOwner | null): owner is LockOwner {
  if (owner === null) return false
  if (owner.pid === process.pid) return false // this process does not hold it: left by an earlier one of the same id
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: there is one, of another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const started = startOf(owner.pid)
  if (started === ENDED) return false
  return owner.started === null || started === null || owner.started === started
}

const ENDED = 'ended'

/** Null where it cannot be known: no /proc on this system, or hidden. Then the process id alone decides. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Fields 3 and 22, counted after the name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie: killed, and not yet fetched by its parent.
    if (fields[0] === 'Z') return ENDED
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return null
  }
}

function inUse(lockPath: string, owner: LockOwner): WeirError {
  return new WeirError(
    'DATABASE',
    `${dirname(lockPath)} is in use by process ${owner.pid}; stop it first, or set WEIR_HOME to another folder`,
  )
}
