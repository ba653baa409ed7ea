import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { node, root, TestCluster, until } from './support/cluster.ts'

const clusters: TestCluster[] = []

async function start(options: Parameters<typeof TestCluster.start>[0] = {}): Promise<TestCluster> {
  const cluster = await TestCluster.start(options)
  clusters.push(cluster)
  return cluster
}

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.stop()
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the embedded cluster', () => {
  it('ends with its addresses, a login link that works once, and the next command', async () => {
    const cluster = await start()
    expect(cluster.output).toContain(cluster.url)
    expect(cluster.output).toContain('./weir deploy examples/word-count.ts')
    const link = /http:\S+\/login\S+/.exec(cluster.output)?.[0] ?? ''
    const first = await fetch(link, { redirect: 'manual' })
    expect(first.status).toBeLessThan(400)
    const cookie = first.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=(Strict|Lax)/i)
    const jobs = await fetch(`${cluster.url}/jobs`, { headers: { cookie: cookie.split(';')[0] } })
    expect(jobs.status).toBe(200)
    const second = await fetch(link, { redirect: 'manual' })
    expect(second.status).toBeGreaterThanOrEqual(400)
    expect(await (await fetch(`${cluster.url}/`)).json()).toMatchObject({ name: 'weir', status: 'ok', role: 'leader' })
    expect(await (await fetch(`${cluster.url}/openapi.json`)).json()).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
    })
    expect((await fetch(`${cluster.url}/docs`)).status).toBe(200)
  })

  it('stops everything within 5 s of Ctrl-C', async () => {
    const cluster = await start()
    const pids = Object.values(cluster.pids())
    cluster.process.kill('SIGINT')
    await until(5000, 'every process to end', () => !pids.some(isAlive) && cluster.process.exitCode !== null)
  })

  it('leaves no child behind within 5 s when it is killed with -9', async () => {
    const cluster = await start()
    const pids = Object.values(cluster.pids())
    cluster.process.kill('SIGKILL')
    await until(5000, 'every child to end', () => !pids.some(isAlive))
  })

  it('finds its jobs again at a second start, which takes less than 10 s', async () => {
    const home = mkdtempSync(join(tmpdir(), 'weir-home-'))
    try {
      const first = await start({ home })
      const { body } = await first.submit(
        'hello.ts',
        `import { StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('hello')
env.fromElements('a', 'b').map(text => text.toUpperCase()).print()
export default env`,
      )
      await first.reached(body.job_id, ['FINISHED'])
      await first.stop()
      const began = performance.now()
      const second = await start({ home })
      expect(performance.now() - began).toBeLessThan(10_000)
      expect(await second.status(body.job_id)).toMatchObject({ name: 'hello', status: 'FINISHED' })
      await second.stop()
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })

  it('runs twice on one machine', async () => {
    const [one, two] = [await start(), await start()]
    const { body } = await two.submit(
      'hello.ts',
      `import { StreamExecutionEnvironment, blackholeSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('only in two')
env.fromElements(1).addSink(blackholeSink())
export default env`,
    )
    await two.reached(body.job_id, ['FINISHED'])
    expect(await one.get('/jobs')).toEqual([])
  })

  it('names a port that is taken, its variable, and a free one', async () => {
    const holder = createServer()
    await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const error = await start({ env: { JOBMANAGER_PORT: String(port) } }).catch(e => (e as Error).message)
      expect(error).toContain(`port ${port}`)
      expect(error).toMatch(/JOBMANAGER_PORT=\d+/)
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

describe('npm start', () => {
  it('is quick when everything is built', { timeout: 60_000 }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'weir-home-'))
    const holder = createServer()
    await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
    holder.close()
    const cluster = await start({ home })
    const env = { ...cluster.env }
    await cluster.stop()
    const began = performance.now()
    const child = spawn(node, [join(root, 'scripts/start.mjs')], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', text => {
      output += text
    })
    child.stderr.on('data', text => {
      output += text
    })
    try {
      await until(10_000, `npm start to be ready; it said: ${output}`, () => output.includes('Weir is running.'))
      expect(performance.now() - began).toBeLessThan(10_000)
    } finally {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGINT')
      await ended
      rmSync(home, { recursive: true, force: true })
    }
  })
})
