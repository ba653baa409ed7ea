import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The root of this clone: the nearest folder above this file whose package.json is Weir's. It is the same whether this
 * file runs from the sources or inside an app's bundle in `apps/<name>/dist`.
 */
export function projectFolder(): string {
  let folder = import.meta.dirname
  for (;;) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) {
      const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
      if (typeof parsed === 'object' && parsed !== null && 'workspaces' in parsed) return folder
    }
    const parent = dirname(folder)
    // Outside a clone (a bundle copied into a container image) the folder of the process is all there is to go by.
    if (parent === folder) return process.cwd()
    folder = parent
  }
}
