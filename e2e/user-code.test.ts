import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JobStatus, TestCluster, until } from './support/cluster.ts'

let cluster: TestCluster
/** A job that has nothing to do with the broken ones: it must not notice them. */
let neighbour: string
let slowestJobsMs = 0
let polling = true

interface JobRow {
  readonly job_id: string
  readonly restarts: number
  readonly status: string
}

const HEAD = `import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'\n`

/** A job whose operator 'broken' runs `body` for the value `i`; line 5 of the file is the body's. */
function jobWith(body: string): string {
  return `${HEAD}const env = new StreamExecutionEnvironment('broken job')
env.addSource(datagenSource<number>({ rowsPerSecond: 200, seed: 1, generator: i => i })).name('numbers')
  .map(i => {
    ${body}
    return i
  }).name('broken')
  .addSink(blackholeSink())
export default env`
}

async function submit(source: string): Promise<string> {
  const { status, body } = await cluster.submit('broken.ts', source)
  expect({ status, body }).toMatchObject({ status: 201 })
  return body.job_id
}

beforeAll(async () => {
  cluster = await TestCluster.start({ env: { MEMORY_SIZE: '1024' } })
  neighbour = await submit(`${HEAD}const env = new StreamExecutionEnvironment('neighbour')
env.addSource(datagenSource<number>({ rowsPerSecond: 500, seed: 1, generator: i => i })).addSink(blackholeSink())
export default env`)
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
})

async function neighbourIsWell(): Promise<void> {
  const row = (await cluster.get<JobRow[]>('/jobs')).find(job => job.job_id === neighbour)
  expect(row).toMatchObject({ status: 'RUNNING', restarts: 0 })
}

async function failsNaming(source: string, message: RegExp): Promise<JobStatus> {
  const id = await submit(source)
  const failed = await cluster.reached(id, ['FAILED'], 10_000)
  expect(failed.error?.operator).toBe('broken')
  expect(failed.error?.message).toMatch(message)
  await neighbourIsWell()
  return failed
}

describe('user code that breaks', () => {
  it('by throwing fails its job alone, with operator, message and line', async () => {
    const failed = await failsNaming(jobWith(`if (i === 50) throw new Error('fifty is too much')`), /fifty is too much/)
    expect(failed.error?.stack).toContain('broken.ts:5')
  })

  it('by process.exit fails its job alone', async () => {
    await failsNaming(jobWith('if (i === 50) process.exit(3)'), /process\.exit/)
  })

  it.each([
    [
      'many records',
      'const hoard = ((globalThis as any).hoard ??= []); for (let k = 0; k < 20; k++) hoard.push(new Array(50000).fill(i + k))',
    ],
    ['one call that never returns', 'const hoard: unknown[] = []; for (;;) hoard.push(new Array(1000).fill(i))'],
    [
      'a map that doubles',
      `const hoard = new Map(); for (let k = 0; ; k++) hoard.set('key ' + k, { k, more: [k, k] })`,
    ],
    ['an array of numbers', 'const hoard: number[] = []; for (let k = 0; ; k++) hoard.push(k)'],
  ])('by using up its heap in %s fails its job alone', async (_title, body) => {
    const pid = cluster.pids()['tm-1']
    await failsNaming(jobWith(`if (i >= 20) { ${body} }`), /memory/)
    expect(cluster.pids()['tm-1'], 'the TaskManager lives').toBe(pid)
  })

  it('by a rejection that nobody handles fails its job alone', async () => {
    await failsNaming(jobWith(`if (i === 50) void Promise.reject(new Error('left alone'))`), /left alone/)
  })

  it('by a catastrophic regular expression is reported as making no progress, and can be cancelled', async () => {
    const id = await submit(jobWith(`if (i === 50) /^(a+)+$/.test('a'.repeat(60) + 'b')`))
    await until(9000, 'the report of no progress', async () => {
      const { reason } = await cluster.status(id)
      return reason !== null && /no progress for \d+ s in operator '?broken/.test(reason)
    })
    await cluster.request('POST', `/jobs/${id}/cancel`)
    await cluster.reached(id, ['CANCELED'], 10_000)
    await neighbourIsWell()
  })

  it('by an endless loop is reported as making no progress, and its slot is free within 10 s of cancel', async () => {
    const free = async (): Promise<number> =>
      (await cluster.get<{ available_slots: number }>('/cluster/metrics')).available_slots
    const before = await free()
    const id = await submit(jobWith('if (i === 50) for (;;);'))
    await until(9000, 'the report of no progress', async () => {
      const { reason } = await cluster.status(id)
      return reason !== null && /no progress for \d+ s in operator '?broken/.test(reason)
    })
    expect(await cluster.request('POST', `/jobs/${id}/cancel`)).toMatchObject({ status: 202 })
    await cluster.reached(id, ['CANCELED'], 10_000)
    await until(2000, 'the slot to be free', async () => (await free()) === before)
    await neighbourIsWell()
  })

  it('never keeps GET /jobs from answering within 500 ms', () => {
    expect(slowestJobsMs).toBeGreaterThan(0)
    expect(slowestJobsMs).toBeLessThan(500)
  })
})

describe('what user code prints', () => {
  it('stands in the log with its job and operator', async () => {
    const id = await submit(jobWith(`if (i === 10) console.log('ten it is', { i })`))
    const file = join(cluster.home, 'logs/tm-1.log')
    await until(10_000, 'the line in the log', () => readFileSync(file, 'utf8').includes('ten it is { i: 10 }'))
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .find(text => text.includes('ten it is'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      job: id,
      operator: 'broken',
      subtask: 0,
      attempt: 1,
      level: 'info',
    })
    await cluster.request('POST', `/jobs/${id}/cancel`)
  })
})
