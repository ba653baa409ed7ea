import type { SinkDescriptor } from '@weir/engine/api/connectors'
import type { JobNode } from '@weir/engine/graph/job-graph'
import { checkOptions } from '../check-options.ts'

interface FileSinkOptions {
  /** The folder of the part files; it is made when it is not there. Relative to the work folder of the cluster. */
  readonly path: string
  /** A part file of this size is closed and another one begun; default 128 MiB. */
  readonly rollBytes?: number
  /** How often an endless job without checkpoints makes its output visible; default 10 s. */
  readonly rollMs?: number
}

export interface LinesSinkOptions extends FileSinkOptions {
  readonly format: 'lines'
}

export interface JsonSinkOptions extends FileSinkOptions {
  readonly format: 'json'
}

export interface CsvSinkOptions extends FileSinkOptions {
  readonly format: 'csv'
  /** The columns and their order; by default the fields of a file's first record. */
  readonly columns?: readonly string[]
}

/**
 * Writes part files `part-*`, one record a line. A part file is hidden (its name begins with a dot) until its checkpoint
 * is complete or the bounded job has ended.
 */
export function fileSink(options: LinesSinkOptions): SinkDescriptor<string | number | bigint | boolean>
export function fileSink(options: JsonSinkOptions): SinkDescriptor<unknown>
export function fileSink(options: CsvSinkOptions): SinkDescriptor<object>
export function fileSink(options: LinesSinkOptions | JsonSinkOptions | CsvSinkOptions): SinkDescriptor<never> {
  checkOptions('fileSink', options, `{ path: 'out/words', format: 'json' }`)
  const config = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { kind: 'sink', type: 'fileSink', config: config as JobNode['config'] }
}
