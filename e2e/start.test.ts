import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TestCluster, until } from './support/cluster.ts'

const clusters: TestCluster[] = []
const homes: string[] = []

/** Is stopped after the test. */
async function start(options: Parameters<typeof TestCluster.start>[0] = {}): Promise<TestCluster> {
  const cluster = await TestCluster.start(options)
  clusters.push(cluster)
  return cluster
}

/** As at somebody's first start; removed after all. */
function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'weir-home-'))
  homes.push(home)
  return home
}

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.stop()
})
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

/** Scripts need the nonce of this very answer, and every script of the page has it. */
async function expectStrictPolicy(answer: Response): Promise<void> {
  const policy = answer.headers.get('content-security-policy') ?? ''
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? ''
  const nonce = /'nonce-([^']+)'/.exec(scripts)?.[1]
  expect(nonce).toBeDefined()
  expect(scripts).not.toMatch(/unsafe-(inline|eval)/)
  const tags = [...(await answer.text()).matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag)
  expect(tags.length).toBeGreaterThan(0)
  expect(tags.filter(tag => !tag.includes(`nonce="${nonce}"`))).toEqual([])
}

async function sessionCookieName(cluster: TestCluster): Promise<string | undefined> {
  const link = await cluster.request<{ url: string }>('POST', '/api/v1/login-links')
  const opened = await fetch(link.body.url, { redirect: 'manual' })
  return opened.headers.get('set-cookie')?.split('=')[0]
}

/** One that goes on for ever, and one that does not come back from its function. */
async function keepBusy(cluster: TestCluster): Promise<void> {
  const job = (
    name: string,
    map: string,
  ) => `import { StreamExecutionEnvironment, blackholeSink, datagenSource } from '@weir/sdk'
const env = new StreamExecutionEnvironment('${name}')
env.addSource(datagenSource({ generator: index => index })).map(${map}).addSink(blackholeSink())
export default env`
  const jobs = [job('endless', 'n => n + 1'), job('loop', 'n => { for (;;) n++ }')]
  for (const [index, source] of jobs.entries()) {
    const { body } = await cluster.submit(`busy-${index}.ts`, source)
    await cluster.reached(body.job_id, ['RUNNING'])
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the embedded cluster', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start({ home: emptyHome() })
  })
  // The last of these tests has ended it.
  afterAll(() => cluster?.stop())

  it('ends with its addresses, a login link that opens the web app once, and the next command', async () => {
    const shown = cluster.output.slice(cluster.output.indexOf('Weir is running.'))
    expect(shown.indexOf(cluster.webUrl)).toBeGreaterThan(0)
    expect(shown.indexOf(cluster.url)).toBeGreaterThan(shown.indexOf(cluster.webUrl))
    expect(shown).toContain('./weir deploy examples/word-count.ts')
    const link = /http:\S+\/login\S+/.exec(cluster.output)?.[0] ?? ''
    expect(link.startsWith(`${cluster.webUrl}/login?`)).toBe(true)
    const first = await fetch(link, { redirect: 'manual' })
    expect(first.status).toBe(303)
    const cookie = first.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=(Strict|Lax)/i)
    const home = await fetch(new URL(first.headers.get('location') ?? '', cluster.webUrl), {
      headers: { cookie: cookie.split(';')[0] as string },
    })
    expect(home.status).toBe(200)
    await expectStrictPolicy(home)
    const jobs = await fetch(`${cluster.url}/jobs`, { headers: { cookie: cookie.split(';')[0] } })
    expect(jobs.status).toBe(200)
    const second = await fetch(link, { redirect: 'manual' })
    expect(second.headers.get('set-cookie')).toBeNull()
    expect(second.headers.get('location') ?? '').not.toMatch(/^\/?$/)
    expect(await (await fetch(`${cluster.url}/`)).json()).toMatchObject({ name: 'weir', status: 'ok', role: 'leader' })
    expect(await (await fetch(`${cluster.url}/openapi.json`)).json()).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
    })
    expect((await fetch(`${cluster.url}/docs`)).status).toBe(200)
  })

  it('passes what is meant for the JobManager on to it, and refuses foreign names', async () => {
    const authorization = `Bearer ${cluster.token}`
    const jobs = await fetch(`${cluster.webUrl}/api/v1/jobs`, { headers: { authorization } })
    expect(jobs.status).toBe(200)
    expect((await fetch(`${cluster.webUrl}/api/v1/jobs`)).status).toBe(401)
    // fetch does not let a Host header through.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { headers: { host: 'evil.example', authorization } }
      get(`${cluster.webUrl}/api/v1/jobs`, options, answer => {
        answer.resume()
        resolve(answer.statusCode)
      }).on('error', reject)
    })
    expect(status).toBe(421)
  })

  it('starts the server of the web app again when it dies', async () => {
    const before = cluster.pids().web as number
    process.kill(before, 'SIGKILL')
    await until(5000, 'the web app to answer again', async () => {
      const pid = cluster.pids().web
      if (pid === undefined || pid === before) return false
      return fetch(`${cluster.webUrl}/login`).then(
        answer => answer.status === 200,
        () => false,
      )
    })
  })

  it('stops everything within 5 s of Ctrl-C, jobs that run and one that loops too', async () => {
    await keepBusy(cluster)
    const pids = Object.values(cluster.pids())
    expect(Object.keys(cluster.pids()).sort()).toEqual(['jobmanager', 'tm-1', 'web'])
    cluster.process.kill('SIGINT')
    await until(5000, 'every process to end', () => !pids.some(isAlive) && cluster.process.exitCode !== null)
  })
})

