import type { WeirErrorJson } from '@weir/engine/base/errors'
import type { AttemptMemory } from '@weir/engine/network/attempt-memory'
import type { Committable } from '@weir/engine/operators/sink'
import type { SourceSplit } from '@weir/engine/operators/source'
import type { SpillMemory } from '@weir/engine/state/shared-spill-store'
import type { SubtaskMetrics } from '@weir/proto/metrics'

/** What a slot's worker is started with. */
export interface SlotWorkerData {
  readonly jobId: string
  readonly attempt: number
  readonly slot: number
  /** File of the job's bundle; every slot imports it for itself. */
  readonly bundleFile: string
  readonly sourceMap: string
  /** JSON of the JobGraph that the JobManager stored, and its hash. */
  readonly graph: string
  readonly graphHash: string
  readonly memory: AttemptMemory
  /** See engine/task/chain-plan.ts: what the slot's thread is doing. */
  readonly probe: SharedArrayBuffer
  readonly workdir: string
  /** How often watermarks are emitted where a job does not say (`WATERMARK_INTERVAL`). */
  readonly watermarkIntervalMs: number
  /** How much state may stay in memory, and the way to disk for the rest; without it all of it stays. */
  readonly state?: { readonly roomBytes: number; readonly memory: SpillMemory }
}

export type ToSlot =
  /** Every slot of the attempt is deployed: records may flow. */
  | { readonly type: 'start' }
  | {
      readonly type: 'splits'
      readonly operator: string
      readonly subtask: number
      readonly splits: readonly SourceSplit[]
      readonly noMoreSplits: boolean
      readonly unreadSplits: boolean
    }
  /** How far the slowest source of an alignment group is. */
  | { readonly type: 'align'; readonly group: string; readonly slowest: number }
  /** Send state to disk, collect garbage and say what is alive: the heap is above its limit, or the process is. */
  | { readonly type: 'collect' }
  /** End: close everything and exit. */
  | { readonly type: 'stop' }

export type FromSlot =
  /** The bundle is evaluated and all subtasks stand. */
  | { readonly type: 'deployed'; readonly operators: readonly SlotOperator[] }
  /** The slot has stopped; it waits to be told to exit. */
  | { readonly type: 'failed'; readonly error: WeirErrorJson }
  | { readonly type: 'splitRequested'; readonly operator: string; readonly subtask: number }
  | { readonly type: 'watermark'; readonly operator: string; readonly subtask: number; readonly watermark: number }
  | {
      readonly type: 'finished'
      readonly vertex: number
      readonly subtask: number
      readonly committables: readonly (readonly [operator: string, committables: readonly Committable[]])[]
    }
  /** Answer to `collect`. */
  | { readonly type: 'heap'; readonly aliveBytes: number }
  /** Once a second, and when the slot is done. */
  | { readonly type: 'metrics'; readonly subtasks: readonly SubtaskMetrics[] }
  /** Rows of print and collect sinks since the last such message. */
  | { readonly type: 'rows'; readonly operator: string; readonly subtask: number; readonly rows: readonly unknown[] }
  | {
      readonly type: 'log'
      readonly level: 'info' | 'warn' | 'error'
      readonly operator: string | undefined
      readonly subtask: number | undefined
      readonly message: string
    }

/** Finds an operator by what the probe shows. */
export interface SlotOperator {
  readonly probeId: number
  readonly name: string
  readonly subtask: number
}
