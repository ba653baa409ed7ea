import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'

/**
 * The local checkpoint folder of an embedded cluster, `checkpoints` in WEIR_HOME, made if it is not there yet. That it
 * can be written to is seen at the start, not when a first checkpoint fails. Throws FILE_ACCESS.
 */
export function openCheckpointFolder(home: string): string {
  const folder = join(home, 'checkpoints')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return folder
  } catch (error) {
    throw new WeirError(
      'FILE_ACCESS',
      `the checkpoint folder ${folder} cannot be made or written: ${(error as Error).message}; give the user of the JobManager the right to write there, or set WEIR_HOME to another folder`,
      { cause: error },
    )
  }
}
