import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { UsageError } from '../exit-codes.ts'
import { projectFiles } from './templates.ts'

export interface CreatedProject {
  /** Absolute. */
  readonly folder: string
  readonly files: readonly string[]
}

/** Makes a project that uses the clone of Weir at `cloneFolder`. Throws UsageError for a folder that holds anything. */
export async function createProject(shownFolder: string, cloneFolder: string): Promise<CreatedProject> {
  const folder = resolve(shownFolder)
  const present = await entriesOf(folder, shownFolder)
  if (present.length > 0) {
    throw new UsageError(
      `${shownFolder} is not empty (it holds ${present[0]}${present.length > 1 ? ` and ${present.length - 1} more` : ''}): ` +
        'name a folder that does not exist yet, or an empty one',
    )
  }
  const way = relative(folder, cloneFolder).split(sep).join('/')
  const clone = way.startsWith('.') ? way : way === '' ? '.' : `./${way}`
  const files = projectFiles({ name: packageName(basename(folder)), clone })
  for (const [path, text] of files) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
  }
  return { folder, files: [...files.keys()] }
}

async function entriesOf(folder: string, shownFolder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') throw new UsageError(`${shownFolder} is a file: name a folder`)
    throw new UsageError(`${shownFolder} cannot be read: ${(error as Error).message}`)
  }
}

/** As npm wants it: lower case, without what means something in a URL, a path or a shell. */
function packageName(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name === '' ? 'job' : name.slice(0, 100)
}
