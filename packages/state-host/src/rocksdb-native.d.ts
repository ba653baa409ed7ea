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

  export interface ReadBatch {
    get(key: Uint8Array): Promise<Uint8Array | null>
    flush(): Promise<void>
    /** Like `flush`, with errors at the single promises alone. */
    tryFlush(): void
    destroy(): void
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
  }
}
