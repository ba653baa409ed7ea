import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './file-access.ts'

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` never ends, at a full processor, where a
 * file system says that a folder cannot be made because something is not there (ENOENT), as /proc does.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      // A folder that is there is what was wanted; a file there is told by this call, which has nothing to make.
      await mkdir(path, { recursive: true })
      return
    }
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path) throw error
    await makeFolder(above)
    await mkdir(path).catch(again => {
      // Another subtask may have been first.
      if (codeOf(again) !== 'EEXIST') throw again
    })
  }
}
