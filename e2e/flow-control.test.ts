import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCluster, until } from './support/cluster.ts'
import { lastHttpAnswer, type RawAnswer, sendRaw } from './support/raw-socket.ts'

/** A request that never ends is ended after 60 s, which is looked at every 30 s. */
const UNFINISHED_MS_MAX = 100_000

let cluster: TestCluster
let pidsAtFirst: Record<string, number>
/** Is waited for by the last test, and meanwhile must not keep the others from anything. */
let unfinished: Promise<RawAnswer>

beforeAll(async () => {
  cluster = await TestCluster.start()
  pidsAtFirst = cluster.pids()
  const endless = `POST /jobs/submit HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${cluster.token}\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n--b\r\r\n`
  unfinished = sendRaw(Number(new URL(cluster.url).port), endless, UNFINISHED_MS_MAX)
})
afterAll(async () => {
  await cluster?.stop()
})

interface Metrics {
  readonly vertices: readonly {
    readonly name: string
    readonly records_in: number | null
    readonly records_out: number | null
    readonly records_per_second: number | null
    readonly busy: number | null
    readonly backpressure: number | null
  }[]
}

/** Resident memory of a process, bytes. Linux. */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

describe('a map of 1 ms a record behind an unthrottled source', () => {
  it('slows the source down to its own pace, in constant memory', { timeout: 180_000 }, async () => {
    const { status, body } = await cluster.submit(
      'slow-map.ts',
      `import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('slow map')
env.addSource(datagenSource<{ i: number; text: string }>({ seed: 1, generator: i => ({ i, text: 'text ' + i }) })).name('numbers')
  .map(row => {
    const until = performance.now() + 1
    while (performance.now() < until);
    return row
  }).name('slow').startNewChain()
  .addSink(blackholeSink())
export default env`,
    )
    expect({ status, body }).toMatchObject({ status: 201 })
    await cluster.reached(body.job_id, ['RUNNING'])
    const pid = cluster.pids()['tm-1']
    await sleep(30_000)
    const at30 = residentBytes(pid)
    await sleep(60_000)
    const at90 = residentBytes(pid)
    const { vertices } = await cluster.get<Metrics>(`/jobs/${body.job_id}/metrics`)
    const [source, map] = vertices
    expect((at90 - at30) / 1024 / 1024, 'growth of the TaskManager, MB').toBeLessThan(50)
    expect(source.backpressure).toBeGreaterThanOrEqual(0.9)
    expect(map.busy).toBeGreaterThanOrEqual(0.9)
    // The rates converge: what the source is ahead is what fits into the channel.
    const ahead = (source.records_out ?? 0) - (map.records_in ?? 0)
    expect(ahead).toBeLessThan(3000)
    expect(map.records_in).toBeGreaterThan(20_000)
    await cluster.request('POST', `/jobs/${body.job_id}/cancel`)
    await cluster.reached(body.job_id, ['CANCELED'], 10_000)
  })
})

describe('a diamond of paths of different speed', () => {
  it('does not deadlock with 2 buffers for each channel', async () => {
    const { status, body } = await cluster.submit(
      'diamond.ts',
      `import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
const env = new StreamExecutionEnvironment('diamond').setParallelism(2)
const numbers = env.addSource(datagenSource<number>({ count: 4000, seed: 1, generator: i => i }))
const fast = numbers.rebalance().map(i => i)
const slow = numbers.rebalance().map(i => {
  const until = performance.now() + 1
  while (performance.now() < until);
  return i
})
fast.union(slow).rebalance().addSink(blackholeSink()).name('all')
export default env`,
    )
    expect({ status, body }).toMatchObject({ status: 201 })
    await until(60_000, 'the diamond to end', async () => (await cluster.status(body.job_id)).status === 'FINISHED')
    // The last figures of a slot arrive with the heartbeat after its end.
    await until(5000, 'all 8000 records to be counted', async () => {
      const { vertices } = await cluster.get<Metrics>(`/jobs/${body.job_id}/metrics`)
      return vertices.find(vertex => vertex.name.includes('all'))?.records_in === 8000
    })
  })
})

describe('a client that does not go on with its request', () => {
  it('has it ended by the cluster, which goes on', { timeout: UNFINISHED_MS_MAX + 10_000 }, async () => {
    const { text, closed } = await unfinished
    expect(closed).toBe(true)
    expect(lastHttpAnswer(text)).toMatchObject({ status: 408, body: { detail: expect.stringContaining('in time') } })
    expect(cluster.pids()).toEqual(pidsAtFirst)
  })
})
