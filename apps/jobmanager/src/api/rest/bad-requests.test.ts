import { WeirError } from '@weir/engine/base/errors'
import { describe, expect, it } from 'vitest'
import { ApiParts, asAdmin, multipart } from '../../../test/api-harness.ts'
import { JOB_FILE_BYTES_MAX } from './job-upload.ts'
import { problemSchema } from './problem.ts'

type Form = Awaited<ReturnType<typeof multipart>>

async function submit(form: Form, parts = new ApiParts()) {
  const app = await parts.app()
  const headers = { ...form.headers, ...asAdmin }
  const answer = await app.inject({ method: 'POST', url: '/jobs/submit', payload: form.payload, headers })
  return { answer, problem: answer.json() }
}

async function expectProblem(form: Form, status: number, detail: string | RegExp) {
  const parts = new ApiParts()
  const { answer, problem } = await submit(form, parts)
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(problemSchema.parse(problem).status).toBe(status)
  expect(answer.statusCode).toBe(status)
  expect(problem.detail).toMatch(detail)
  expect(parts.controlPlane.submitted).toEqual([])
}

describe('an upload', () => {
  it('that is too large is 413 and names the limit', async () => {
    const content = new Uint8Array(JOB_FILE_BYTES_MAX + 1).fill(32)
    await expectProblem(await multipart({ name: 'big.ts', content }), 413, /larger than the limit of 8 MiB/)
  })

  it('of exactly the limit passes', async () => {
    const content = new Uint8Array(JOB_FILE_BYTES_MAX).fill(32)
    expect((await submit(await multipart({ name: 'big.ts', content }))).answer.statusCode).toBe(201)
  })

  it('that is empty is 400', async () => {
    await expectProblem(await multipart({ name: 'job.ts', content: '' }), 400, /"job.ts" is empty/)
  })

  it('that is binary is 422', async () => {
    const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe])
    await expectProblem(await multipart({ name: 'job.ts', content: zip }), 422, /not text in UTF-8/)
    const latin1 = new Uint8Array([0x63, 0x61, 0x66, 0xe9])
    await expectProblem(await multipart({ name: 'job.ts', content: latin1 }), 422, /not text in UTF-8/)
  })

  it('with another ending is 400', async () => {
    await expectProblem(await multipart({ name: 'job.py', content: 'x' }), 400, /must end with .ts, .js or .json/)
  })

  it('without job_file, with two, in another field, or as plain text, is 400', async () => {
    await expectProblem(await multipart(null, { name: 'x' }), 400, /job_file is missing/)
    await expectProblem(await multipart({ name: 'a.ts', content: 'x', field: 'file' }), 400, /call it job_file/)
    await expectProblem(await multipart(null, { job_file: 'export default 1' }), 400, /send it as a file/)
    const form = new FormData()
    form.append('job_file', new Blob(['a']), 'a.ts')
    form.append('job_file', new Blob(['b']), 'b.ts')
    const request = new Request('http://localhost', { method: 'POST', body: form })
    const headers = { 'content-type': request.headers.get('content-type') ?? '' }
    const two = { headers, payload: Buffer.from(await request.arrayBuffer()) }
    await expectProblem(two, 400, /more than one job_file/)
  })

  it('with a field that there is not, is 400 and names those that there are', async () => {
    const form = await multipart({ name: 'a.ts', content: 'x' }, { paralelism: '2' })
    await expectProblem(form, 400, /"paralelism" is unknown: there are name, parallelism, from_savepoint/)
  })

  it.each([
    ['0', 'must be from 1 to 32768'],
    ['-1', 'must be from 1 to 32768'],
    ['1000000', 'must be from 1 to 32768'],
    ['1.5', 'must be a whole number'],
    ['many', 'must be a whole number'],
    ['', 'must be a whole number'],
    ['1e3', 'must be a whole number'],
  ])('with parallelism "%s" is 400', async (parallelism, detail) => {
    const form = await multipart({ name: 'a.ts', content: 'x' }, { parallelism })
    await expectProblem(form, 400, new RegExp(`parallelism is "${parallelism}": it ${detail}`))
  })

  it('with an empty or an endless name is 400', async () => {
    await expectProblem(await multipart({ name: 'a.ts', content: 'x' }, { name: ' ' }), 400, /must not be empty/)
    const long = await multipart({ name: 'a.ts', content: 'x' }, { name: 'n'.repeat(201) })
    await expectProblem(long, 400, /at most 200/)
  })

  it('with a name that would clear a terminal is 400, and shown without harm', async () => {
    const form = await multipart({ name: 'a.ts', content: 'x' }, { name: 'a\u001b[2J' })
    await expectProblem(form, 400, /name is "a\\u001b\[2J": it must not contain control characters/)
  })

  it('with a field twice is 400', async () => {
    const form = new FormData()
    form.append('parallelism', '1')
    form.append('parallelism', '2')
    form.append('job_file', new Blob(['a']), 'a.ts')
    const request = new Request('http://localhost', { method: 'POST', body: form })
    const headers = { 'content-type': request.headers.get('content-type') ?? '' }
    const twice = { headers, payload: Buffer.from(await request.arrayBuffer()) }
    await expectProblem(twice, 400, /the field "parallelism" is there more than once/)
  })

  it('that is not multipart is 415 and says what to send', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/zip']) {
      const { answer, problem } = await submit({ headers: { 'content-type': type }, payload: Buffer.from('{}') })
      expect(answer.statusCode, type).toBe(415)
      expect(answer.headers['content-type']).toBe('application/problem+json')
      expect(problem.detail, type).toMatch(/multipart\/form-data: .* curl -F job_file=@job\.ts/)
    }
    const large = { headers: { 'content-type': 'application/json' }, payload: Buffer.alloc(100_000, 32) }
    expect((await submit(large)).answer.statusCode).toBe(415)
  })

  it('whose multipart body is cut off, garbled or without a boundary is 400', async () => {
    const whole = await multipart({ name: 'a.ts', content: 'export default env'.repeat(100) })
    const cut = { ...whole, payload: whole.payload.subarray(0, 300) }
    await expectProblem(cut, 400, /multipart body cannot be read/)
    await expectProblem(
      { ...whole, payload: Buffer.from('nonsense') },
      400,
      /multipart body cannot be read|job_file is missing/,
    )
    const noBoundary = { headers: { 'content-type': 'multipart/form-data' }, payload: whole.payload }
    await expectProblem(noBoundary, 400, /multipart body cannot be read/)
    await expectProblem({ ...whole, payload: Buffer.alloc(0) }, 400, /job_file is missing/)
  })

  it('has a file name that is never a path', async () => {
    const parts = new ApiParts()
    await submit(await multipart({ name: '../../etc/cron.d/evil\u0007.ts', content: 'x' }), parts)
    expect(parts.controlPlane.submitted[0]?.fileName).toBe('evil.ts')
    await submit(await multipart({ name: 'C:\\jobs\\mine.ts', content: 'x' }), parts)
    expect(parts.controlPlane.submitted[1]?.fileName).toBe('mine.ts')
  })

  it('with a mistake in the job is 422 with its place', async () => {
    const form = await multipart({ name: 'a.ts', content: '// fails: Unexpected "}"' })
    const { answer, problem } = await submit(form)
    expect(answer.statusCode).toBe(422)
    expect(problem).toEqual({
      type: '/docs#JOB_SYNTAX',
      title: 'The job file is not valid TypeScript or JavaScript.',
      status: 422,
      code: 'JOB_SYNTAX',
      detail: 'Unexpected "}"',
      problems: [{ operator: 'split', line: 3, column: 4, message: 'Unexpected "}"' }],
    })
  })
})

