import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { AttemptMemory } from '@weir/engine/network/attempt-memory'

export interface NetworkWorkerData {
  readonly taskManagerId: string
  readonly host: string
  /** First port to try; further ones are tried above it. */
  readonly port: number
  readonly bufferSize: number
  readonly doorbell: SharedArrayBuffer
}

export interface NetworkPeer {
  readonly taskManagerId: string
  readonly host: string
  readonly port: number
}

export type ToNetwork =
  /** An attempt has slots here. Its peers may attach from now on; connections are made at `connect`. */
  | {
      readonly type: 'attach'
      readonly jobId: string
      readonly attempt: number
      readonly token: string
      readonly memory: AttemptMemory
      /** Channels that leave this TaskManager, with the peer they go to. */
      readonly outgoing: readonly (readonly [channel: number, taskManagerId: string])[]
      /** Channels that end here, with the slot of the job and the peer they come from. */
      readonly incoming: readonly (readonly [channel: number, slot: number, taskManagerId: string])[]
      /** The slot each outgoing channel starts in. */
      readonly starts: readonly (readonly [channel: number, slot: number])[]
      readonly peers: readonly NetworkPeer[]
    }
  /** Every slot of the attempt stands: connect to the peers and let frames flow. */
  | { readonly type: 'connect'; readonly jobId: string; readonly attempt: number }
  | { readonly type: 'detach'; readonly jobId: string; readonly attempt: number }

export type FromNetwork =
  | { readonly type: 'listening'; readonly port: number }
  /** A connection that the attempt needs is gone, or a peer broke the protocol. */
  | { readonly type: 'attemptFailed'; readonly jobId: string; readonly attempt: number; readonly error: WeirErrorJson }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
