import { HISTORY_CHARACTERS_MAX, VERSIONS_PER_DRAFT_MAX } from './draft-records.ts'
import type { Transaction } from './store-session.ts'

/**
 * Removes what is beyond the bounds of a draft's history. What stays, in this order: the newest entry, then those that
 * were deployed or restored, then those that were edited, newer ones first.
 */
export async function trimHistory(db: Transaction, draftId: string): Promise<void> {
  await db.$executeRaw`
    WITH newest AS (SELECT max(revision) AS revision FROM draft_versions WHERE draft_id = ${draftId}),
    ranked AS (
      SELECT v.revision,
        v.revision = newest.revision AS is_newest,
        row_number() OVER worth AS place,
        sum(length(v.source)) OVER worth AS characters
      FROM draft_versions v, newest
      WHERE v.draft_id = ${draftId}
      WINDOW worth AS (
        ORDER BY (v.revision = newest.revision) DESC, (v.kind <> 'edited') DESC, v.revision DESC
      )
    )
    DELETE FROM draft_versions WHERE draft_id = ${draftId} AND revision IN (
      SELECT revision FROM ranked
      WHERE NOT is_newest AND (place > ${VERSIONS_PER_DRAFT_MAX} OR characters > ${HISTORY_CHARACTERS_MAX}))`
}
