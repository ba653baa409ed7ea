import type { WeirError } from '@weir/engine/base/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds, lead, newJob, version } from '../../test/store-fixtures.ts'
import { type OpenMetaStore, openMetaStore } from './open-meta-store.ts'
import { EVENTS_PER_JOB_MAX, EXCEPTIONS_PER_JOB_MAX, type JobError, MESSAGE_CHARACTERS_MAX } from './records.ts'

const failure: JobError = {
  code: 'USER_FUNCTION',
  operator: 'map',
  subtask: 1,
  message: 'x is not a function',
  stack: 'TypeError: x is not a function\n    at words.ts:3:1',
  record: '{"id":7}',
  at: 5_000,
}

const code = (name: WeirError['code']) => expect.objectContaining({ name: 'WeirError', code: name })

for (const kind of databaseKinds('the metadata store')) {
  describe.skipIf(kind.skip)(`the metadata store over ${kind.name}`, () => {
    let store: OpenMetaStore
    let epoch: number

    beforeAll(async () => {
      await kind.setUp()
      store = await openMetaStore(await kind.options())
      epoch = await lead(store)
    })
    afterAll(async () => {
      await store?.close()
      await kind.tearDown()
    })

    describe('jobs', () => {
      test('come back with their version, letter by letter', async () => {
        const job = newJob({
          name: 'a "name"\n🌊',
          owner: 'ada',
          submittedAt: 1_763_700_000_123,
          reason: 'needs 8 slots',
        })
        const created = await store.jobs.createJob(epoch, job, version)
        expect(created).toEqual({
          ...job,
          seq: expect.any(Number),
          status: 'CREATED',
          restarts: 0,
          attempt: 0,
          version: 1,
          error: null,
          startedAt: null,
          finishedAt: null,
          draftId: null,
          recordsIn: null,
          recordsOut: null,
        })
        const found = await store.jobs.getJobWithVersion(job.id)
        expect(found).toEqual({ job: created, version: { ...version, jobId: job.id, version: 1 } })
        expect(JSON.stringify(found?.version.graph)).toBe(JSON.stringify(version.graph))
        expect(await store.jobs.getJob(job.id)).toEqual(created)
      })

      test('JSON with hostile field names comes back as it was', async () => {
        const config = JSON.parse('{"__proto__":{"x":1},"constructor":2,"$type":"Json","toJSON":3,"date":"2020-01-01"}')
        const graph = { ...version.graph, nodes: [{ ...version.graph.nodes[0]!, config }] }
        const job = newJob()
        await store.jobs.createJob(epoch, job, { ...version, graph })
        const found = await store.jobs.getJobVersion(job.id)
        expect(JSON.stringify(found?.graph)).toBe(JSON.stringify(graph))
      })

      test('an id that is taken is a conflict, and nothing of the second is kept', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        await expect(store.jobs.createJob(epoch, { ...job, name: 'other' }, version)).rejects.toEqual(code('CONFLICT'))
        expect(await store.jobs.getJob(job.id)).toMatchObject({ name: 'words' })
        expect((await store.jobs.listJobEvents(job.id)).rows).toHaveLength(1)
      })

      test('a source that cannot be stored exactly is refused with its place, and leaves no job', async () => {
        const job = newJob()
        const bad = { ...version, sourceText: 'one\ntwo \0' }
        await expect(store.jobs.createJob(epoch, job, bad)).rejects.toThrow(/words\.ts holds a NUL character in line 2/)
        const lone = { ...version, graph: { ...version.graph, name: 'half \ud800' } }
        await expect(store.jobs.createJob(epoch, job, lone)).rejects.toEqual(code('JOB_GRAPH'))
        expect(await store.jobs.getJob(job.id)).toBeNull()
      })

      test('the last figures of a job come back, with its totals in the list, and go with the job', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        expect(await store.jobs.getJobFigures(job.id)).toBeNull()
        const record = {
          recordsIn: 12_345_678_901,
          recordsOut: null,
          figures: { vertices: [{ id: 'a "b"', busy: 0.5 }] },
          charts: { '5m': [1, null, 2.5] },
          at: 5_000,
        }
        await store.jobs.putJobFigures(epoch, job.id, { ...record, recordsIn: 1 })
        await store.jobs.putJobFigures(epoch, job.id, record)
        expect(await store.jobs.getJobFigures(job.id)).toEqual(record)
        const [listed] = (await store.jobs.listJobs({ limit: 1 })).rows
        expect(listed).toMatchObject({ id: job.id, recordsIn: 12_345_678_901, recordsOut: null })
        await expect(store.jobs.putJobFigures(epoch, 'job_none', record)).rejects.toEqual(code('NOT_FOUND'))
        await store.jobs.updateJob(epoch, job.id, { status: 'FINISHED' })
        await store.jobs.deleteJob(epoch, job.id)
        expect(await store.jobs.getJobFigures(job.id)).toBeNull()
      })

      test('further versions count up, and the older ones stay', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        const second = await store.jobs.addJobVersion(epoch, job.id, { ...version, graphHash: 'second' })
        expect(second).toMatchObject({ version: 2, graphHash: 'second' })
        expect(await store.jobs.getJobVersion(job.id)).toMatchObject({ version: 2 })
        expect(await store.jobs.getJobVersion(job.id, 1)).toMatchObject({ version: 1, graphHash: 'c0ffee' })
        expect(await store.jobs.getJobVersion(job.id, 3)).toBeNull()
        expect(await store.jobs.getJob(job.id)).toMatchObject({ version: 2 })
        await expect(store.jobs.addJobVersion(epoch, 'job_none', version)).rejects.toEqual(code('NOT_FOUND'))
      })

      test('a change touches only what it names, null clears, and its event joins the history', async () => {
        const job = newJob({ reason: 'needs 8 slots, 4 are free' })
        await store.jobs.createJob(epoch, job, version)
        const event = { attempt: 1, kind: 'STATUS', message: 'RUNNING', detail: { from: 'CREATED' }, at: 2_000 }
        const running = await store.jobs.updateJob(epoch, job.id, {
          status: 'RUNNING',
          startedAt: 2_000,
          reason: null,
          expected: ['CREATED'],
          event,
        })
        expect(running).toMatchObject({
          status: 'RUNNING',
          startedAt: 2_000,
          reason: null,
          parallelism: 2,
          error: null,
        })
        const failed = await store.jobs.updateJob(epoch, job.id, {
          status: 'FAILED',
          error: failure,
          finishedAt: 3_000,
          restarts: 2,
        })
        expect(failed).toMatchObject({
          status: 'FAILED',
          error: failure,
          startedAt: 2_000,
          finishedAt: 3_000,
          restarts: 2,
        })
        expect(await store.jobs.updateJob(epoch, job.id, { error: null })).toMatchObject({ error: null, restarts: 2 })
        const history = await store.jobs.listJobEvents(job.id)
        expect(history.rows).toMatchObject([
          { ...event, jobId: job.id },
          { kind: 'SUBMITTED', at: 1_000, detail: null },
        ])
      })

      test('a change from a status that it does not expect is a conflict and has no effect', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        const change = store.jobs.updateJob(epoch, job.id, { status: 'FINISHED', expected: ['RUNNING', 'FAILING'] })
        await expect(change).rejects.toThrow(`job ${job.id} is CREATED, not RUNNING or FAILING`)
        expect(await store.jobs.getJob(job.id)).toMatchObject({ status: 'CREATED' })
        await expect(store.jobs.updateJob(epoch, 'job_none', {})).rejects.toEqual(code('NOT_FOUND'))
      })

      test('are listed newest first, in pages, filtered', async () => {
        const owner = 'lister'
        const ids: string[] = []
        // The same time for all: the order of submission decides.
        for (const name of ['one', 'two', '100% Three', 'four']) {
          const job = newJob({ name, owner })
          ids.unshift(job.id)
          await store.jobs.createJob(epoch, job, version)
        }
        await store.jobs.updateJob(epoch, ids[1]!, { status: 'CANCELED' })
        const first = await store.jobs.listJobs({ owner, limit: 3 })
        expect(first.rows.map(job => job.id)).toEqual(ids.slice(0, 3))
        const second = await store.jobs.listJobs({ owner, limit: 3, before: first.next! })
        expect(second.rows.map(job => job.id)).toEqual(ids.slice(3))
        expect(second.next).toBeNull()
        const idsOf = async (query: object) => (await store.jobs.listJobs({ owner, ...query })).rows.map(job => job.id)
        expect(await idsOf({ statuses: ['CREATED'] })).toEqual([ids[0], ids[2], ids[3]])
        expect(await idsOf({ statuses: [] })).toEqual([])
        expect(await idsOf({ nameContains: 'THREE' })).toEqual([ids[1]])
        expect(await idsOf({ nameContains: '%' })).toEqual([ids[1]])
        expect(await idsOf({ nameContains: 't_o' })).toEqual([])
        await expect(store.jobs.listJobs({ limit: 0 })).rejects.toEqual(code('REQUEST_INVALID'))
      })

      test('are counted by status, with zeros', async () => {
        const before = await store.jobs.countJobs()
        expect(before.CANCELLING).toBe(0)
        await store.jobs.createJob(epoch, newJob(), version)
        expect(await store.jobs.countJobs()).toEqual({ ...before, CREATED: before.CREATED + 1 })
      })

      test('can be deleted when they have ended, with everything of theirs', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        await store.jobs.startAttempt(epoch, job.id, 1, 1)
        await store.jobs.recordException(epoch, { ...failure, jobId: job.id, attempt: 1 })
        await expect(store.jobs.deleteJob(epoch, job.id)).rejects.toEqual(code('CONFLICT'))
        await store.jobs.updateJob(epoch, job.id, { status: 'FINISHED' })
        await store.jobs.deleteJob(epoch, job.id)
        expect(await store.jobs.getJob(job.id)).toBeNull()
        expect(await store.jobs.getJobVersion(job.id)).toBeNull()
        expect((await store.jobs.listAttempts(job.id)).rows).toEqual([])
        expect((await store.jobs.listExceptions(job.id)).rows).toEqual([])
        expect((await store.jobs.listJobEvents(job.id)).rows).toEqual([])
        await expect(store.jobs.deleteJob(epoch, job.id)).rejects.toEqual(code('NOT_FOUND'))
      })

      test('an id that no database could hold is simply not there', async () => {
        expect(await store.jobs.getJob('job_\0')).toBeNull()
        expect(await store.jobs.getJobWithVersion('\ud800')).toBeNull()
        expect((await store.jobs.listJobs({ nameContains: '\0' })).rows).toEqual([])
        await expect(store.jobs.deleteJob(epoch, '\0')).rejects.toEqual(code('NOT_FOUND'))
      })
    })

    describe('attempts, exceptions and history', () => {
      test('an attempt starts and ends once; repeated and older messages have no effect', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        await store.jobs.startAttempt(epoch, job.id, 1, 10)
        await store.jobs.startAttempt(epoch, job.id, 1, 99)
        expect(await store.jobs.endAttempt(epoch, job.id, 1, { status: 'FAILED', at: 20, cause: failure })).toBe(true)
        expect(await store.jobs.endAttempt(epoch, job.id, 1, { status: 'CANCELED', at: 99, cause: null })).toBe(false)
        await store.jobs.startAttempt(epoch, job.id, 2, 30)
        await expect(store.jobs.startAttempt(epoch, job.id, 1, 40)).rejects.toEqual(code('STALE_ATTEMPT'))
        expect(await store.jobs.getJob(job.id)).toMatchObject({ attempt: 2 })
        expect((await store.jobs.listAttempts(job.id)).rows).toEqual([
          { jobId: job.id, attempt: 2, status: 'RUNNING', startedAt: 30, endedAt: null, cause: null },
          { jobId: job.id, attempt: 1, status: 'FAILED', startedAt: 10, endedAt: 20, cause: failure },
        ])
        const end = { status: 'FAILED', at: 1, cause: null } as const
        await expect(store.jobs.endAttempt(epoch, job.id, 7, end)).rejects.toEqual(code('NOT_FOUND'))
        await expect(store.jobs.startAttempt(epoch, 'job_none', 1, 1)).rejects.toEqual(code('NOT_FOUND'))
      })

      test('exceptions hold whatever user code throws, cut to a length', async () => {
        const job = newJob()
        await store.jobs.createJob(epoch, job, version)
        const message = `zero \0 half \ud83c ${'x'.repeat(MESSAGE_CHARACTERS_MAX)}`
        await store.jobs.recordException(epoch, { ...failure, message, stack: null, jobId: job.id, attempt: 3 })
        const [found] = (await store.jobs.listExceptions(job.id)).rows
        expect(found).toMatchObject({ ...failure, message: expect.any(String), stack: null, attempt: 3 })
        expect(found?.message).toMatch(/^zero \ufffd half \ufffd xxx.*x … \(14 more characters\)$/)
        const failed = await store.jobs.updateJob(epoch, job.id, { error: { ...failure, message } })
        expect(failed.error?.message).toBe(found?.message)
        const unknown = store.jobs.recordException(epoch, { ...failure, jobId: 'job_none', attempt: 1 })
        await expect(unknown).rejects.toEqual(code('NOT_FOUND'))
      })

      test('the newest exceptions and events are kept, up to their bounds', async () => {
        const [job, other] = [newJob(), newJob()]
        await store.jobs.createJob(epoch, job, version)
        await store.jobs.createJob(epoch, other, version)
        const event = { jobId: job.id, attempt: null, kind: 'NOTE', detail: null, at: 1 }
        const writes: Promise<void>[] = []
        for (let i = 0; i < EXCEPTIONS_PER_JOB_MAX + 3; i++) {
          writes.push(store.jobs.recordException(epoch, { ...failure, message: `${i}`, jobId: job.id, attempt: 1 }))
        }
        for (let i = 0; i < EVENTS_PER_JOB_MAX + 3; i++) {
          writes.push(store.jobs.appendJobEvent(epoch, { ...event, message: `${i}` }))
        }
        await Promise.all(writes)
        const exceptions = (await store.jobs.listExceptions(job.id, { limit: 1_000 })).rows
        expect(exceptions).toHaveLength(EXCEPTIONS_PER_JOB_MAX)
        const events = await store.jobs.listJobEvents(job.id, { limit: 1_000 })
        expect(events.rows).toHaveLength(EVENTS_PER_JOB_MAX)
        expect(events.next).toBeNull()
        expect(events.rows.map(row => row.id)).toEqual(events.rows.map(row => row.id).sort((a, b) => b - a))
        expect((await store.jobs.listJobEvents(other.id)).rows).toHaveLength(1)
      })
    })

    describe('the cluster', () => {
      test('a TaskManager is ACTIVE, LOST, and ACTIVE again as a new incarnation', async () => {
        const seen = { id: 'tm-1', host: '10.0.0.5', incarnation: 'first', slots: 4, at: 100 }
        const expected = { id: 'tm-1', host: '10.0.0.5', slots: 4, firstSeenAt: 100 }
        await store.cluster.upsertTaskManager(epoch, seen)
        await store.cluster.recordHeartbeats(epoch, [
          { id: 'tm-1', incarnation: 'first', at: 150 },
          { id: 'tm-1', incarnation: 'older', at: 999 },
        ])
        const list = () => store.cluster.listTaskManagers()
        expect(await list()).toEqual([
          { ...expected, incarnation: 'first', status: 'ACTIVE', lastHeartbeat: 150, lostAt: null },
        ])
        expect(await store.cluster.markTaskManagerLost(epoch, 'tm-1', 'older', 160)).toBe(false)
        expect(await store.cluster.markTaskManagerLost(epoch, 'tm-1', 'first', 170)).toBe(true)
        expect(await store.cluster.markTaskManagerLost(epoch, 'tm-1', 'first', 180)).toBe(false)
        expect(await list()).toMatchObject([{ status: 'LOST', lostAt: 170, lastHeartbeat: 150 }])
        await store.cluster.upsertTaskManager(epoch, { ...seen, incarnation: 'second', at: 200 })
        expect(await store.cluster.markTaskManagerLost(epoch, 'tm-1', 'first', 210)).toBe(false)
        expect(await list()).toEqual([
          { ...expected, incarnation: 'second', status: 'ACTIVE', lastHeartbeat: 200, lostAt: null },
        ])
        expect(await store.cluster.forgetTaskManagers(epoch, 1_000)).toBe(0)
        await store.cluster.markTaskManagerLost(epoch, 'tm-1', 'second', 300)
        expect(await store.cluster.forgetTaskManagers(epoch, 300)).toBe(0)
        expect(await store.cluster.forgetTaskManagers(epoch, 301)).toBe(1)
        expect(await list()).toEqual([])
      })

      test.each([
        ['an object', { nested: [1, 'two', null, { three: true }] }],
        ['null', null],
        ['false', false],
        ['text', 'text'],
        ['zero', 0],
      ])('a setting that is %s comes back', async (key, value) => {
        expect(await store.cluster.getSetting(key)).toBeUndefined()
        await store.cluster.putSetting(epoch, key, 'before', 1)
        await store.cluster.putSetting(epoch, key, value, 2)
        expect(await store.cluster.getSetting(key)).toEqual(value)
      })

      test('the audit log is read newest first, in pages', async () => {
        const entry = { at: 1, actor: 'ada', target: 'job_1', origin: '127.0.0.1', detail: { name: 'words' } }
        for (const action of ['submit', 'cancel', 'delete'])
          await store.cluster.appendAudit(epoch, { ...entry, action })
        const first = await store.cluster.listAudit({ limit: 2 })
        expect(first.rows).toMatchObject([
          { ...entry, action: 'delete' },
          { ...entry, action: 'cancel' },
        ])
        const second = await store.cluster.listAudit({ limit: 2, before: first.next! })
        expect(second).toMatchObject({ rows: [{ action: 'submit' }], next: null })
      })
    })

    describe('accounts', () => {
      const grant = { userId: null, scopes: ['admin', 'a "quoted", {odd} scope'], createdAt: 1_000 }

      test('users and teams are made once per name', async () => {
        const user = { id: 'u1', name: 'ada', displayName: 'Ada', createdAt: 1 }
        expect(await store.auth.ensureUser(epoch, user)).toEqual(user)
        expect(await store.auth.ensureUser(epoch, { ...user, id: 'u2', displayName: 'x' })).toEqual(user)
        await expect(store.auth.ensureUser(epoch, { ...user, name: 'bob' })).rejects.toEqual(code('CONFLICT'))
        expect(await store.auth.getUser('u1')).toEqual(user)
        expect(await store.auth.getUser('u2')).toBeNull()
        const team = { id: 't1', name: 'default', createdAt: 1 }
        expect(await store.auth.ensureTeam(epoch, team)).toEqual(team)
        const membership = { userId: 'u1', teamId: 't1', role: 'viewer', seeRecords: false } as const
        await store.auth.putMembership(epoch, membership)
        await store.auth.putMembership(epoch, { ...membership, role: 'admin', seeRecords: true })
        expect(await store.auth.listMemberships('u1')).toEqual([{ ...membership, role: 'admin', seeRecords: true }])
        const foreign = store.auth.putMembership(epoch, { ...membership, userId: 'nobody' })
        await expect(foreign).rejects.toEqual(code('NOT_FOUND'))
      })

      test('a token is found by its hash until it expires or is revoked', async () => {
        const token = { ...grant, id: 'k1', hash: 'h1', name: 'laptop', expiresAt: 5_000 }
        await store.auth.createToken(epoch, token)
        expect(await store.auth.findToken('h1', 4_999)).toEqual({ ...token, lastUsedAt: null })
        expect(await store.auth.findToken('h1', 5_000)).toBeNull()
        expect(await store.auth.findToken('other', 1)).toBeNull()
        await expect(store.auth.createToken(epoch, { ...token, id: 'k2' })).rejects.toEqual(code('CONFLICT'))
        await store.auth.touchToken(epoch, 'k1', 2_000)
        const lasting = { ...token, id: 'k3', hash: 'h3', expiresAt: null, createdAt: 1_001 }
        await store.auth.createToken(epoch, lasting)
        expect(await store.auth.listTokens()).toEqual([
          { ...lasting, lastUsedAt: null },
          { ...token, lastUsedAt: 2_000 },
        ])
        expect(await store.auth.revokeToken(epoch, 'k3')).toBe(true)
        expect(await store.auth.revokeToken(epoch, 'k3')).toBe(false)
        expect(await store.auth.findToken('h3', 1)).toBeNull()
      })

      test('of many who use a login link at once exactly one gets in', async () => {
        const link = { ...grant, hash: 'link-1', expiresAt: 5_000 }
        await store.auth.createLoginLink(epoch, link)
        const tries = Array.from({ length: 20 }, () => store.auth.consumeLoginLink(epoch, 'link-1', 2_000))
        const got = (await Promise.all(tries)).filter(found => found !== null)
        expect(got).toEqual([link])
        expect(await store.auth.consumeLoginLink(epoch, 'link-1', 2_000)).toBeNull()
      })

      test('a login link does not work once it has expired', async () => {
        await store.auth.createLoginLink(epoch, { ...grant, hash: 'link-2', expiresAt: 5_000 })
        expect(await store.auth.consumeLoginLink(epoch, 'link-2', 5_000)).toBeNull()
        expect(await store.auth.consumeLoginLink(epoch, 'link-2', 4_999)).not.toBeNull()
      })

      test('a session lasts until it expires or is deleted, and expired things are swept', async () => {
        const session = { ...grant, hash: 's1', expiresAt: 5_000 }
        await store.auth.createSession(epoch, session)
        expect(await store.auth.findSession('s1', 4_999)).toEqual(session)
        expect(await store.auth.findSession('s1', 5_000)).toBeNull()
        await store.auth.createSession(epoch, { ...session, hash: 's2', expiresAt: 9_000 })
        expect(await store.auth.deleteExpired(epoch, 8_999)).toBeGreaterThanOrEqual(1)
        expect(await store.auth.findSession('s1', 1)).toBeNull()
        expect(await store.auth.findSession('s2', 1)).not.toBeNull()
        expect(await store.auth.deleteSession(epoch, 's2')).toBe(true)
        expect(await store.auth.deleteSession(epoch, 's2')).toBe(false)
      })
    })

    test('a storm of calls at once all get their answers', async () => {
      const jobs = Array.from({ length: 300 }, () => newJob({ owner: 'storm' }))
      await Promise.all(jobs.map(job => store.jobs.createJob(epoch, job, version)))
      expect((await store.jobs.listJobs({ owner: 'storm', limit: 1_000 })).rows).toHaveLength(300)
    })
  })
}
