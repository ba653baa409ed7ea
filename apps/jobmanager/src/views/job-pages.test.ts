import { describe, expect, test } from 'vitest'
import type { Principal } from '../auth/permissions.ts'
import type { JobException, SubmitRequest } from '../dispatcher/control-plane.ts'
import type { DraftRecord, DraftVersionRecord } from '../store/draft-records.ts'
import type { JobRecord, JobVersionRecord } from '../store/records.ts'
import { StoredJobPages } from './job-pages.ts'
import { clicksGraph } from './testing/made-up-job.ts'

const principal = { name: 'ada' } as Principal

const job = { id: 'job_1', name: 'clicks', owner: 'ada', draftId: 'draft_1' } as JobRecord
const version = {
  fileName: 'clicks.ts',
  sourceText: 'a\nb\nc',
  graph: { ...clicksGraph.job, name: 'renamed' },
  graphHash: 'h',
  places: { count: { line: 2, column: 0 } },
} as unknown as JobVersionRecord

function setUp(
  parts: { draft?: Partial<DraftRecord> | null; versions?: Partial<DraftVersionRecord>[]; draftId?: null } = {},
) {
  const submitted: SubmitRequest[] = []
  const draft = parts.draft === undefined ? { source: 'other', revision: 9 } : parts.draft
  const exceptions: JobException[] = []
  const pages = new StoredJobPages({
    control: {
      jobExceptions: async () => exceptions,
      jobHistory: async () => [{ at: 1, type: 'SUBMITTED', message: 'submitted' }],
      submit: async request => {
        submitted.push(request)
        return { jobId: 'job_2', status: 'CREATED' }
      },
    },
    store: {
      jobs: {
        getJobWithVersion: async id =>
          id === 'job_1' ? { job: { ...job, ...(parts.draftId === null ? { draftId: null } : {}) }, version } : null,
      },
      drafts: {
        getDraft: async () => draft as DraftRecord | null,
        listDraftVersions: async () => (parts.versions ?? []) as DraftVersionRecord[],
      },
    },
    views: { series: async (_, range) => ({ from: 0, stepMs: range === '5m' ? 1_000 : 6_000, values: {} }) },
  })
  return { pages, submitted, exceptions }
}

describe('the pages of a job', () => {
  test('its pipeline has places, its source, and says whose rows can be read', async () => {
    const pipeline = await setUp().pages.pipeline('job_1')
    expect(pipeline).toMatchObject({ fileName: 'clicks.ts', source: 'a\nb\nc', rowOperators: ['rows', 'late'] })
    expect(pipeline.pipeline.operators[1]).toMatchObject({ uid: 'count', place: { line: 2, column: 1 } })
  })

  test('whatever is asked of a job that is not there is refused', async () => {
    const { pages } = setUp()
    for (const asked of [
      pages.pipeline('x'),
      pages.exceptions('x'),
      pages.metrics('x', '5m'),
      pages.config('x'),
      pages.runAgain('x', principal),
    ]) {
      await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })

  test('exceptions come in groups', async () => {
    const { pages, exceptions } = setUp()
    const stack = 'Error\n    at clicks.ts:3:1'
    exceptions.push({
      at: 1,
      attempt: 1,
      code: 'USER_FUNCTION',
      operator: 'count',
      subtask: 0,
      message: 'no',
      stack,
      record: null,
    })
    const [group] = await pages.exceptions('job_1')
    expect(group).toMatchObject({ count: 1, examples: [{ sourceLine: 'c' }] })
  })
})

describe('running a job again', () => {
  test('submits the same source with what had been set beside it', async () => {
    const { pages, submitted } = setUp({ draftId: null })
    expect(await pages.runAgain('job_1', principal)).toEqual({ jobId: 'job_2', status: 'CREATED' })
    expect(submitted).toEqual([
      {
        fileName: 'clicks.ts',
        content: Buffer.from('a\nb\nc'),
        name: 'renamed',
        parallelism: 4,
        user: 'ada',
        waitMs: 2_000,
        mayWait: true,
      },
    ])
  })

  test('remembers the draft: its latest revision when that has the source, else the one that it was made of', async () => {
    const same = setUp({ draft: { source: 'a\nb\nc', revision: 9 } })
    await same.pages.runAgain('job_1', principal)
    expect(same.submitted[0]!.draft).toEqual({ draftId: 'draft_1', revision: 9 })
    const older = setUp({
      versions: [
        { revision: 8, jobId: null },
        { revision: 5, jobId: 'job_1' },
      ],
    })
    await older.pages.runAgain('job_1', principal)
    expect(older.submitted[0]!.draft).toEqual({ draftId: 'draft_1', revision: 5 })
  })

  test('does not remember a draft that is gone, or has forgotten the source', async () => {
    for (const parts of [{ draft: null }, { versions: [] }]) {
      const { pages, submitted } = setUp(parts)
      await pages.runAgain('job_1', principal)
      expect(submitted[0]!.draft).toBe(undefined)
    }
  })
})