describe('a second cluster on the same machine', () => {
  let one: TestCluster
  let two: TestCluster
  beforeAll(async () => {
    await Promise.all([
      TestCluster.start().then(cluster => {
        one = cluster
      }),
      TestCluster.start().then(cluster => {
        two = cluster
      }),
    ])
  })
  afterAll(() => Promise.all([one?.stop(), two?.stop()]))

  it('keeps its jobs and its sessions to itself', async () => {
    const { body } = await two.submit(
      'hello.ts',
      `import { StreamExecutionEnvironment, blackholeSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('only in two')
env.fromElements(1).addSink(blackholeSink())
export default env`,
    )
    await two.reached(body.job_id, ['FINISHED'])
    expect(await one.get('/jobs')).toEqual([])
    // A browser sends the cookies of all ports of a host to each of them: they must not replace one another.
    const names = await Promise.all([one, two].map(sessionCookieName))
    expect(new Set(names).size).toBe(2)
  })

  it('leaves no child behind within 5 s when it is killed with -9', async () => {
    await keepBusy(two)
    const pids = Object.values(two.pids())
    two.process.kill('SIGKILL')
    await until(5000, 'every child to end', () => !pids.some(isAlive))
    expect(await one.get('/jobs')).toEqual([])
  })
})

describe('a start that cannot succeed', () => {
  it.each(['JOBMANAGER_PORT', 'WEB_PORT'])('names a port of %s that is taken, and a free one', async variable => {
    const holder = createServer()
    await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const error = await start({ env: { [variable]: String(port) } }).catch(e => (e as Error).message)
      expect(error).toContain(`port ${port}`)
      expect(error).toMatch(new RegExp(`${variable}=\\d+`))
    } finally {
      holder.close()
    }
  })

  it('refuses an unknown WEIR_ variable and a value out of range by name', async () => {
    const unknown = await start({ env: { WEIR_HOMES: '/tmp' } }).catch(e => (e as Error).message)
    expect(unknown).toContain('WEIR_HOMES')
    expect(unknown).toContain('WEIR_HOME')
    const range = await start({ env: { TASK_SLOTS: '0' } }).catch(e => (e as Error).message)
    expect(range).toContain('TASK_SLOTS')
  })

  it('refuses to listen for HTTP beyond this machine, and says why', async () => {
    const error = await start({ env: { WEIR_HOST: '0.0.0.0' } }).catch(e => (e as Error).message)
    expect(error).toContain('WEIR_HOST')
  })
})
