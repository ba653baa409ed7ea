import type { SpillMemory } from '@weir/engine/state/shared-spill-store'
import type { RocksStoreOptions } from './rocks-store.ts'

/** What the thread is started with. */
export type StateHostWorkerData = RocksStoreOptions

export type ToStateHost =
  /** A slot begins; `slot` is a number that no slot had before. */
  | { readonly type: 'open'; readonly slot: number; readonly memory: SpillMemory }
  /** The slot has gone: what it wrote is thrown away. */
  | { readonly type: 'close'; readonly slot: number }
  /** End: close the database, remove its files, exit. */
  | { readonly type: 'stop' }

export type FromStateHost =
  | { readonly type: 'closed'; readonly slot: number }
  | { readonly type: 'log'; readonly level: 'warn' | 'error'; readonly message: string }
