/** What the store holds of drafts. Like all records: plain data, times in ms since the epoch, absent is null. */

/** Drafts in one cluster; a further one is refused. */
export const DRAFTS_MAX = 2_000
/** Entries in the history of one draft; beyond that the oldest go, those that were merely edited first. */
export const VERSIONS_PER_DRAFT_MAX = 200
/** Characters in the history of one draft, all texts together; beyond that entries go in the same order. */
export const HISTORY_CHARACTERS_MAX = 32 * 1024 * 1024
/** A pause in the saves of at least this length ends a spell of typing. */
export const SPELL_PAUSE_MS = 2 * 60_000

export interface NewDraftRecord {
  readonly id: string
  readonly name: string
  readonly fileName: string
  readonly source: string
  readonly by: string
  readonly at: number
}

export interface DraftSummaryRecord {
  readonly id: string
  readonly name: string
  readonly fileName: string
  /** From 1; grows by one with every save. */
  readonly revision: number
  readonly createdAt: number
  readonly createdBy: string
  readonly editedAt: number
  readonly editedBy: string
  /** The latest job that was deployed from it, while that is in the history. */
  readonly jobId: string | null
  /** The revision that this job was made of. */
  readonly deployedRevision: number | null
}

export interface DraftRecord extends DraftSummaryRecord {
  readonly source: string
}

export interface DraftSave {
  readonly draftId: string
  readonly source: string
  readonly baseRevision: number
  /** Whether the text was taken from the history: it gets an entry of its own. */
  readonly restored: boolean
  readonly by: string
  readonly at: number
}

export type DraftVersionKind = 'edited' | 'deployed' | 'restored'

export interface DraftVersionRecord {
  readonly revision: number
  readonly kind: DraftVersionKind
  readonly at: number
  readonly by: string
  readonly jobId: string | null
}

/**
 * Whether a save goes on with the spell of typing whose last text is the newest entry of the history, and so replaces
 * it. The text that a draft was made with (revision 1) is never replaced.
 */
export function continuesSpell(latest: DraftVersionRecord, save: Pick<DraftSave, 'restored' | 'by' | 'at'>): boolean {
  if (save.restored || latest.revision === 1 || latest.kind !== 'edited') return false
  return latest.by === save.by && save.at - latest.at < SPELL_PAUSE_MS
}