describe('a request', () => {
  it('for an unknown path is 404, for a known one with another method 405 with those that there are', async () => {
    const app = await new ApiParts().app()
    const unknown = await app.inject({ url: '/jobz?x=1', headers: asAdmin })
    expect(unknown.statusCode).toBe(404)
    expect(unknown.headers['content-type']).toBe('application/problem+json')
    expect(unknown.json().detail).toContain('/jobz')
    const wrongMethod = await app.inject({ method: 'DELETE', url: '/jobs/job_1/status', headers: asAdmin })
    expect(wrongMethod.statusCode).toBe(405)
    expect(wrongMethod.headers.allow).toBe('GET')
    expect(wrongMethod.json().detail).toContain('it takes GET')
  })

  it('for an unknown job is 404 wherever a job is named', async () => {
    const app = await new ApiParts().app()
    const named = app.mountedRoutes.filter(route => route.url.includes('/jobs/:id'))
    expect(named.length).toBeGreaterThan(10)
    for (const { method, url } of named) {
      if (method === 'HEAD') continue
      const path = url.replace(':id', 'job_ffffffff')
      const answer = await app.inject({ method: method as 'GET', url: path, headers: asAdmin })
      expect([path, answer.statusCode, answer.json().code]).toEqual([path, 404, 'NOT_FOUND'])
    }
  })

  it('with malformed JSON, the wrong types, or unknown fields is 400 and names each', async () => {
    const app = await new ApiParts().app()
    const post = (payload: string, type = 'application/json') =>
      app.inject({ method: 'POST', url: '/api/v1/tokens', payload, headers: { ...asAdmin, 'content-type': type } })
    const malformed = await post('{"name": ')
    expect([malformed.statusCode, malformed.json().detail]).toEqual([
      400,
      'the body is not valid JSON, though its Content-Type says so',
    ])
    const wrong = await post(JSON.stringify({ name: 7, role: 'root', expires_in_ms: -1, admin: true }))
    expect(wrong.statusCode).toBe(400)
    for (const field of ['body.name', 'body.role', 'body.expires_in_ms', 'admin']) {
      expect(wrong.json().detail).toContain(field)
    }
    expect(wrong.json().problems.length).toBeGreaterThanOrEqual(4)
    const polluted = await post('{"name": "x", "role": "admin", "__proto__": {"role": "admin"}}')
    expect(polluted.statusCode).toBe(400)
    expect((await post('name=x', 'application/x-www-form-urlencoded')).statusCode).toBe(415)
    expect((await post(JSON.stringify({ name: 'x'.repeat(70_000) }))).statusCode).toBe(413)
    expect((await post('')).statusCode).toBe(400)
  })

  it('with a wrong query is 400', async () => {
    const app = await new ApiParts().app()
    for (const query of ['limit=0', 'limit=x', 'limit=99999', 'subtask=-1']) {
      const answer = await app.inject({ url: `/api/v1/jobs/job_1/logs?${query}`, headers: asAdmin })
      expect([query, answer.statusCode]).toEqual([query, 400])
    }
  })

  it('with a URL that cannot be decoded is 400', async () => {
    const app = await new ApiParts().app()
    const answer = await app.inject({ url: '/jobs/%zz/status', headers: asAdmin })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json')
  })

  it('that meets a defect of ours is 500, with the reason in the log and not in the answer', async () => {
    const parts = new ApiParts()
    parts.controlPlane.listJobs = async () => {
      throw new TypeError('secretThing is undefined')
    }
    const app = await parts.app()
    const answer = await app.inject({ url: '/jobs', headers: asAdmin })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secretThing')
    expect(parts.logged.join('')).toContain('secretThing')
  })

  it('that finds the database gone is 503 and may come again', async () => {
    const parts = new ApiParts()
    parts.controlPlane.listJobs = async () => {
      throw new WeirError('DATABASE', 'the database did not answer within 5 s')
    }
    const app = await parts.app()
    const answer = await app.inject({ url: '/jobs', headers: asAdmin })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1'])
  })
})
