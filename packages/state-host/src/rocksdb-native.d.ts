/** What the state host uses of the binding, which brings no typings. */
declare module 'rocksdb-native' {
  export interface RocksDbOptions {
    readonly writeBufferSize?: number
    readonly maxWriteBufferNumber?: number
    readonly tableBlockSize?: number
    readonly maxBackgroundJobs?: number
    readonly maxOpenFiles?: number
    readonly avoidFlushDuringShutdown?: boolean
  }

  export interface ReadOperation {
    readonly type: number
    readonly key: Uint8Array
    readonly columnFamily: unknown
  }

  /** What begins with _ is the binding's own: see rocks-read.ts. */
  export interface ReadBatch {
    flush(): Promise<void>
    destroy(): void
    /** What the native side is given, in memory of the batch that `_resize` makes large enough for them. */
    _operations: readonly ReadOperation[]
    _resize(): void
    /** What the native side calls with its answer; errors at the places of keys that could not be read. */
    _onread: (errors: readonly (Error | undefined)[], values: readonly (ArrayBuffer | null)[]) => void
    /** Ends the request: `flush` resolves, or rejects with the error. */
    _onfinished(error: Error | null): void
  }

  export interface WriteBatch {
    tryPut(key: Uint8Array, value: Uint8Array): void
    tryDelete(key: Uint8Array): void
    tryDeleteRange(start: Uint8Array, end: Uint8Array): void
    flush(): Promise<void>
    destroy(): void
  }

  export interface Range {
    readonly gt?: Uint8Array
    readonly gte?: Uint8Array
    readonly lt?: Uint8Array
  }

  export default class RocksDB {
    constructor(path: string, options?: RocksDbOptions)
    ready(): Promise<void>
    read(options?: { readonly capacity?: number }): ReadBatch
    write(options?: { readonly capacity?: number }): WriteBatch
    iterator(
      range: Range,
      options?: { readonly limit?: number; readonly capacity?: number },
    ): AsyncIterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>
    /** The same database as it is now; `close` ends it. */
    snapshot(): RocksDB
    compactRange(start: Uint8Array, end: Uint8Array): Promise<void>
    close(options?: { readonly force?: boolean }): Promise<void>
    readonly _columnFamily: { readonly _handle: unknown }
  }
}
