import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { WeirError } from '@weir/engine/base/errors'
import type { FolderLock } from '@weir/process/folder-lock'
import { requirePorts } from '@weir/process/ports'
import { portsOf, type Settings } from '@weir/process/settings'
import { checkNodeVersion, checkSystemLibraries } from '@weir/process/system-check'
import { lockHome } from './home-lock.ts'
import { clusterFile } from './supervisor.ts'

/** Processes of a cluster whose supervisor was killed have ended by themselves after this. */
const ORPHANS_END_MS = 6000
const RETRY_MS = 250

/** Everything that can be known to go wrong is said before anything starts. Gives the lock on WEIR_HOME. */
export async function preflight(
  settings: Settings,
  scripts: readonly string[],
  note: (text: string) => void,
): Promise<FolderLock> {
  checkNodeVersion()
  await checkSystemLibraries()
  for (const script of scripts) {
    if (!existsSync(script)) throw new WeirError('INTERNAL', `${script} is missing: run "npm run build"`)
  }
  const lock = lockHome(settings)
  try {
    await freePorts(settings, note)
    return lock
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * After a clean stop cluster.json is gone. Where it is not, the last supervisor was killed and its children may be about
 * to end: their ports are waited for rather than reported.
 */
async function freePorts(settings: Settings, note: (text: string) => void): Promise<void> {
  const wasKilled = existsSync(clusterFile(settings))
  const untilMs = performance.now() + (wasKilled ? ORPHANS_END_MS : 0)
  for (;;) {
    try {
      await requirePorts(portsOf(settings), settings.host)
      break
    } catch (error) {
      if (performance.now() >= untilMs) throw error
      note('waiting for the processes of the last start to end')
      await sleep(RETRY_MS)
    }
  }
  rmSync(clusterFile(settings), { force: true })
}
