import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { fileSinkConfigSchema, fileSourceConfigSchema } from './file-config-schemas.ts'

export const fileSourceSpec: OperatorSpec = {
  type: 'fileSource',
  kind: 'source',
  title: 'File source',
  help: 'Reads lines, JSON documents (one a line) or CSV from a file, the files of a folder, or those that match a pattern.',
  inputs: 0,
  keyed: false,
  config: fileSourceConfigSchema,
  functions: {},
}

export const fileSinkSpec: OperatorSpec = {
  type: 'fileSink',
  kind: 'sink',
  title: 'File sink',
  help: 'Writes records to part files in a folder. They become visible when the job, or a checkpoint, is complete.',
  inputs: 1,
  keyed: false,
  config: fileSinkConfigSchema,
  functions: {},
}
