import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { LocalOperator } from '@weir/local-runner/local-cluster'

/** What the thread that runs a job is started with. */
export interface RunData {
  /** Absolute. */
  readonly file: string
  readonly parallelism: number | null
  /** Absolute. */
  readonly workdir: string
  /** Every row of every sink as NDJSON, or those of print and collect sinks for people. */
  readonly json: boolean
  /** Whether the lines for people go to a terminal. */
  readonly terminal: boolean
  /** Whether they are coloured. */
  readonly color: boolean
  /** One Int32: chunks of rows that were sent and not yet written. The sender waits while it is CHUNKS_PENDING_MAX. */
  readonly chunksPending: SharedArrayBuffer
  /** What the thread is doing, for the messages about a job that does not answer. */
  readonly probe: SharedArrayBuffer
  /** How much memory state may take up before it goes to disk, MB. */
  readonly stateMb: number
  /** Absolute; for what the run keeps on disk. The other side removes it, however the thread ends. */
  readonly tempFolder: string
}

export const CHUNKS_PENDING_MAX = 32

export type FromRun =
  /** Whole lines for stdout. */
  | { readonly type: 'rows'; readonly text: string }
  /** The operators that run, by what the probe shows. */
  | { readonly type: 'operators'; readonly operators: readonly LocalOperator[] }
  /** What the job or its console has logged. */
  | {
      readonly type: 'log'
      readonly level: 'info' | 'warn' | 'error'
      readonly operator: string
      readonly subtask: number
      readonly message: string
    }
  /** The job has come to its end, or was cancelled. */
  | { readonly type: 'ended'; readonly status: 'FINISHED' | 'CANCELED' }
  | { readonly type: 'failed'; readonly error: WeirErrorJson }
  /** What is alive on the heap of the thread after the collection that was asked for. */
  | { readonly type: 'heap'; readonly aliveBytes: number }

export type ToRun =
  /** Asks the job to stop. */
  | { readonly type: 'cancel' }
  /** Asks for a collection of garbage, and for what is left after it. */
  | { readonly type: 'collect' }
