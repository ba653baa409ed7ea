import { WeirError } from '@weir/engine/base/errors'
import type { Draft } from '../generated/prisma/client.ts'
import { cleanText, exactText, fromTime, toTime } from './conversions.ts'
import { trimHistory } from './draft-history.ts'
import {
  continuesSpell,
  DRAFTS_MAX,
  type DraftRecord,
  type DraftSave,
  type DraftSummaryRecord,
  type DraftVersionRecord,
  type NewDraftRecord,
} from './draft-records.ts'
import { unknownDraft } from './link-deployment.ts'
import type { DraftStore } from './meta-store.ts'
import type { StoreSession, Transaction } from './store-session.ts'

/** All of a draft but its text, which a list has no use for. */
const SUMMARY = {
  id: true,
  name: true,
  fileName: true,
  revision: true,
  createdAt: true,
  createdBy: true,
  editedAt: true,
  editedBy: true,
  jobId: true,
  deployedRevision: true,
} as const

const ENTRY = { revision: true, kind: true, at: true, by: true, jobId: true } as const

export class PrismaDraftStore implements DraftStore {
  readonly #session: StoreSession

  constructor(session: StoreSession) {
    this.#session = session
  }

  createDraft(epoch: number, draft: NewDraftRecord): Promise<DraftRecord> {
    return this.#session.write(epoch, async db => {
      if ((await db.draft.count({ where: { id: draft.id } })) > 0) {
        throw new WeirError('CONFLICT', `there is a draft ${draft.id} already`)
      }
      if ((await db.draft.count()) >= DRAFTS_MAX) {
        throw new WeirError('CONFLICT', `there are ${DRAFTS_MAX} drafts already; delete some that are not needed`)
      }
      const fileName = cleanText(draft.fileName)
      const source = exactText(draft.source, fileName)
      const [by, at] = [cleanText(draft.by), toTime(draft.at)]
      const row = await db.draft.create({
        data: {
          id: draft.id,
          name: cleanText(draft.name),
          fileName,
          source,
          revision: 1,
          createdAt: at,
          createdBy: by,
          editedAt: at,
          editedBy: by,
        },
      })
      await db.draftVersion.create({ data: { draftId: row.id, revision: 1, source, kind: 'edited', at, by } })
      return toDraft(row)
    })
  }

  saveDraft(epoch: number, save: DraftSave): Promise<{ saved: boolean; draft: DraftRecord }> {
    return this.#session.write(epoch, async db => {
      const stored = await db.draft.findUnique({ where: { id: cleanText(save.draftId) } })
      if (stored === null) throw unknownDraft(save.draftId)
      if (stored.source === save.source) return { saved: true, draft: toDraft(stored) }
      if (stored.revision !== save.baseRevision) return { saved: false, draft: toDraft(stored) }
      const row = await db.draft.update({
        where: { id: stored.id },
        data: {
          source: exactText(save.source, stored.fileName),
          revision: stored.revision + 1,
          editedAt: toTime(save.at),
          editedBy: cleanText(save.by),
        },
      })
      await remember(db, row, save)
      return { saved: true, draft: toDraft(row) }
    })
  }

  renameDraft(epoch: number, draftId: string, name: string): Promise<DraftSummaryRecord> {
    return this.#session.write(epoch, async db => {
      const [row] = await db.draft.updateManyAndReturn({
        where: { id: cleanText(draftId) },
        data: { name: cleanText(name) },
        select: SUMMARY,
      })
      if (row === undefined) throw unknownDraft(draftId)
      return toSummary(row)
    })
  }

  deleteDraft(epoch: number, draftId: string): Promise<void> {
    return this.#session.write(epoch, async db => {
      const { count } = await db.draft.deleteMany({ where: { id: cleanText(draftId) } })
      if (count === 0) throw unknownDraft(draftId)
    })
  }

  async getDraft(draftId: string): Promise<DraftRecord | null> {
    const row = await this.#session.read(db => db.draft.findUnique({ where: { id: cleanText(draftId) } }))
    return row === null ? null : toDraft(row)
  }

  async listDrafts(): Promise<readonly DraftSummaryRecord[]> {
    const rows = await this.#session.read(db =>
      db.draft.findMany({ orderBy: [{ editedAt: 'desc' }, { id: 'asc' }], select: SUMMARY, take: DRAFTS_MAX }),
    )
    return rows.map(toSummary)
  }

  async listDraftVersions(draftId: string): Promise<readonly DraftVersionRecord[]> {
    const id = cleanText(draftId)
    const rows = await this.#session.read(db =>
      db.draftVersion.findMany({ where: { draftId: id }, orderBy: { revision: 'desc' }, select: ENTRY }),
    )
    // Every draft has at least the entry of its newest text.
    if (rows.length === 0) throw unknownDraft(draftId)
    return rows.map(row => ({ ...row, at: fromTime(row.at) }))
  }

  getDraftSource(draftId: string, revision: number): Promise<string> {
    return this.#session.snapshot(async db => {
      const draft = await db.draft.findUnique({ where: { id: cleanText(draftId) } })
      if (draft === null) throw unknownDraft(draftId)
      if (draft.revision === revision) return draft.source
      const version = await db.draftVersion.findUnique({
        where: { draftId_revision: { draftId: draft.id, revision } },
      })
      if (version !== null) return version.source
      throw new WeirError(
        'NOT_FOUND',
        `the history of draft ${draft.id} has no revision ${revision}; the latest is ${draft.revision}`,
      )
    })
  }
}

/** Puts the new text of a draft into its history. */
async function remember(db: Transaction, { id, revision, source }: Draft, save: DraftSave): Promise<void> {
  const latest = await db.draftVersion.findFirst({
    where: { draftId: id },
    orderBy: { revision: 'desc' },
    select: ENTRY,
  })
  const [by, at] = [cleanText(save.by), toTime(save.at)]
  if (latest !== null && continuesSpell({ ...latest, at: fromTime(latest.at) }, { ...save, by })) {
    const where = { draftId_revision: { draftId: id, revision: latest.revision } }
    await db.draftVersion.update({ where, data: { revision, source, at } })
  } else {
    const kind = save.restored ? 'restored' : 'edited'
    await db.draftVersion.create({ data: { draftId: id, revision, source, kind, at, by } })
  }
  await trimHistory(db, id)
}

function toSummary(row: Omit<Draft, 'source'>): DraftSummaryRecord {
  const { id, name, fileName, revision, createdBy, editedBy, jobId } = row
  return {
    id,
    name,
    fileName,
    revision,
    createdAt: fromTime(row.createdAt),
    createdBy,
    editedAt: fromTime(row.editedAt),
    editedBy,
    jobId,
    // It stands in the row even when its job has been deleted.
    deployedRevision: jobId === null ? null : row.deployedRevision,
  }
}

function toDraft(row: Draft): DraftRecord {
  return { ...toSummary(row), source: row.source }
}
