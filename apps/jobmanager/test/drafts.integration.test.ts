import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { runLocally } from '@weir/local-runner/run-locally'
import { clusterSecret } from '@weir/process/credentials'
import { findFreePort } from '@weir/process/ports'
import { isChildMessage } from '@weir/process/supervision'
import type {
  CheckOutcome,
  DeployOutcome,
  Draft,
  DraftSummary,
  DraftVersion,
  SaveOutcome,
  Template,
} from '@weir/proto/web/drafts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SAMPLE_BYTES_MAX } from '../src/drafts/sample-files.ts'
import { FakeTaskManager } from './fake-task-manager.ts'
import { eventually } from './test-job-manager.ts'

/** Drafts as the pages use them: a JobManager's real process, asked over HTTP. */

const TOKEN = 'a-token-for-this-test-alone'
const workdir = mkdtempSync(join(tmpdir(), 'weir-drafts-'))
const home = join(workdir, 'home')
const processes: ChildProcess[] = []
let httpPort = 0
let rpcPort = 0
let child: ChildProcess

beforeAll(async () => {
  mkdirSync(home)
  httpPort = await findFreePort(20_000 + (process.pid % 20_000), '127.0.0.1')
  rpcPort = await findFreePort(httpPort + 1, '127.0.0.1')
  await start()
})

afterAll(() => {
  for (const started of processes) started.kill('SIGKILL')
  rmSync(workdir, { recursive: true, force: true })
})

async function start(): Promise<void> {
  child = fork(join(import.meta.dirname, '../src/main.ts'), {
    env: {
      ...process.env,
      WEIR_HOME: home,
      WEIR_TOKEN: TOKEN,
      WEIR_WORKDIR: workdir,
      JOBMANAGER_PORT: String(httpPort),
      JOBMANAGER_RPC_PORT: String(rpcPort),
    },
    execArgv: [],
  })
  processes.push(child)
  for (;;) {
    const [message] = await once(child, 'message')
    if (!isChildMessage(message) || message.type === 'progress') continue
    expect(message.type).toBe('ready')
    return
  }
}

const headers = { authorization: `Bearer ${TOKEN}` }
const url = (path: string): string => `http://127.0.0.1:${httpPort}${path}`

async function answerOf<T>(response: Response): Promise<T> {
  const body = (await response.json()) as { result?: { data: T }; error?: { message: string } }
  if (body.result === undefined) throw new WeirError('ASSERTION', `${response.status}: ${JSON.stringify(body)}`)
  return body.result.data
}

async function query<T>(procedure: string, input?: unknown): Promise<T> {
  const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
  return answerOf(await fetch(url(`/trpc/${procedure}${search}`), { headers }))
}

async function mutate<T>(procedure: string, input: unknown): Promise<T> {
  const body = JSON.stringify(input)
  return answerOf(
    await fetch(url(`/trpc/${procedure}`), {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    }),
  )
}

function putSample(draftId: string, name: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(url(`/api/v1/drafts/${draftId}/samples/${encodeURIComponent(name)}`), {
    method: 'PUT',
    body,
    headers: { ...headers, 'content-type': 'application/octet-stream' },
  })
}

const blank = (): Promise<Draft> => mutate<Draft>('drafts.create', { from: 'blank' })

async function save(draft: Draft, source: string): Promise<number> {
  const outcome = await mutate<SaveOutcome>('drafts.save', {
    draftId: draft.draftId,
    source,
    baseRevision: draft.revision,
  })
  if (!outcome.ok) throw new WeirError('CONFLICT', `revision ${outcome.current.revision} is stored`)
  return outcome.revision
}

const check = (source: string, fileName = 'job.ts'): Promise<CheckOutcome> =>
  mutate('drafts.check', { source, fileName, parallelism: null })

