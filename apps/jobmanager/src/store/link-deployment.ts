import { WeirError } from '@weir/engine/base/errors'
import { cleanText, exactText, toTime } from './conversions.ts'
import { trimHistory } from './draft-history.ts'
import { type DraftRevision, LIVE_STATUSES } from './records.ts'
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

/**
 * Gives a draft whose latest job has been deleted the newest of the others that were deployed from it; one that has not
 * ended comes before those that have, since it is the one that people look for. In the transaction that deletes the job.
 */
export async function relinkDraft(db: Transaction, draftId: string): Promise<void> {
  const newest = { orderBy: { seq: 'desc' }, select: { id: true, version: true } } as const
  const job =
    (await db.job.findFirst({ where: { draftId, status: { in: [...LIVE_STATUSES] } }, ...newest })) ??
    (await db.job.findFirst({ where: { draftId }, ...newest }))
  if (job === null) return
  const { sourceText } = await db.jobVersion.findUniqueOrThrow({
    where: { jobId_version: { jobId: job.id, version: job.version } },
    select: { sourceText: true },
  })
  // A revision that was deployed twice remembers its latest job alone: the text says which it was.
  const entry = await db.draftVersion.findFirst({
    where: { draftId, source: sourceText },
    orderBy: { revision: 'desc' },
    select: { revision: true, kind: true, jobId: true },
  })
  await db.draft.update({
    where: { id: draftId },
    data: { jobId: job.id, deployedRevision: entry?.revision ?? null },
  })
  if (entry === null || entry.kind !== 'deployed' || entry.jobId !== null) return
  await db.draftVersion.update({
    where: { draftId_revision: { draftId, revision: entry.revision } },
    data: { jobId: job.id },
  })
}

export function unknownDraft(draftId: string): WeirError {
  return new WeirError(
    'NOT_FOUND',
    `there is no draft ${JSON.stringify(draftId.slice(0, 40))}; it may have been deleted`,
  )
}
