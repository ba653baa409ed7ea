import { basename } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { MAX_SOURCE_LENGTH } from './limits.ts'

/** What a job file is written in, by the end of its name. */
export type JobKind = 'ts' | 'js' | 'json'

const KIND_OF_ENDING: Readonly<Record<string, JobKind>> = {
  ts: 'ts',
  mts: 'ts',
  js: 'js',
  mjs: 'js',
  json: 'json',
}

/**
 * The name of a job file as it is shown in messages and stack traces: a client's name is a label here, never a path.
 * Keeps its last segment, without control characters.
 */
export function shownFileName(fileName: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  const name = basename(fileName.replaceAll('\\', '/')).replace(/[\u0000-\u001f\u007f"'`<>|#?*:]/g, '_')
  return name === '' || name === '.' || name === '..' ? 'job.ts' : name.slice(-100)
}

/** Throws REQUEST_INVALID for a name with another ending. */
export function jobKind(fileName: string): JobKind {
  const ending = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? ''
  const kind = Object.hasOwn(KIND_OF_ENDING, ending) ? KIND_OF_ENDING[ending] : undefined
  if (kind !== undefined) return kind
  throw new WeirError(
    'REQUEST_INVALID',
    `"${shownFileName(fileName)}" is no job file by its name: a job is a .ts, .js or .json file; rename it or give another file`,
  )
}

/** The text of an uploaded or read file. Throws JOB_TOO_LARGE or JOB_SYNTAX (not UTF-8). */
export function decodeSource(bytes: Uint8Array, fileName: string): string {
  if (bytes.byteLength > MAX_SOURCE_LENGTH) throw tooLarge(fileName, bytes.byteLength)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw notText(fileName, cause)
  }
}

/** Throws for what cannot be the source of a job, whatever its language: too large, empty, or binary. */
export function checkSource(source: string, fileName: string): void {
  if (source.length > MAX_SOURCE_LENGTH) throw tooLarge(fileName, source.length)
  if (source.trim() === '') {
    throw new WeirError(
      'JOB_SYNTAX',
      `${shownFileName(fileName)} is empty; write a job that exports its StreamExecutionEnvironment as default`,
      { place: { file: shownFileName(fileName) } },
    )
  }
  if (source.includes('\0')) throw notText(fileName)
}

function tooLarge(fileName: string, length: number): WeirError {
  const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
  return new WeirError(
    'JOB_TOO_LARGE',
    `${shownFileName(fileName)} has ${mib(length)}, but a job file may have ${mib(MAX_SOURCE_LENGTH)}; put data into files that a source reads`,
  )
}

function notText(fileName: string, cause?: unknown): WeirError {
  const file = shownFileName(fileName)
  return new WeirError(
    'JOB_SYNTAX',
    `${file} is not a text file in UTF-8; give the source text of a job, not a compiled or packed file, saved as UTF-8`,
    {
      cause,
      place: { file },
    },
  )
}
