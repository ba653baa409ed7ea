import { readFileSync } from 'node:fs'
import { WeirError } from '@weir/engine/base/errors'
import { type FolderLock, tryLockFolder } from '@weir/process/folder-lock'
import type { Settings } from '@weir/process/settings'
import { z } from 'zod'
import { clusterFile } from './supervisor.ts'

const Owner = z.object({ pid: z.number(), url: z.string() })

/** Takes WEIR_HOME for this cluster; throws CONFLICT naming the running one that has it. */
export function lockHome(settings: Pick<Settings, 'home'>): FolderLock {
  const lock = tryLockFolder(settings.home, 'cluster')
  if (lock !== null) return lock
  const owner = readOwner(settings)
  const who = owner === null ? 'another cluster' : `the cluster at ${owner.url} (process ${owner.pid})`
  throw new WeirError(
    'CONFLICT',
    `WEIR_HOME ${settings.home} is in use by ${who}: use that one (./weir login prints a link), stop it, ` +
      'or start this one with another WEIR_HOME and other ports',
  )
}

/** What the owner wrote of itself; null before it did. */
function readOwner(settings: Pick<Settings, 'home'>): z.output<typeof Owner> | null {
  try {
    return Owner.parse(JSON.parse(readFileSync(clusterFile(settings), 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}
