import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { DatabaseOptions } from './database.ts'
import type { MetaStore } from './meta-store.ts'

/** The words between the main thread and the database's thread. Everything in them is plain data. */

/** `workerData` of the database's thread. */
export type DatabaseThreadOptions = DatabaseOptions

export type ToDatabase =
  /** Run one method of the store; answered by `result` or `refused` with the same id. */
  | {
      readonly kind: 'call'
      readonly id: number
      readonly part: keyof MetaStore
      readonly method: string
      readonly parameters: readonly unknown[]
    }
  /** Finish the calls that were sent, close the database, answer `closed` and end. */
  | { readonly kind: 'close' }

export type FromDatabase =
  /** The database is open and has the schema of this version. The first message, or `failed` is. */
  | { readonly kind: 'opened' }
  /** The database could not be opened; the thread ends. */
  | { readonly kind: 'failed'; readonly error: WeirErrorJson }
  /** What a call returned. */
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  /** What a call threw. */
  | { readonly kind: 'refused'; readonly id: number; readonly error: WeirErrorJson }
  /** The embedded database has crashed and the thread ends; the next call starts another. */
  | { readonly kind: 'crashed'; readonly error: WeirErrorJson }
  /** All is written and closed; the thread ends. */
  | { readonly kind: 'closed' }
