import type { SourceDescriptor } from '@weir/engine/api/connectors'
import { WeirError } from '@weir/engine/base/errors'
import type { JobNode } from '@weir/engine/graph/job-graph'
import { checkOptions } from '../check-options.ts'

/** What a record that cannot be read does: fail the job, or be left out, counted and logged. */
export type OnError = 'fail' | 'skip'

/** Types of CSV columns; a column that is not named stays a string. An empty field of another type is null. */
export type CsvSchema = Readonly<Record<string, 'integer' | 'number' | 'boolean' | 'string'>>

interface FileOptions {
  /** A file, a folder (all files in it and below) or a glob; relative to the work folder of the cluster. */
  readonly path: string
  /** Files that come later: not there in this version. */
  readonly watch?: false
}

export interface LinesOptions extends FileOptions {
  readonly format: 'lines'
}

/** One JSON document a line (NDJSON). */
export interface JsonOptions extends FileOptions {
  readonly format: 'json'
  readonly onError?: OnError
}

/** RFC 4180 with a header line. */
export interface CsvOptions extends FileOptions {
  readonly format: 'csv'
  readonly onError?: OnError
  readonly schema?: CsvSchema
  /** False promises that no quoted field holds a line break: then a large file is read by several subtasks. */
  readonly multiline?: boolean
}

/** Reads files to their end. Large ones are split by byte range; the order within a split is that of the file. */
export function fileSource(options: LinesOptions): SourceDescriptor<string>
export function fileSource<T = Record<string, string>>(options: CsvOptions): SourceDescriptor<T>
export function fileSource<T = unknown>(options: JsonOptions): SourceDescriptor<T>
export function fileSource<T = string>(options: LinesOptions | JsonOptions | CsvOptions): SourceDescriptor<T>
export function fileSource(options: LinesOptions | JsonOptions | CsvOptions): SourceDescriptor<unknown> {
  checkOptions('fileSource', options, `{ path: 'data/book.txt', format: 'lines' }`)
  const { watch, ...config } = options as FileOptions & { readonly watch?: unknown }
  if (watch !== undefined && watch !== false) {
    throw new WeirError(
      'UNSUPPORTED',
      'fileSource({ watch: true }): watching a folder for new files is not there in this version; remove "watch"',
    )
  }
  return { kind: 'source', type: 'fileSource', config: definedOnly(config) }
}

function definedOnly(config: object): JobNode['config'] {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as JobNode['config']
}
