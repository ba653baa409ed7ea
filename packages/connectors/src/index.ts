/** What jobs name: pure data and closures, nothing that reads or writes. */
export { blackholeSink } from './blackhole/blackhole.ts'
export { collectSink } from './collect/collect.ts'
export {
  type CustomSinkContext,
  type CustomSinkOptions,
  type CustomSinkWriter,
  customSink,
} from './custom/custom-sink.ts'
export {
  type CustomSourceContext,
  type CustomSourceOptions,
  type CustomSourceOutput,
  type CustomSplit,
  type CustomSplitReader,
  customSource,
} from './custom/custom-source.ts'
export {
  type DatagenField,
  type DatagenFields,
  type DatagenGenerator,
  type DatagenRandom,
  datagenSource,
} from './datagen/datagen.ts'
export {
  type CsvSinkOptions,
  fileSink,
  type JsonSinkOptions,
  type LinesSinkOptions,
} from './file/file-sink.ts'
export {
  type CsvOptions,
  type CsvSchema,
  fileSource,
  type JsonOptions,
  type LinesOptions,
  type OnError,
} from './file/file-source.ts'
export { printSink } from './print/print.ts'
