import type { MessagePort } from 'node:worker_threads'
import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { SegmentHandle } from '@weir/engine/state/segments/manifest'
import type { MergeOrder } from '@weir/engine/state/segments/merge-segments'
import type { SegmentDraft } from '@weir/engine/state/segments/segment-builder'
import type { SegmentIdentity } from '@weir/engine/state/segments/segment-io'

/** What the thread is started with. */
export interface SegmentWorkerData {
  /** Where segments are kept: a `FolderSegmentStore`. */
  readonly folder: string
  /** Under which name it writes there: at its start it removes what an earlier one of this name has left unfinished. */
  readonly writer: string
}

export type ToSegmentHost =
  /** A slot begins: what it wants comes by this port, and the answers go there. */
  | { readonly type: 'open'; readonly port: MessagePort }
  /** End, when what is being written is written. Merges are given up. */
  | { readonly type: 'stop' }

/** From a slot; `id` is a number that it gives to one request alone. */
export type SegmentRequest =
  /** The blocks of the draft are memory that both share. */
  | { readonly type: 'write'; readonly id: number; readonly draft: SegmentDraft; readonly identity: SegmentIdentity }
  | { readonly type: 'merge'; readonly id: number; readonly order: MergeOrder }

export type SegmentAnswer =
  /** A write gives one. */
  | { readonly type: 'done'; readonly id: number; readonly handles: readonly SegmentHandle[] }
  | { readonly type: 'failed'; readonly id: number; readonly error: WeirErrorJson }
