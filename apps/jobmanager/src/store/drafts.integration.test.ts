import { randomBytes } from 'node:crypto'
import type { WeirError } from '@weir/engine/base/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds, lead, newJob, version } from '../../test/store-fixtures.ts'
import {
  type DraftRecord,
  type DraftSave,
  type NewDraftRecord,
  SPELL_PAUSE_MS,
  VERSIONS_PER_DRAFT_MAX,
} from './draft-records.ts'
import { type OpenMetaStore, openMetaStore } from './open-meta-store.ts'

const code = (name: WeirError['code']) => expect.objectContaining({ name: 'WeirError', code: name })

function newDraft(fields: Partial<NewDraftRecord> = {}): NewDraftRecord {
  const id = `draft_${randomBytes(4).toString('hex')}`
  return { id, name: 'words', fileName: 'words.ts', source: 'first', by: 'ada', at: 1_000, ...fields }
}

for (const kind of databaseKinds('drafts')) {
  describe.skipIf(kind.skip)(`drafts over ${kind.name}`, () => {
    let store: OpenMetaStore
    let epoch: number
    let options: Awaited<ReturnType<typeof kind.options>>

    beforeAll(async () => {
      await kind.setUp()
      options = await kind.options()
      store = await openMetaStore(options)
      epoch = await lead(store)
    })
    afterAll(async () => {
      await store?.close()
      await kind.tearDown()
    })

    const make = (fields: Partial<NewDraftRecord> = {}): Promise<DraftRecord> =>
      store.drafts.createDraft(epoch, newDraft(fields))

    /** Saves over whatever is stored, so that a test is about the history alone. */
    async function save(draftId: string, source: string, fields: Partial<DraftSave> = {}): Promise<number> {
      const baseRevision = (await store.drafts.getDraft(draftId))!.revision
      const wanted = { draftId, source, baseRevision, restored: false, by: 'ada', at: 2_000, ...fields }
      const { saved, draft } = await store.drafts.saveDraft(epoch, wanted)
      expect(saved).toBe(true)
      return draft.revision
    }

    const history = async (draftId: string) => {
      const versions = await store.drafts.listDraftVersions(draftId)
      return versions.map(({ revision, kind, by }) => `${revision} ${kind} ${by}`)
    }

    async function deploy(draftId: string, revision: number, source: string): Promise<string> {
      const job = newJob({ owner: 'bob', draft: { draftId, revision }, submittedAt: 9_000 })
      await store.jobs.createJob(epoch, job, { ...version, sourceText: source })
      return job.id
    }

    test('have the job that still runs as theirs when a later one is deleted, with the revision it was made of', async () => {
      const draft = await make()
      const running = await deploy(draft.id, 1, 'first')
      const second = await save(draft.id, 'second')
      const ended = await deploy(draft.id, second, 'second')
      const again = await deploy(draft.id, second, 'second')
      await store.jobs.updateJob(epoch, running, { status: 'RUNNING' })
      for (const id of [ended, again]) await store.jobs.updateJob(epoch, id, { status: 'FINISHED' })
      expect(await store.drafts.getDraft(draft.id)).toMatchObject({ jobId: again, deployedRevision: second })
      await store.jobs.deleteJob(epoch, again)
      expect(await store.drafts.getDraft(draft.id)).toMatchObject({ jobId: running, deployedRevision: 1 })
      await store.jobs.updateJob(epoch, running, { status: 'CANCELED' })
      await store.jobs.deleteJob(epoch, running)
      expect(await store.drafts.getDraft(draft.id)).toMatchObject({ jobId: ended, deployedRevision: second })
      const [latest] = await store.drafts.listDraftVersions(draft.id)
      expect(latest).toMatchObject({ revision: second, jobId: ended })
      await store.jobs.deleteJob(epoch, ended)
      expect(await store.drafts.getDraft(draft.id)).toMatchObject({ jobId: null, deployedRevision: null })
    })

    test('come back letter by letter, and are listed with the one edited last on top', async () => {
      const source = `export default env // "quotes", \\escapes, ünïcödé, 🌊\r\n\t`
      const draft = await make({ source, name: 'a "name" 🌊', at: 5_000 })
      expect(draft).toMatchObject({
        source,
        name: 'a "name" 🌊',
        revision: 1,
        createdAt: 5_000,
        createdBy: 'ada',
        editedAt: 5_000,
        jobId: null,
        deployedRevision: null,
      })
      expect(await store.drafts.getDraft(draft.id)).toEqual(draft)
      const older = await make({ at: 4_000 })
      const ids = async () => (await store.drafts.listDrafts()).map(({ id }) => id)
      expect((await ids()).indexOf(draft.id)).toBeLessThan((await ids()).indexOf(older.id))
      await save(older.id, 'edited', { at: 6_000 })
      expect((await ids()).indexOf(older.id)).toBeLessThan((await ids()).indexOf(draft.id))
      expect((await store.drafts.listDrafts())[0]).not.toHaveProperty('source')
    })

    test('an id that is taken is a conflict; one that is not there is not found, by every method', async () => {
      const draft = await make()
      await expect(make({ id: draft.id, source: 'other' })).rejects.toEqual(code('CONFLICT'))
      expect(await store.drafts.getDraft(draft.id)).toMatchObject({ source: 'first' })
      expect(await store.drafts.getDraft('draft_\0')).toBeNull()
      const nobody = { draftId: 'draft_none', source: '', baseRevision: 1, restored: false, by: 'ada', at: 1 }
      await expect(store.drafts.saveDraft(epoch, nobody)).rejects.toEqual(code('NOT_FOUND'))
      await expect(store.drafts.renameDraft(epoch, 'draft_none', 'x')).rejects.toEqual(code('NOT_FOUND'))
      await expect(store.drafts.deleteDraft(epoch, 'draft_none')).rejects.toEqual(code('NOT_FOUND'))
      await expect(store.drafts.listDraftVersions('draft_none')).rejects.toEqual(code('NOT_FOUND'))
      await expect(store.drafts.getDraftSource('draft_none', 1)).rejects.toEqual(code('NOT_FOUND'))
      await expect(store.drafts.getDraftSource(draft.id, 7)).rejects.toEqual(code('NOT_FOUND'))
    })

    test('of two that save over the same revision one wins, and the other is given what is stored', async () => {
      const { id } = await make()
      const edit = { draftId: id, baseRevision: 1, restored: false, at: 2_000 }
      const answers = await Promise.all([
        store.drafts.saveDraft(epoch, { ...edit, source: 'mine', by: 'ada' }),
        store.drafts.saveDraft(epoch, { ...edit, source: 'theirs', by: 'bob' }),
      ])
      expect(answers.map(answer => answer.saved)).toEqual([true, false])
      expect(answers[1].draft).toMatchObject({ source: 'mine', revision: 2, editedBy: 'ada', editedAt: 2_000 })
      expect(await history(id)).toEqual(['2 edited ada', '1 edited ada'])
    })

    test('a save that is repeated because its answer was lost counts as saved', async () => {
      const { id } = await make()
      const edit = { draftId: id, source: 'second', baseRevision: 1, restored: false, by: 'ada', at: 2_000 }
      await store.drafts.saveDraft(epoch, edit)
      expect(await store.drafts.saveDraft(epoch, edit)).toMatchObject({ saved: true, draft: { revision: 2 } })
      expect(await history(id)).toHaveLength(2)
    })

    test('a text that cannot be stored exactly is refused with its line, and nothing is written', async () => {
      const { id } = await make()
      const edit = { draftId: id, source: 'one\ntwo \0', baseRevision: 1, restored: false, by: 'ada', at: 2_000 }
      await expect(store.drafts.saveDraft(epoch, edit)).rejects.toThrow(/words\.ts holds a NUL character in line 2/)
      expect(await store.drafts.getDraft(id)).toMatchObject({ source: 'first', revision: 1 })
      expect(await history(id)).toHaveLength(1)
    })

    test('a version keeps the last text of a spell of typing', async () => {
      const { id } = await make()
      await save(id, 'a', { at: 2_000 })
      await save(id, 'ab', { at: 3_000 })
      // One millisecond short of a pause.
      await save(id, 'abc', { at: 3_000 + SPELL_PAUSE_MS - 1 })
      expect(await history(id)).toEqual(['4 edited ada', '1 edited ada'])
      expect(await store.drafts.getDraftSource(id, 4)).toBe('abc')
      expect(await store.drafts.getDraftSource(id, 1)).toBe('first')
      await expect(store.drafts.getDraftSource(id, 3)).rejects.toEqual(code('NOT_FOUND'))
    })

    test('a pause, another editor, a restored text and a deployment each begin another version', async () => {
      const { id } = await make()
      await save(id, 'a', { at: 2_000 })
      await save(id, 'b', { at: 2_000 + SPELL_PAUSE_MS })
      await save(id, 'c', { at: 2_100 + SPELL_PAUSE_MS, by: 'bob' })
      await save(id, 'a', { at: 2_200 + SPELL_PAUSE_MS, by: 'bob', restored: true })
      await save(id, 'ad', { at: 2_300 + SPELL_PAUSE_MS, by: 'bob' })
      const revision = await save(id, 'ade', { at: 2_400 + SPELL_PAUSE_MS, by: 'bob' })
      await deploy(id, revision, 'ade')
      await save(id, 'adef', { at: 2_500 + SPELL_PAUSE_MS, by: 'bob' })
      expect(await history(id)).toEqual([
        '8 edited bob',
        '7 deployed bob',
        '5 restored bob',
        '4 edited bob',
        '3 edited ada',
        '2 edited ada',
        '1 edited ada',
      ])
    })

    test('a job and the draft that it was deployed from know each other', async () => {
      const { id } = await make()
      const jobId = await deploy(id, 1, 'first')
      expect(await store.jobs.getJob(jobId)).toMatchObject({ draftId: id })
      expect(await store.drafts.getDraft(id)).toMatchObject({ jobId, deployedRevision: 1 })
      expect(await store.drafts.listDraftVersions(id)).toEqual([
        { revision: 1, kind: 'deployed', at: 9_000, by: 'bob', jobId },
      ])
      // The same text once more: the latest job counts.
      const again = await deploy(id, 1, 'first')
      expect(await store.drafts.listDraftVersions(id)).toMatchObject([{ revision: 1, jobId: again }])
      await store.jobs.updateJob(epoch, again, { status: 'CANCELED' })
      await store.jobs.deleteJob(epoch, again)
      expect(await store.drafts.listDraftVersions(id)).toMatchObject([{ kind: 'deployed', jobId }])
      await store.jobs.updateJob(epoch, jobId, { status: 'CANCELED' })
      await store.jobs.deleteJob(epoch, jobId)
      expect(await store.drafts.getDraft(id)).toMatchObject({ jobId: null, deployedRevision: null })
      expect(await store.drafts.listDraftVersions(id)).toMatchObject([{ kind: 'deployed', jobId: null }])
    })

    test('a draft that is deleted takes its history along, and leaves its jobs', async () => {
      const { id } = await make()
      const jobId = await deploy(id, 1, 'first')
      await store.drafts.deleteDraft(epoch, id)
      expect(await store.drafts.getDraft(id)).toBeNull()
      expect(await store.jobs.getJob(jobId)).toMatchObject({ id: jobId, draftId: null })
      const job = newJob({ draft: { draftId: id, revision: 1 } })
      await expect(store.jobs.createJob(epoch, job, version)).rejects.toEqual(code('NOT_FOUND'))
      expect(await store.jobs.getJob(job.id)).toBeNull()
    })

    test('the history is bounded: the oldest that were merely edited go first, the newest never', async () => {
      const { id } = await make()
      await deploy(id, await save(id, 'deployed', { at: 2_000 }), 'deployed')
      for (let spell = 0; spell < VERSIONS_PER_DRAFT_MAX + 2; spell++) {
        await save(id, `spell ${spell}`, { at: 10_000 + spell * SPELL_PAUSE_MS })
      }
      const versions = await store.drafts.listDraftVersions(id)
      expect(versions).toHaveLength(VERSIONS_PER_DRAFT_MAX)
      const newest = VERSIONS_PER_DRAFT_MAX + 4
      expect(versions[0]).toMatchObject({ revision: newest, kind: 'edited' })
      expect(versions.at(-1)).toMatchObject({ revision: 2, kind: 'deployed' })
      // Revisions 1, 3, 4, 5 and 6 have gone.
      expect(versions.at(-2)).toMatchObject({ revision: newest - VERSIONS_PER_DRAFT_MAX + 2, kind: 'edited' })
    })

    test('a history of large texts is bounded by their length', { timeout: 60_000 }, async () => {
      const { id } = await make()
      for (let spell = 0; spell < 6; spell++) {
        await save(id, `${spell}`.repeat(8 * 1024 * 1024), { at: 10_000 + spell * SPELL_PAUSE_MS })
      }
      expect(await history(id)).toEqual(['7 edited ada', '6 edited ada', '5 edited ada', '4 edited ada'])
    })

    test('a write of a leader that has been replaced is refused', async () => {
      const { id } = await make()
      const edit = { draftId: id, source: 'late', baseRevision: 1, restored: false, by: 'ada', at: 2_000 }
      await expect(store.drafts.saveDraft(epoch - 1, edit)).rejects.toEqual(code('FENCED'))
      await expect(store.drafts.deleteDraft(epoch - 1, id)).rejects.toEqual(code('FENCED'))
      expect(await store.drafts.getDraft(id)).toMatchObject({ source: 'first' })
    })

    test('what was saved is there after the store was closed and opened again', async () => {
      const { id } = await make()
      await save(id, 'kept')
      await store.close()
      store = await openMetaStore(options)
      epoch = await lead(store)
      expect(await store.drafts.getDraft(id)).toMatchObject({ source: 'kept', revision: 2 })
    })
  })
}
