import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

export interface PathRulesParts {
  /** Folders that jobs may use; null: any but `home`. */
  readonly fileRoots: readonly string[] | null
  /** WEIR_HOME: holds credentials and the database, so no job may read or write there. */
  readonly home: string
  /** What users uploaded, the one part of `home` that jobs may read. */
  readonly uploads: string
}

/** Which files and folders jobs may use. Symbolic links are followed as far as a path exists, so that none leads out. */
export class PathRules {
  readonly #parts: PathRulesParts

  constructor(parts: PathRulesParts) {
    this.#parts = parts
  }

  /** Why a job may not use the absolute path, as the rest of a sentence; null when it may. */
  async refusal(path: string, purpose: 'read' | 'write'): Promise<string | null> {
    const { fileRoots, home, uploads } = this.#parts
    const real = await realOf(path)
    if (purpose === 'read' && isInside(real, await realOf(uploads))) return null
    if (isInside(real, await realOf(home))) {
      return 'it lies in WEIR_HOME, where the cluster keeps its own data; use another folder'
    }
    if (fileRoots === null) return null
    const roots = await Promise.all(fileRoots.map(realOf))
    if (roots.some(root => isInside(real, root))) return null
    return `it lies outside the folders that jobs may use (WEIR_FILE_ROOTS: ${fileRoots.join(', ')}); use a path inside one`
  }
}

/** The path with links resolved, as far as it exists. */
async function realOf(path: string): Promise<string> {
  const missing: string[] = []
  for (let existing = resolve(path); ; existing = dirname(existing)) {
    try {
      return join(await realpath(existing), ...missing)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      // What may not be looked into is judged by its name.
      if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') throw error
      if (dirname(existing) === existing) return resolve(path)
      missing.unshift(relative(dirname(existing), existing))
    }
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
