import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { Settings } from './settings.ts'

type Where = Pick<Settings, 'home'>

/** The folder of this cluster's credentials; jobs never reach it. */
export function credentialsFolder(settings: Where): string {
  return join(settings.home, 'credentials')
}

export function adminTokenFile(settings: Where): string {
  return join(credentialsFolder(settings), 'admin-token')
}

/** The token that may do everything: WEIR_TOKEN, or else the one in the file, made if there is none yet. */
export function adminToken(settings: Pick<Settings, 'home' | 'token'>): string {
  return settings.token ?? readOrCreate(settings, 'admin-token')
}

/** The admin token for a client: WEIR_TOKEN or the file's, null where there is neither. Makes nothing. */
export function existingAdminToken(settings: Pick<Settings, 'home' | 'token'>): string | null {
  return settings.token ?? readSecret(adminTokenFile(settings))
}

/** What JobManager and TaskManagers of one cluster show each other. Made if there is none yet. */
export function clusterSecret(settings: Where): string {
  return readOrCreate(settings, 'cluster-secret')
}

function readOrCreate(settings: Where, name: string): string {
  const folder = credentialsFolder(settings)
  const file = join(folder, name)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return readSecret(file) ?? create(folder, file)
  } catch (error) {
    if (error instanceof WeirError) throw error
    throw new WeirError(
      'FILE_ACCESS',
      `the credentials in ${folder} cannot be read or made: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * Makes a secret of 256 bits. Of several processes that do so at once all get the same: each writes a file of its own
 * and links it to the final name, which only the first can; the file is complete before it has that name.
 */
function create(folder: string, file: string): string {
  const draft = join(folder, `.${randomBytes(8).toString('hex')}`)
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  const secret = readSecret(file)
  if (secret === null) throw new WeirError('FILE_ACCESS', `${file} vanished while it was made`)
  return secret
}

function readSecret(file: string): string | null {
  let text: string
  try {
    // A file that was copied or restored may have lost its mode: nobody else is to read it.
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new WeirError('FILE_ACCESS', `${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  if (text.length < 16) {
    throw new WeirError(
      'FILE_ACCESS',
      `${file} holds no secret of at least 16 characters: delete it, and a new one is made`,
    )
  }
  return text
}
