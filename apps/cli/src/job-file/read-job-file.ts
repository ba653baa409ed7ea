import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { decodeSource, type JobKind, jobKind } from '@weir/submission/source-text'
import { UsageError } from '../exit-codes.ts'

/** A job file as it stands on disk. */
export interface JobFileText {
  /** As the user named it, for messages. */
  readonly shownPath: string
  /** Absolute. */
  readonly path: string
  /** Absolute: relative imports are taken from it. */
  readonly folder: string
  readonly fileName: string
  readonly kind: JobKind
  readonly source: string
}

/** Throws UsageError when there is no such file, or REQUEST_INVALID, JOB_TOO_LARGE or JOB_SYNTAX for what is no job. */
export function readJobFile(shownPath: string): JobFileText {
  const path = resolve(shownPath)
  let bytes: Uint8Array
  try {
    if (statSync(path).isDirectory()) throw new UsageError(`${shownPath} is a folder: name the job file in it`)
    bytes = readFileSync(path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`${shownPath} does not exist: name a .ts, .js or .json file with a job`)
    throw new UsageError(`${shownPath} cannot be read: ${(error as Error).message}`)
  }
  const fileName = basename(path)
  const kind = jobKind(fileName)
  return { shownPath, path, folder: dirname(path), fileName, kind, source: decodeSource(bytes, fileName) }
}