describe('a draft', () => {
  it('begins as a job that runs, and what was saved survives kill -9 at once', { timeout: 60_000 }, async () => {
    const draft = await blank()
    expect(draft).toMatchObject({
      draftId: expect.stringMatching(/^draft_[0-9a-f]{8}$/),
      name: 'New pipeline',
      fileName: 'pipeline.ts',
      revision: 1,
      jobId: null,
      samples: [],
    })
    expect(await check(draft.source, draft.fileName)).toMatchObject({ problems: [], slotsNeeded: 1 })
    expect(await blank()).toMatchObject({ name: 'New pipeline 2' })

    const edited = `${draft.source}// edited ünïcödé 🌊\r\n`
    expect(await save(draft, edited)).toBe(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await start()
    expect(await query<Draft>('drafts.get', { draftId: draft.draftId })).toMatchObject({ source: edited, revision: 2 })
    const [first] = await query<DraftSummary[]>('drafts.list')
    expect(first).toMatchObject({ draftId: draft.draftId })
    const versions = await query<DraftVersion[]>('drafts.versions', { draftId: draft.draftId })
    expect(versions.map(({ revision }) => revision)).toEqual([2, 1])
    const old = await query<{ source: string }>('drafts.versionSource', { draftId: draft.draftId, revision: 1 })
    expect(old.source).toBe(draft.source)
  })

  it('is not overwritten by a page that knows an older text', async () => {
    const draft = await blank()
    await save(draft, 'mine')
    const theirs = { draftId: draft.draftId, source: 'theirs', baseRevision: draft.revision }
    const outcome = await mutate<SaveOutcome>('drafts.save', theirs)
    expect(outcome).toMatchObject({ ok: false, current: { source: 'mine', revision: 2, samples: [] } })
  })

  it('may be empty while it is written, be renamed, and be removed', async () => {
    const draft = await blank()
    await save(draft, '')
    const renamed = await mutate<DraftSummary>('drafts.rename', { draftId: draft.draftId, name: 'Orders' })
    expect(renamed).toMatchObject({ name: 'Orders', revision: 2 })
    await putSample(draft.draftId, 'in.csv', 'a\n1\n')
    await mutate('drafts.remove', { draftId: draft.draftId })
    await expect(query('drafts.get', { draftId: draft.draftId })).rejects.toThrow(/404.*there is no draft/)
    expect(existsSync(join(home, 'uploads', draft.draftId))).toBe(false)
  })

  it('begins with a file of the user, whose name says what it is written in', async () => {
    const draft = await mutate<Draft>('drafts.create', { from: 'source', fileName: '../my job.js', source: 'x' })
    expect(draft).toMatchObject({ name: 'my job', fileName: 'my job.js', source: 'x' })
    const wrong = mutate('drafts.create', { from: 'source', fileName: 'job.py', source: 'x' })
    await expect(wrong).rejects.toThrow(/a job is a \.ts, \.js or \.json file/)
  })
})

describe('a check', () => {
  it('names every operator with its place, and all that is wrong on this cluster at once', async () => {
    const outcome = await check(`import { fileSink, fileSource, StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('copy')
console.log('building')
env.addSource(fileSource({ path: 'missing.txt', format: 'lines' })).addSink(fileSink({ path: 'home/out', format: 'lines' }))
env.enableCheckpointing(1_000)
  .fromElements(1)
  .map(n => n)
export default env
`)
    expect(outcome.pipeline?.operators.map(({ type, place }) => [type, place])).toEqual([
      ['fileSource', { line: 4, column: 5 }],
      ['fileSink', { line: 4, column: 69 }],
      ['collection', { line: 6, column: 4 }],
      ['map', { line: 7, column: 4 }],
    ])
    const rows = outcome.problems.map(({ severity, line, column, message }) => [severity, line, column, message])
    expect(rows).toEqual([
      ['error', 4, 69, expect.stringMatching(/may not use the path home\/out: it lies in WEIR_HOME/)],
      ['error', 4, 5, expect.stringMatching(/missing\.txt/)],
      ['warning', 7, 4, expect.stringMatching(/^Nobody takes the records of operator "map"/)],
      ['info', null, null, expect.stringMatching(/^Checkpoints are not there/)],
    ])
    expect(outcome.console).toEqual(['building'])
    expect(outcome).toMatchObject({ slotsNeeded: 1, slotsFree: 0, slotsTotal: 0 })
  })

  it('of what is no program names each place', async () => {
    const outcome = await check(`import a from 'a'\n  import b from './b.ts'\n`)
    expect(outcome).toMatchObject({ pipeline: null, slotsNeeded: null })
    expect(outcome.problems.map(({ line, column }) => [line, column])).toEqual([
      [1, 15],
      [2, 17],
    ])
    expect((await check('')).problems).toMatchObject([{ severity: 'error', line: null, column: null }])
  })

  it('that waits is superseded by a newer one of the same page, and nobody else', async () => {
    const source = (await blank()).source
    const ask = (caller: string) => mutate('drafts.check', { source, fileName: 'a.ts', parallelism: null, caller })
    const answers = await Promise.allSettled([ask('one'), ask('two'), ask('two'), ask('three'), ask('two')])
    const refused = answers.filter(answer => answer.status === 'rejected')
    expect(refused).toHaveLength(2)
    for (const { reason } of refused) expect(String(reason)).toMatch(/409.*superseded by a newer one/)
  })
})

describe('a deployment', () => {
  it('waits for TaskManagers where there is none, runs when one comes, and is known to the draft', async () => {
    const draft = await blank()
    const revision = await save(draft, `${draft.source}// deployed\n`)
    const request = { draftId: draft.draftId, revision, name: 'Orders live', parallelism: 2 }
    const began = performance.now()
    const outcome = await mutate<DeployOutcome>('drafts.deploy', request)
    expect(performance.now() - began).toBeLessThan(10_000)
    if (!outcome.ok) throw new WeirError('ASSERTION', outcome.message)
    expect(outcome.status).toBe('CREATED')
    const { jobId } = outcome
    const status = async () =>
      (await (await fetch(url(`/jobs/${jobId}/status`), { headers })).json()) as { readonly status: string }
    expect(await status()).toMatchObject({ name: 'Orders live', reason: 'needs 2 slots, 0 are free' })
    const shown = { jobId, deployedRevision: revision }
    expect(await query<Draft>('drafts.get', { draftId: draft.draftId })).toMatchObject(shown)
    const [latest] = await query<DraftVersion[]>('drafts.versions', { draftId: draft.draftId })
    expect(latest).toMatchObject({ kind: 'deployed', revision, jobId })

    const options = { id: 'tm-1', incarnation: 'i1', slots: 2, secret: clusterSecret({ home }), finishes: false }
    const taskManager = new FakeTaskManager({ ...options, jobManagerPort: rpcPort })
    await taskManager.start()
    await eventually(async () => (await status()).status === 'RUNNING', 10_000)
    expect(taskManager.deployments).toHaveLength(1)
    taskManager.kill()

    // The job's source leads back to its draft, until that says something else.
    expect(await mutate<Draft>('drafts.create', { from: 'job', jobId })).toMatchObject({ draftId: draft.draftId })
    await save({ ...draft, revision }, 'something else')
    const copy = await mutate<Draft>('drafts.create', { from: 'job', jobId })
    expect(copy.draftId).not.toBe(draft.draftId)
    expect(copy).toMatchObject({ name: 'Orders live', source: `${draft.source}// deployed\n` })
  })

  it('of what cannot run says where it is wrong, and makes no job', async () => {
    const draft = await blank()
    const revision = await save(draft, 'const x = ;\n')
    const jobs = async () => ((await (await fetch(url('/jobs'), { headers })).json()) as unknown[]).length
    const before = await jobs()
    const request = { draftId: draft.draftId, revision, name: 'x', parallelism: null }
    const outcome = await mutate<DeployOutcome>('drafts.deploy', request)
    expect(outcome).toMatchObject({ ok: false, problems: [{ severity: 'error', line: 1, column: 11 }] })
    expect(await jobs()).toBe(before)
    const gone = await mutate<DeployOutcome>('drafts.deploy', { ...request, revision: 99 })
    expect(gone).toMatchObject({ ok: false, message: expect.stringMatching(/has been edited since/), problems: [] })
    await expect(mutate('drafts.deploy', { ...request, draftId: 'draft_00000000' })).rejects.toThrow(/404/)
  })
})

describe('a sample file', () => {
  it('is read by a job under the path that it is given with', async () => {
    const draft = await blank()
    const response = await putSample(draft.draftId, 'my words.txt', 'one\ntwo\nthree\n')
    expect(response.status).toBe(200)
    const { path, size_bytes } = (await response.json()) as { path: string; size_bytes: number }
    expect(size_bytes).toBe(14)
    const { samples } = await query<Draft>('drafts.get', { draftId: draft.draftId })
    expect(samples).toMatchObject([{ name: 'my words.txt', path, head: 'one\ntwo\nthree\n' }])
    const source = `import { fileSource, StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('words')
env.addSource(fileSource({ path: ${JSON.stringify(path)}, format: 'lines' })).print()
export default env
`
    expect((await check(source)).problems).toEqual([])
    const revision = await save(draft, source)
    const request = { draftId: draft.draftId, revision, name: 'words', parallelism: null }
    expect(await mutate<DeployOutcome>('drafts.deploy', request)).toMatchObject({ ok: true })
    const rows: unknown[] = []
    const file = join(workdir, 'words.ts')
    writeFileSync(file, source)
    await runLocally({ file, workdir, onRow: ({ row }) => rows.push(row) })
    expect(rows).toEqual(['print[0]> one', 'print[0]> two', 'print[0]> three'])
  })

  it('above the limit is 413, whether its length was announced or not, and the answer can be read', async () => {
    const draft = await blank()
    const announced = await putSample(draft.draftId, 'big.bin', new Uint8Array(SAMPLE_BYTES_MAX + 1))
    expect(announced.status).toBe(413)
    expect(await announced.json()).toMatchObject({ status: 413, detail: expect.stringMatching(/limit of 32 MiB/) })
    expect(await putInChunks(draft.draftId, SAMPLE_BYTES_MAX + 1024 * 1024)).toBe(413)
    expect(await putInChunks(draft.draftId, 1024 * 1024)).toBe(200)
    const { samples } = await query<Draft>('drafts.get', { draftId: draft.draftId })
    expect(samples).toMatchObject([{ name: 'chunks.bin', sizeBytes: 1024 * 1024 }])
  })

  it('is refused for a draft that is not there, with another type, and by a name that says nothing', async () => {
    const draft = await blank()
    expect((await putSample('draft_00000000', 'a', 'x')).status).toBe(404)
    expect((await putSample('..', 'a', 'x')).status).toBe(404)
    expect((await putSample(draft.draftId, '..\\', 'x')).status).toBe(400)
    const samples = url(`/api/v1/drafts/${draft.draftId}/samples/a`)
    const typed = await fetch(samples, {
      method: 'PUT',
      body: '{}',
      headers: { ...headers, 'content-type': 'text/csv' },
    })
    expect(typed.status).toBe(415)
    expect((await fetch(samples, { method: 'DELETE', headers })).status).toBe(404)
    await putSample(draft.draftId, 'a', 'x')
    expect((await fetch(samples, { method: 'DELETE', headers })).status).toBe(204)
    await putSample(draft.draftId, 'b', 'x')
    expect(await mutate('drafts.removeSample', { draftId: draft.draftId, name: 'b' })).toBeUndefined()
    expect((await query<Draft>('drafts.get', { draftId: draft.draftId })).samples).toEqual([])
  })
})

describe('templates', () => {
  it('are the examples, each drawn, and each runs as it is', { timeout: 60_000 }, async () => {
    const starters = await query<Template[]>('templates.starters')
    expect(starters.map(({ id }) => id)).toEqual(['word-count', 'anomaly-detector'])
    const templates = await query<Template[]>('templates.list')
    expect(templates.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['book-words', 'earthquakes', 'word-count', 'best-sellers', 'page-views']),
    )
    for (const template of templates) {
      expect(template.pipeline.operators.length, template.id).toBeGreaterThan(1)
      expect(template.sentence, template.id).toMatch(/^[A-Z].*\.$/)
      expect(template.tags.length, template.id).toBeGreaterThan(0)
      const draft = await mutate<Draft>('drafts.create', { from: 'template', templateId: template.id })
      expect(draft).toMatchObject({ name: template.title, fileName: template.fileName })
      // This work folder has no data/: the paths lead to that of the project.
      const { problems } = await check(draft.source, draft.fileName)
      expect(
        problems.filter(({ severity }) => severity !== 'info'),
        template.id,
      ).toEqual([])
    }
    expect(templates.find(({ id }) => id === 'book-words')).toMatchObject({ title: 'Book words', bounded: true })
    expect(templates.find(({ id }) => id === 'word-count')).toMatchObject({ bounded: false })
    const source = readFileSync(join(import.meta.dirname, '../../../examples/word-count.ts'), 'utf8')
    expect(templates.find(({ id }) => id === 'word-count')?.source).toBe(source)
    const unknown = mutate('drafts.create', { from: 'template', templateId: '../package' })
    await expect(unknown).rejects.toThrow(/404.*there is no template/)
  })
})

/** A body whose length nobody knows beforehand. */
function putInChunks(draftId: string, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url(`/api/v1/drafts/${draftId}/samples/chunks.bin`), {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
    })
    request.on('error', reject)
    request.on('response', response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    const chunk = Buffer.alloc(1024 * 1024)
    const write = (left: number): void => {
      if (left === 0) request.end()
      else request.write(chunk, () => write(left - chunk.length))
    }
    write(bytes)
  })
}
