import { WeirError } from '@weir/engine/base/errors'
import { describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, ApiParts, asAdmin } from '../../../test/api-harness.ts'
import { mayDo, ROLES } from '../../auth/permissions.ts'
import type { ProcedureAccess } from './procedure.ts'
import { webRouter } from './router.ts'

/** Written down apart from the router, so that nobody loosens a right by accident. */
const ACCESS: Readonly<Record<string, ProcedureAccess>> = {
  'session.me': 'authenticated',
  'live.watch': 'authenticated',
  'jobs.pipeline': 'jobs:read',
  'jobs.exceptions': 'jobs:read',
  'jobs.history': 'jobs:read',
  'jobs.metrics': 'jobs:read',
  'jobs.config': 'jobs:read',
  'jobs.cancel': 'jobs:operate',
  'jobs.runAgain': 'jobs:submit',
  'jobs.remove': 'jobs:submit',
  'drafts.list': 'jobs:read',
  'drafts.get': 'jobs:read',
  'drafts.create': 'jobs:submit',
  'drafts.save': 'jobs:submit',
  'drafts.rename': 'jobs:submit',
  'drafts.remove': 'jobs:submit',
  'drafts.versions': 'jobs:read',
  'drafts.versionSource': 'jobs:read',
  'drafts.check': 'jobs:submit',
  'drafts.deploy': 'jobs:submit',
  'drafts.removeSample': 'jobs:submit',
  'templates.list': 'jobs:read',
  'templates.starters': 'jobs:read',
}

interface Procedure {
  readonly _def: { readonly type: 'query' | 'mutation' | 'subscription'; readonly meta?: { access: ProcedureAccess } }
}

function procedures(parts: ApiParts): [string, Procedure['_def']][] {
  const all = webRouter(parts.web, parts.controlPlane)._def.procedures as unknown as Record<string, Procedure>
  return Object.entries(all).map(([path, procedure]) => [path, procedure._def])
}

type App = Awaited<ReturnType<ApiParts['app']>>

