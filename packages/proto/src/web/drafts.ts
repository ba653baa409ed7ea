import type { PipelineView } from './pipeline.ts'

/** A pipeline that somebody writes. Its source is the truth; everything else follows from it. */
export interface DraftSummary {
  readonly draftId: string
  readonly name: string
  /** Grows by one with every save. A save names the revision that it is based on; see `drafts.save`. */
  readonly revision: number
  readonly createdAt: number
  readonly editedAt: number
  /** Who edited it last. */
  readonly editedBy: string
  /** The latest job that was deployed from it, if that is still in the history. */
  readonly jobId: string | null
}

export interface Draft extends DraftSummary {
  readonly fileName: string
  readonly source: string
  /** The revision that the latest job was deployed from; null while there is none. */
  readonly deployedRevision: number | null
  readonly samples: readonly SampleFile[]
}

/** A file that was uploaded or pasted as input of a fileSource. */
export interface SampleFile {
  readonly name: string
  readonly sizeBytes: number
  readonly uploadedAt: number
  /** What to write as `path` in the code. */
  readonly path: string
  /** Its first lines, cut at 2,000 characters. */
  readonly head: string
}

/**
 * One entry of a draft's history. Saves follow each other closely while somebody types: a version keeps the last text of
 * a spell of typing (a pause of some minutes, a deploy, a restore and a new editor each begin another).
 */
export interface DraftVersion {
  readonly revision: number
  readonly at: number
  readonly by: string
  /** `deployed` versions carry the job that was made of them. */
  readonly kind: 'edited' | 'deployed' | 'restored'
  readonly jobId: string | null
}

export type SaveOutcome =
  | { readonly ok: true; readonly revision: number; readonly editedAt: number }
  /** Somebody (another tab, another person) saved in between: `current` is what is stored now. Nothing was written. */
  | { readonly ok: false; readonly current: Draft }

export type Severity = 'error' | 'warning' | 'info'

/** Something that is wrong with a source, where, and what to do. Line and column count from 1. */
export interface SourceProblem {
  readonly severity: Severity
  /** A sentence. It names its operator itself, by name or type: nobody knows one by its uid. */
  readonly message: string
  readonly line: number | null
  readonly column: number | null
  /** Uid of the operator that it is about. */
  readonly operator: string | null
}

export interface CheckOutcome {
  /** Null when no graph could be made of the source. */
  readonly pipeline: PipelineView | null
  readonly problems: readonly SourceProblem[]
  /** What the module wrote to `console` while it built its graph. */
  readonly console: readonly string[]
  /** Null when there is no graph. */
  readonly slotsNeeded: number | null
  readonly slotsFree: number
  readonly slotsTotal: number
  readonly tookMs: number
}

export type DeployOutcome =
  | { readonly ok: true; readonly jobId: string; readonly status: string }
  | { readonly ok: false; readonly message: string; readonly problems: readonly SourceProblem[] }

export interface Template {
  readonly id: string
  readonly title: string
  /** One sentence: what it does, with which data. */
  readonly sentence: string
  readonly fileName: string
  readonly source: string
  readonly pipeline: PipelineView
  /** Bounded jobs end by themselves. */
  readonly bounded: boolean
  /** What it shows: `event time`, `windows`, `files`, … */
  readonly tags: readonly string[]
}
