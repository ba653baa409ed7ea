import type { Sink } from '@weir/engine/operators/sink'
import type { Source } from '@weir/engine/operators/source'
import { blackholeSinkRuntime } from './blackhole/blackhole-sink.ts'
import { collectSinkRuntime } from './collect/collect-sink.ts'
import { collectionSource } from './collection/collection-source.ts'
import { customSinkRuntime } from './custom/custom-sink-writer.ts'
import { customSourceRuntime } from './custom/custom-source-reader.ts'
import { datagenSourceRuntime } from './datagen/datagen-source.ts'
import { fileSinkRuntime } from './file/file-sink-writer.ts'
import { fileSourceRuntime } from './file/file-source-reader.ts'
import { printSinkRuntime } from './print/print-sink.ts'

/** What reads and writes, by the type of the node. */
export const sources: ReadonlyMap<string, Source> = new Map(
  [fileSourceRuntime, datagenSourceRuntime, collectionSource, customSourceRuntime].map(source => [source.type, source]),
)

export const sinks: ReadonlyMap<string, Sink> = new Map(
  [fileSinkRuntime, collectSinkRuntime, printSinkRuntime, blackholeSinkRuntime, customSinkRuntime].map(sink => [
    sink.type,
    sink,
  ]),
)
