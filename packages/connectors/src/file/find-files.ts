import { constants } from 'node:fs'
import { access, glob, readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { codeOf, fileAccess } from './file-access.ts'

export interface FoundFile {
  /** Relative to the work folder if the given path was, absolute otherwise. */
  readonly path: string
  readonly sizeBytes: number
}

/**
 * The files that a path means, sorted: the file itself; all files in a folder and below, but for names that begin with a
 * dot or an underscore (files in progress, markers); or those that match a glob.
 *
 * Links to files are followed, links to folders are not. Throws FILE_ACCESS or PATH_NOT_ALLOWED, naming the path.
 */
export async function findFiles(path: string, workdir: string): Promise<FoundFile[]> {
  checkPattern(path)
  const absolute = resolve(workdir, path)
  const found = await stat(absolute).catch(error => {
    if (codeOf(error) === 'ENOENT' && isGlob(path)) return undefined
    throw fileAccess('read', absolute, error)
  })
  const named = (file: string): string => (isAbsolute(path) ? file : relative(workdir, file))
  if (found === undefined) return inOrder(await matching(absolute), named)
  if (found.isDirectory()) return inOrder(await below(absolute), named)
  if (!found.isFile())
    throw new WeirError(
      'FILE_ACCESS',
      `cannot read ${absolute}: it is neither a file nor a folder; name one of these, or a pattern`,
    )
  return [await readable(absolute, named)]
}

function isGlob(path: string): boolean {
  return /[*?[\]{}]/.test(path)
}

/** The part of a path before its first segment with a wildcard. */
function globBase(path: string): string {
  const segments = path.split(sep)
  const first = segments.findIndex(isGlob)
  return first === -1 ? path : segments.slice(0, first).join(sep) || (isAbsolute(path) ? sep : '.')
}

/** Where a pattern climbs back up, its part before the first wildcard would not say what it may reach. */
function checkPattern(path: string): void {
  const segments = path.split(sep)
  const first = segments.findIndex(isGlob)
  if (first === -1 || !segments.slice(first).includes('..')) return
  throw new WeirError('PATH_NOT_ALLOWED', `the pattern ${path} has ".." after a wildcard; write it without`)
}

async function matching(absolute: string): Promise<string[]> {
  const base = globBase(absolute)
  const pattern = relative(base, absolute)
  try {
    await access(base, constants.R_OK | constants.X_OK)
    const files: string[] = []
    for await (const match of glob(pattern, { cwd: base })) {
      if ((await stat(join(base, match))).isFile()) files.push(join(base, match))
    }
    if (files.length > 0) return files
  } catch (error) {
    throw fileAccess('read', base, error)
  }
  throw new WeirError('FILE_ACCESS', `no file matches ${absolute}; check the pattern`)
}

async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(error => {
    throw fileAccess('list the folder', folder, error)
  })
  const files: string[] = []
  for (const entry of entries) {
    if (/^[._]/.test(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) files.push(...(await below(path)))
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) files.push(path)
  }
  return files
}

/** A link to a folder is not followed: it could lead back up. */
async function isFile(link: string): Promise<boolean> {
  const found = await stat(link).catch(error => {
    throw fileAccess('follow the link', link, error)
  })
  return found.isFile()
}

async function inOrder(files: readonly string[], named: (file: string) => string): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const file of [...files].sort((a, b) => (a < b ? -1 : 1))) found.push(await readable(file, named))
  return found
}

async function readable(file: string, named: (file: string) => string): Promise<FoundFile> {
  try {
    await access(file, constants.R_OK)
    return { path: named(file), sizeBytes: (await stat(file)).size }
  } catch (error) {
    throw fileAccess('read', file, error)
  }
}
