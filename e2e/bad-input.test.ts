import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BadInputFolder, badInputFolder } from './support/bad-input-folder.ts'
import { badJobs } from './support/bad-jobs/all.ts'
import type { BadJob } from './support/bad-jobs/bad-job.ts'
import { wideJob } from './support/bad-jobs/graphs.ts'
import { TestCluster, until } from './support/cluster.ts'
import { lastHttpAnswer, listeningPorts, noise, sendRaw } from './support/raw-socket.ts'
import { type Answer, expectProblem, expectRefusal, form, type Problem, runCli } from './support/refusals.ts'

let folder: BadInputFolder
let cluster: TestCluster
let pidsAtFirst: Record<string, number>
/** A job that has nothing to do with the bad input: it must not notice it. */
let neighbour: string
let slowestJobsMs = 0
let polling = true

const httpPort = (): number => Number(new URL(cluster.url).port)

async function send(method: string, path: string, init: Omit<RequestInit, 'method'> = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${cluster.token}`, ...init.headers }
  const answer = await fetch(cluster.url + path, { ...init, method, headers })
  const contentType = answer.headers.get('content-type') ?? ''
  return { status: answer.status, contentType, body: (await answer.json()) as Problem }
}

const submit = (...parts: Parameters<typeof form>): Promise<Answer> =>
  send('POST', '/jobs/submit', { body: form(...parts) })

const SOUND = `import { StreamExecutionEnvironment, fileSource, fileSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('sound')
env.addSource(fileSource({ path: 'in/a.txt', format: 'lines' })).addSink(fileSink({ path: 'out', format: 'lines' }))
export default env`

const ENDLESS = `import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('neighbour')
env.addSource(datagenSource({ rowsPerSecond: 500, generator: i => i })).addSink(blackholeSink())
export default env`

beforeAll(async () => {
  folder = badInputFolder()
  const { home, workdir, user } = folder
  cluster = await TestCluster.start({ home, workdir, ...user, env: { WEIR_FILE_ROOTS: folder.root } })
  pidsAtFirst = cluster.pids()
  neighbour = (await cluster.submit('neighbour.ts', ENDLESS)).body.job_id
  await cluster.reached(neighbour, ['RUNNING'])
  void (async () => {
    while (polling) {
      const began = performance.now()
      await cluster.get('/jobs')
      slowestJobsMs = Math.max(slowestJobsMs, performance.now() - began)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  })()
})

afterAll(async () => {
  polling = false
  await new Promise(resolve => setTimeout(resolve, 300))
  await cluster?.stop()
  folder?.remove()
})

describe('a job is refused by the cluster', () => {
  it.each(badJobs)('$title', async bad => {
    const answer = await submit(bad.file, bad.source)
    expectProblem(answer, bad.status ?? 422, bad.says)
    const { body } = answer
    expect(body.code).toBe(bad.code)
    if (bad.line !== undefined) expect(body.problems[0]?.line).toBe(bad.line)
    if (bad.operator !== undefined) expect(body.problems[0]?.operator).toMatch(bad.operator)
    // What the message says of paths is of the job's world, never of the processes' own code.
    expect(body.detail).not.toMatch(/\n\s+at |node_modules|\/apps\/|\/packages\//)
  })
})

describe('an upload is refused', () => {
  it.each([
    ['0', 'parallelism is "0": it must be from 1 to 32768'],
    ['-1', 'parallelism is "-1": it must be from 1 to 32768'],
    ['1000000', 'parallelism is "1000000": it must be from 1 to 32768'],
    ['two', 'parallelism is "two": it must be a whole number'],
  ])('with the field parallelism=%s', async (parallelism, detail) => {
    expectProblem(await submit('job.ts', SOUND, { parallelism }), 400, [detail])
  })

  it('with a field parallelism above the maxParallelism of the job', async () => {
    expectProblem(await submit('job.ts', SOUND, { parallelism: '129' }), 422, [
      'parallelism 129, above its maxParallelism 128',
      'lower the parallelism',
    ])
  })

  it('with a name that would clear a terminal', async () => {
    expectProblem(await submit('job.ts', SOUND, { name: 'a\u001b[2J' }), 400, [
      'name is "a\\u001b[2J"',
      'must not contain control characters',
    ])
  })

  it('of 40 MB', async () => {
    expectProblem(await submit('big.ts', '/'.repeat(40_000_000)), 413, ['the limit of 8 MiB', 'put data into files'])
  })

  it('that is empty', async () => {
    expectProblem(await submit('empty.ts', ''), 400, ['"empty.ts" is empty', "send the job's source"])
  })

  it('without a file', async () => {
    const body = new FormData()
    body.set('name', 'x')
    expectProblem(await send('POST', '/jobs/submit', { body }), 400, ['job_file is missing', 'send the job as a file'])
  })

  it('with two files, or a field twice', async () => {
    const two = form('a.ts', SOUND)
    two.append('job_file', new Blob([SOUND]), 'b.ts')
    expectProblem(await send('POST', '/jobs/submit', { body: two }), 400, [
      'more than one job_file',
      'one job at a time',
    ])
    const twice = new FormData()
    twice.append('parallelism', '1')
    twice.append('parallelism', '2')
    twice.append('job_file', new Blob([SOUND]), 'a.ts')
    expectProblem(await send('POST', '/jobs/submit', { body: twice }), 400, ['"parallelism" is there more than once'])
  })

  it('with a field that there is not, or that would be a prototype', async () => {
    const says = ['the field "paralelism" is unknown', 'there are name, parallelism, from_savepoint']
    expectProblem(await submit('job.ts', SOUND, { paralelism: '2' }), 400, says)
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expectProblem(await submit('job.ts', SOUND, { [name]: '2' }), 400, [/not allowed as field name|is unknown/])
    }
  })

  it.each(['application/json', 'text/plain', 'application/octet-stream'])('as %s', async type => {
    const answer = await send('POST', '/jobs/submit', { body: SOUND, headers: { 'content-type': type } })
    expectProblem(answer, 415, [/multipart\/form-data/, /curl -F job_file=@job\.ts/])
  })

  it('whose multipart body is garbled or has no boundary', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=b']) {
      const answer = await send('POST', '/jobs/submit', { body: '--b\r\nnonsense', headers: { 'content-type': type } })
      expectProblem(answer, 400, ['multipart body cannot be read', 'curl -F job_file=@job.ts'])
    }
  })

  it('without its file name becoming a path', async () => {
    const name = '../../../../../../tmp/weir-bad-input-escape.ts'
    const refused = await submit(name, 'const a = = 5')
    expectProblem(refused, 422, [/^weir-bad-input-escape\.ts:1:/])
    const { status, body } = await cluster.submit(name, ENDLESS)
    expect(status).toBe(201)
    await cluster.request('POST', `/jobs/${body.job_id}/cancel`)
    await cluster.reached(body.job_id, ['CANCELED'])
    expect(existsSync('/tmp/weir-bad-input-escape.ts')).toBe(false)
  })
})

describe('a request is refused', () => {
  it('for a job that there is not', async () => {
    for (const [method, path] of [
      ['GET', '/jobs/job_ffffffff/status'],
      ['GET', '/jobs/job_ffffffff/metrics'],
      ['POST', '/jobs/job_ffffffff/cancel'],
      ['GET', '/jobs/..%2f..%2fcredentials/status'],
    ] as const) {
      expectProblem(await send(method, path), 404, ['there is no job', './weir list'])
    }
  })

  it('for a path that there is not, and with another method', async () => {
    expectProblem(await send('GET', '/jobz'), 404, ['there is no path /jobz', 'GET /docs lists them'])
    expectProblem(await send('DELETE', '/jobs/submit'), 405, [
      '/jobs/submit cannot be asked with DELETE',
      'it takes POST',
    ])
  })

  it('without a token, and with a wrong one', async () => {
    const bare = (authorization?: string): Promise<Answer> =>
      fetch(`${cluster.url}/jobs`, authorization === undefined ? {} : { headers: { authorization } }).then(
        async answer => ({
          status: answer.status,
          contentType: answer.headers.get('content-type') ?? '',
          body: (await answer.json()) as Problem,
        }),
      )
    expectProblem(await bare(), 401, ['carries no token', './weir token prints it'])
    expectProblem(await bare('Basic YTpi'), 401, ['not of the form "Bearer <token>"', './weir token prints it'])
    expectProblem(await bare('Bearer wrong'), 401, [/token/, './weir token'])
  })

  it('under a foreign Host header', async () => {
    for (const host of ['evil.example', 'evil.example:8081', '127.0.0.1.evil.example', 'localhost@evil.example', '']) {
      const head = `GET /jobs HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${cluster.token}\r\nConnection: close\r\n\r\n`
      const answer = lastHttpAnswer<Problem>((await sendRaw(httpPort(), head, 5000)).text)
      expectProblem(answer, 403, [`the Host header "${host}" is not a name of this server`, 'use localhost'])
    }
  })
})

describe('a job that is large, or behaves otherwise in a slot than in the sandbox,', () => {
  const free = async (): Promise<number> =>
    (await cluster.get<{ available_slots: number }>('/cluster/metrics')).available_slots

  async function endsAtCancel(fileName: string, source: string, timeoutMs: number): Promise<void> {
    const before = await free()
    const { status, body } = await cluster.submit(fileName, source)
    expect({ status, body }).toMatchObject({ status: 201 })
    expect((await cluster.request('POST', `/jobs/${body.job_id}/cancel`)).status).toBe(202)
    await cluster.reached(body.job_id, ['CANCELED'], timeoutMs)
    await until(2000, 'the slot to be free', async () => (await free()) === before)
  }

  it('can be cancelled: 10,000 operators', async () => {
    await endsAtCancel('wide.json', wideJob(9_999), 30_000)
  })

  it('can be cancelled: an endless loop at its top level', async () => {
    await endsAtCancel('loop.ts', `if (typeof process !== 'undefined') for (;;);\n${ENDLESS}`, 10_000)
  })

  it('fails by its own error', async () => {
    const { body } = await cluster.submit(
      'throws.ts',
      `if (typeof process !== 'undefined') throw new Error('in slots')\n${ENDLESS}`,
    )
    const failed = await cluster.reached(body.job_id, ['FAILED'], 10_000)
    expect(failed.error?.message).toContain('in slots')
  })
})

describe('bytes that are nobody’s protocol', () => {
  it('on the HTTP port are answered with 400 and end their connection', async () => {
    const good = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const garbled = await sendRaw(httpPort(), `${good}${good}\u0000nonsense\r\n\r\n`, 5000)
    expect(garbled.closed).toBe(true)
    const { status, contentType, body } = lastHttpAnswer(garbled.text)
    expect({ status, contentType }).toEqual({ status: 400, contentType: 'application/problem+json' })
    expect(body.detail).toContain('not valid HTTP')
    for (let seed = 1; seed <= 5; seed++) {
      expect((await sendRaw(httpPort(), noise(4096, seed), 5000)).closed).toBe(true)
    }
  })

  it('in headers that are too large, or two lengths for one body, are refused', async () => {
    const large = await sendRaw(
      httpPort(),
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
      5000,
    )
    expect(lastHttpAnswer(large.text)).toMatchObject({
      status: 431,
      body: { detail: expect.stringContaining('too large') },
    })
    const lengths = 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'
    const smuggled = await sendRaw(
      httpPort(),
      `POST /jobs/submit HTTP/1.1\r\nHost: localhost\r\n${lengths}\r\n0\r\n\r\n`,
      5000,
    )
    expect(lastHttpAnswer(smuggled.text).status).toBe(400)
  })

  it('on every other port of the processes harm nobody', async () => {
    const ports = Object.values(cluster.pids()).flatMap(listeningPorts)
    const http = httpPort()
    const others = ports.filter(port => port !== http)
    // gRPC of both, the data port and the metrics of the TaskManager.
    expect(others.length).toBeGreaterThanOrEqual(4)
    const http2 = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    for (const port of others) {
      const letters = [
        'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n',
        Buffer.alloc(1024),
        Buffer.alloc(1024, 0xff),
        Buffer.concat([http2, noise(4096, port)]),
        Buffer.concat([http2, Buffer.alloc(4096, 0xff)]),
        ...[1, 2, 3, 4].map(seed => noise(64 * 1024, port + seed)),
      ]
      await Promise.all(letters.map(bytes => sendRaw(port, bytes, 1000)))
    }
  })
})

describe('the same job is refused by weir', () => {
  it('deploy, with the words of the cluster', async () => {
    const bad = badJobs.find(({ file }) => file === 'climb.ts') as BadJob
    writeFileSync(join(folder.workdir, 'jobs', bad.file), bad.source)
    const end = await runCli(['deploy', bad.file], {
      cwd: join(folder.workdir, 'jobs'),
      env: { ...cluster.env, WEIR_WORKDIR: folder.workdir, NO_COLOR: '1' },
      ...folder.user,
    })
    expectRefusal(end, 1, bad.says)
  })
})

describe('after all of this', () => {
  it('the cluster has the same processes, the neighbour has no restart, and GET /jobs never took 500 ms', async () => {
    expect(cluster.pids()).toEqual(pidsAtFirst)
    const jobs = await cluster.get<{ job_id: string; status: string; restarts: number }[]>('/jobs')
    expect(jobs.find(row => row.job_id === neighbour)).toMatchObject({ status: 'RUNNING', restarts: 0 })
    expect(slowestJobsMs).toBeGreaterThan(0)
    expect(slowestJobsMs).toBeLessThan(500)
  })

  it('a sound job runs to its end', async () => {
    const { status, body } = await cluster.submit('sound.ts', SOUND)
    expect({ status, body }).toMatchObject({ status: 201 })
    await cluster.reached(body.job_id, ['FINISHED'])
    expect(existsSync(join(folder.workdir, 'out'))).toBe(true)
  })
})
