import { resolve } from 'node:path'
import type { Problem } from '@weir/engine/base/errors'
import { WeirError } from '@weir/engine/base/errors'
import { bundleJob } from '@weir/submission/bundle'
import type { JobFileText } from '../job-file/read-job-file.ts'

/**
 * The files that a job is made of: itself and what it imports of its project, as its bundle's source map lists them.
 * Packages are left out: they change with an install, not while a job is written. A job that cannot be bundled gives
 * the files in which its mistakes stand.
 */
export async function filesOf(file: JobFileText, sdkExports: readonly string[]): Promise<readonly string[]> {
  if (file.kind === 'json') return [file.path]
  try {
    const { source, fileName, kind, folder } = file
    const { sourceMap } = await bundleJob({ source, fileName, kind, sdkExports, resolveFolder: folder })
    const { sources } = JSON.parse(sourceMap) as { sources: string[] }
    return unique([file.path, ...sources.filter(isOwnFile).map(name => resolve(folder, name))])
  } catch (error) {
    if (!(error instanceof WeirError)) throw error
    const places: readonly Problem[] = error.problems
    const named = places.flatMap(place => (place.file === undefined ? [] : [resolve(file.folder, place.file)]))
    return unique([file.path, ...named])
  }
}

function isOwnFile(name: string): boolean {
  return !name.includes('node_modules/') && !/^[a-z-]+:/.test(name)
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)]
}
