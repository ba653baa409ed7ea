import { WeirError } from '@weir/engine/base/errors'
import { cleanText, exactText, toTime } from './conversions.ts'
import { trimHistory } from './draft-history.ts'
import type { DraftRevision } from './records.ts'
import type { Transaction } from './store-session.ts'

export interface Deployment extends DraftRevision {
  readonly jobId: string
  readonly source: string
  readonly by: string
  readonly at: number
}

/** The id for the job's row, locked until the end of the transaction; throws NOT_FOUND when the draft is gone. */
export async function requireDraft(db: Transaction, draft: DraftRevision | undefined): Promise<string | null> {
  if (draft === undefined) return null
  const id = cleanText(draft.draftId)
  const found = await db.$queryRaw<unknown[]>`SELECT id FROM drafts WHERE id = ${id} FOR UPDATE`
  if (found.length === 0) throw unknownDraft(draft.draftId)
  return id
}

/** Writes down in the draft what was deployed from it; in the transaction that makes the job. */
export async function linkDeployment(db: Transaction, deployment: Deployment): Promise<void> {
  const { revision, jobId } = deployment
  const draftId = cleanText(deployment.draftId)
  const entry = { kind: 'deployed', jobId, by: cleanText(deployment.by), at: toTime(deployment.at) } as const
  await db.draft.update({ where: { id: draftId }, data: { jobId, deployedRevision: revision } })
  await db.draftVersion.upsert({
    where: { draftId_revision: { draftId, revision } },
    update: entry,
    create: { ...entry, draftId, revision, source: exactText(deployment.source, 'the draft') },
  })
  await trimHistory(db, draftId)
}

export function unknownDraft(draftId: string): WeirError {
  return new WeirError(
    'NOT_FOUND',
    `there is no draft ${JSON.stringify(draftId.slice(0, 40))}; it may have been deleted`,
  )
}