function call(
  app: App,
  path: string,
  type: Procedure['_def']['type'],
  options: { input?: unknown; headers?: object } = {},
) {
  const { input, headers = {} } = options
  if (type === 'mutation') {
    return app.inject({
      method: 'POST',
      url: `/trpc/${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(input ?? null),
    })
  }
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
  return app.inject({ url: `/trpc/${path}${query}`, headers: { ...headers } })
}

describe('the procedures of the web app', () => {
  it('each ask for a right', () => {
    const declared = procedures(new ApiParts()).map(([path, { meta }]) => [path, meta?.access])
    expect(Object.fromEntries(declared)).toEqual(ACCESS)
  })

  it('refuse whoever shows no token, a wrong one, or a session that has ended', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    for (const [path, { type }] of procedures(parts)) {
      parts.nowMs += 10_000
      for (const headers of [{}, { authorization: 'Bearer nobody' }, { cookie: 'weir_session_8081=nobody' }]) {
        const answer = await call(app, path, type, { headers })
        expect(answer.statusCode, path).toBe(401)
        const { data } = answer.json().error
        expect(data).toMatchObject({ code: 'UNAUTHORIZED', httpStatus: 401, weir: { code: 'UNAUTHENTICATED' } })
      }
    }
    expect(parts.web.calls).toEqual([])
  })

  it('refuse the roles that lack their right, and no other', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    for (const role of ROLES) {
      const { token } = await parts.access.createToken(role, { role, seeRecords: false }, null)
      for (const [path, { type }] of procedures(parts)) {
        if (type === 'subscription') continue
        const answer = await call(app, path, type, { headers: { authorization: `Bearer ${token}` } })
        const access = ACCESS[path]!
        const isAllowed = access === 'authenticated' || mayDo({ role, seeRecords: false }, access)
        const shown = `${role}: ${path} answered ${answer.statusCode}`
        expect(answer.statusCode === 403, shown).toBe(!isAllowed)
        if (!isAllowed) expect(answer.json().error.data.weir.code, shown).toBe('FORBIDDEN')
      }
    }
  })

  it('say who is logged in, and with which rights', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const { token } = await parts.access.createToken('ada', { role: 'viewer', seeRecords: true }, null)
    const me = await call(app, 'session.me', 'query', { headers: { authorization: `Bearer ${token}` } })
    expect(me.json().result.data).toEqual({
      name: 'ada',
      role: 'viewer',
      permissions: ['jobs:read', 'cluster:read', 'records:read'],
      cluster: { version: '0.1.0', webPort: 8080, jobManagerPort: 8081 },
    })
  })
})

describe('records', () => {
  it('of failures and of sample files are answered only to those who may see records', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    parts.web.answers.set('jobs.exceptions', [{ key: 'k', examples: [{ message: 'no', record: 'ada' }] }])
    parts.web.answers.set('drafts.get', { draftId: 'draft_1', samples: [{ name: 'people.csv', head: 'ada' }] })
    for (const [seeRecords, expected] of [
      [false, { record: null, head: '' }],
      [true, { record: 'ada', head: 'ada' }],
    ] as const) {
      const { token } = await parts.access.createToken('eve', { role: 'viewer', seeRecords }, null)
      const headers = { authorization: `Bearer ${token}` }
      const [groups, draft] = [
        await call(app, 'jobs.exceptions', 'query', { headers, input: { jobId: 'job_1' } }),
        await call(app, 'drafts.get', 'query', { headers, input: { draftId: 'draft_1' } }),
      ].map(answer => answer.json().result.data)
      expect(groups).toEqual([{ key: 'k', examples: [{ message: 'no', record: expected.record }] }])
      expect(draft).toEqual({ draftId: 'draft_1', samples: [{ name: 'people.csv', head: expected.head }] })
    }
  })
})

describe('a page with a session', () => {
  const loggedIn = async () => {
    const parts = new ApiParts()
    const app = await parts.app({ pageOrigins: ['http://localhost:8080'] })
    const made = await app.inject({ method: 'POST', url: '/api/v1/sessions', payload: { token: ADMIN_TOKEN } })
    const cookie = `weir_session_8081=${made.cookies[0]?.value}`
    const ask = async (type: 'query' | 'mutation', headers: object) => {
      const path = type === 'query' ? 'session.me' : 'drafts.remove'
      const input = type === 'query' ? undefined : { draftId: 'draft_1' }
      return (await call(app, path, type, { input, headers: { cookie, host: 'localhost:8081', ...headers } }))
        .statusCode
    }
    return { parts, ask }
  }

  it('may ask and change things, if it is one of ours', async () => {
    const { ask } = await loggedIn()
    for (const type of ['query', 'mutation'] as const) {
      expect(await ask(type, { 'sec-fetch-site': 'same-origin' }), type).toBe(200)
      expect(await ask(type, { origin: 'http://localhost:8080' }), type).toBe(200)
      expect(await ask(type, { origin: 'http://localhost:8081' }), type).toBe(200)
    }
  })

  it('may not even ask, if it is of another program on this machine, of another site, or unknown', async () => {
    const { ask, parts } = await loggedIn()
    for (const type of ['query', 'mutation'] as const) {
      expect(await ask(type, { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }), type).toBe(403)
      expect(await ask(type, { 'sec-fetch-site': 'cross-site' }), type).toBe(403)
      expect(await ask(type, {}), type).toBe(403)
    }
    expect(parts.web.calls).toEqual([])
  })

  it('learns that its session is over by 401 UNAUTHENTICATED', async () => {
    const { ask, parts } = await loggedIn()
    parts.nowMs += 8 * 24 * 3_600_000
    expect(await ask('query', { 'sec-fetch-site': 'same-origin' })).toBe(401)
  })
})

describe('changes', () => {
  it('are noted in the audit log once they are made: who, what, to what', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const { token } = await parts.access.createToken('ada', { role: 'developer', seeRecords: false }, null)
    const headers = { authorization: `Bearer ${token}` }
    expect((await call(app, 'drafts.remove', 'mutation', { headers, input: { draftId: 'draft_1' } })).statusCode).toBe(
      200,
    )
    expect((await call(app, 'jobs.cancel', 'mutation', { headers, input: { jobId: 'job_9' } })).statusCode).toBe(404)
    expect((await call(app, 'jobs.pipeline', 'query', { headers, input: { jobId: 'job_9' } })).statusCode).toBe(200)
    expect(parts.credentials.audit).toMatchObject([
      { actor: 'ada', action: 'trpc drafts.remove', target: 'draft_1', detail: { via: 'token', role: 'developer' } },
    ])
  })

  it('that come with every pause in typing are not', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const headers = asAdmin
    const save = { draftId: 'draft_1', source: 'x', baseRevision: 1 }
    const check = { source: 'x', fileName: 'job.ts', parallelism: null }
    expect((await call(app, 'drafts.save', 'mutation', { headers, input: save })).statusCode).toBe(200)
    expect((await call(app, 'drafts.check', 'mutation', { headers, input: check })).statusCode).toBe(200)
    expect(parts.web.calls.map(({ method }) => method)).toEqual(['drafts.save', 'drafts.check'])
    expect(parts.credentials.audit).toEqual([])
  })

  it('cannot be made by a request that only reads', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const input = encodeURIComponent(JSON.stringify({ draftId: 'draft_1' }))
    const answer = await app.inject({ url: `/trpc/drafts.remove?input=${input}`, headers: asAdmin })
    expect(answer.statusCode).toBe(405)
    expect(parts.web.calls).toEqual([])
  })

  it('are still answered when the audit log cannot be written, which is told in the log', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    parts.credentials.appendAudit = () => Promise.reject(new WeirError('DATABASE', 'away'))
    const answer = await call(app, 'drafts.remove', 'mutation', { headers: asAdmin, input: { draftId: 'draft_1' } })
    expect(answer.statusCode).toBe(200)
    expect(parts.logged.join()).toContain('a change is missing in the audit log: away')
  })
})

describe('errors', () => {
  const failing = async (failure: Error) => {
    const parts = new ApiParts()
    const app = await parts.app()
    parts.web.failure = failure
    const answer = await call(app, 'jobs.pipeline', 'query', { headers: asAdmin, input: { jobId: 'job_1' } })
    return { parts, answer, error: answer.json().error }
  }

  it('keep code, message and place', async () => {
    const place = { operator: 'count', subtask: 3, line: 12, column: 4 }
    const { answer, error } = await failing(new WeirError('JOB_GRAPH', 'count has no input', { place }))
    expect(answer.statusCode).toBe(422)
    expect(error).toEqual({
      message: 'count has no input',
      code: -32022,
      data: {
        code: 'UNPROCESSABLE_CONTENT',
        httpStatus: 422,
        path: 'jobs.pipeline',
        weir: {
          code: 'JOB_GRAPH',
          message: 'count has no input',
          status: 422,
          place,
          problems: [{ operator: 'count', line: 12, column: 4, message: 'count has no input' }],
        },
      },
    })
  })

  it('of our own tell nothing of the inside, and are in the log', async () => {
    for (const failure of [new TypeError('x is undefined at /srv/secret'), new WeirError('ASSERTION', '/srv/secret')]) {
      const { parts, answer, error } = await failing(failure)
      expect(answer.statusCode).toBe(500)
      expect(error.message).toBe("an unexpected error inside Weir: the JobManager's log has it")
      expect(answer.body).not.toContain('secret')
      expect(answer.body).not.toContain('stack')
      expect(parts.logged.join()).toContain('/srv/secret')
    }
  })

  it('of a standby say that it is one', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    parts.controlPlane.standby = true
    const answer = await call(app, 'jobs.pipeline', 'query', { headers: asAdmin, input: { jobId: 'job_1' } })
    expect([answer.statusCode, answer.json().error.data.weir.code]).toEqual([503, 'NOT_LEADER'])
  })

  it('of the input name what is wrong with it', async () => {
    const app = await new ApiParts().app()
    const answer = await call(app, 'drafts.rename', 'mutation', {
      headers: asAdmin,
      input: { draftId: 'd', name: ' ' },
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error.data.weir).toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'the request is not valid: name: must not be empty',
    })
    const text = await app.inject({ method: 'POST', url: '/trpc/drafts.rename', headers: asAdmin, payload: 'no json' })
    expect(text.statusCode).toBe(415)
    const headers = { ...asAdmin, 'content-type': 'application/json' }
    const garbled = await app.inject({ method: 'POST', url: '/trpc/drafts.rename', headers, payload: '{' })
    expect(garbled.statusCode).toBe(400)
    expect(garbled.body).not.toContain('stack')
    expect((await call(app, 'drafts.nothing', 'query', { headers: asAdmin })).statusCode).toBe(404)
  })
})

describe('a source', () => {
  it('may be as large as a job may be, and no larger body is read', async () => {
    const parts = new ApiParts()
    const app = await parts.app()
    const save = (length: number) => {
      const input = { draftId: 'draft_1', source: '\n'.repeat(length), baseRevision: 1 }
      return call(app, 'drafts.save', 'mutation', { headers: asAdmin, input })
    }
    expect((await save(8 * 1024 * 1024)).statusCode).toBe(200)
    const refused = await save(12 * 1024 * 1024)
    expect([refused.statusCode, refused.json().error.data.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect(parts.web.calls).toHaveLength(1)
  })
})
