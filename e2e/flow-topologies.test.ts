import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCluster, until } from './support/cluster.ts'

/**
 * Jobs whose paths are of different speed, all of them at the same time on two TaskManagers: what is under way stays
 * bounded, in the memory of the processes and in the counters of the tasks.
 */

const TASK_MANAGERS = 2
/** Records per ms of event time of the aligned job, and by how much its sources may differ. */
const STEP_MS = 10
const DRIFT_MS = 1_000

/** Waits without using a core, as a slow database would make it. */
const SLOW = `const slowly = <T>(value: T): T => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  return value
}`

const ENDLESS = {
  diamond: `
const numbers = env.addSource(datagenSource<Row>({ seed: 1, generator: row })).name('numbers')
const left = numbers.rebalance().map(value => value).name('left')
const right = numbers.rebalance().map(value => value).name('right')
left.union(right).rebalance().map(slowly).name('slow').addSink(blackholeSink())`,
  join: `
const fast = env.addSource(datagenSource<Row>({ seed: 1, generator: row })).name('numbers')
const slow = env.addSource(datagenSource<Row>({ seed: 2, rowsPerSecond: 50, generator: row })).name('few')
fast.keyBy(value => value.i % 10).connect(slow.keyBy(value => value.i % 10)).map(value => value, value => value)
  .rebalance().map(slowly).name('slow').addSink(blackholeSink())`,
  broadcast: `
const numbers = env.addSource(datagenSource<Row>({ seed: 1, generator: row })).name('numbers').setParallelism(1)
numbers.broadcast().map(slowly).name('slow').addSink(blackholeSink())`,
}

const ALIGNED = `import { StreamExecutionEnvironment, WatermarkStrategies, datagenSource, blackholeSink } from '@weir/sdk'
interface Click { readonly at: number; readonly i: number }
const env = new StreamExecutionEnvironment('aligned')
const strategy = WatermarkStrategies.monotonous<Click>()
  .withTimestampAssigner(click => click.at)
  .withAlignment('clicks', ${DRIFT_MS}, 100)
const click = (i: number): Click => ({ at: 1_700_000_000_000 + i * ${STEP_MS}, i })
const fast = env.addSource(datagenSource<Click>({ count: 1_000, seed: 1, generator: click }), strategy).name('fast').slotSharingGroup('fast')
const slow = env.addSource(datagenSource<Click>({ count: 400, rowsPerSecond: 100, seed: 1, generator: click }), strategy).name('slow').slotSharingGroup('slow')
fast.keyBy(({ i }) => i % 10).intervalJoin(slow.keyBy(({ i }) => i % 10)).between(0, 0)
  .process((left, _right, _context, out) => out.collect(left)).name('join')
  .rebalance().addSink(blackholeSink()).name('pairs')
export default env`

function endless(name: keyof typeof ENDLESS): string {
  return `import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
interface Row { readonly i: number; readonly text: string }
const row = (i: number): Row => ({ i, text: 'some text that takes its room, number ' + i })
${SLOW}
const env = new StreamExecutionEnvironment('${name}').setParallelism(2)
${ENDLESS[name]}
export default env`
}

interface Metrics {
  readonly vertices: readonly {
    readonly name: string
    readonly records_in: number | null
    readonly records_out: number | null
    readonly busy: number | null
    readonly backpressure: number | null
    readonly idle: number | null
  }[]
}

let cluster: TestCluster
const jobs = {} as Record<keyof typeof ENDLESS | 'aligned', string>

const metricsOf = (job: keyof typeof jobs): Promise<Metrics> => cluster.get<Metrics>(`/jobs/${jobs[job]}/metrics`)

function vertex({ vertices }: Metrics, part: string) {
  const found = vertices.find(({ name }) => name.includes(part))
  if (found === undefined) throw new Error(`no vertex ${part} in ${vertices.map(({ name }) => name).join(', ')}`)
  return found
}

/** Resident memory of the TaskManagers together, bytes. Linux. */
function residentBytes(): number {
  const pids = cluster.pids()
  return Array.from({ length: TASK_MANAGERS }, (_, i) => pids[`tm-${i + 1}`] as number).reduce((sum, pid) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return sum + Number(kilobytes) * 1024
  }, 0)
}

/** Values of one metric of all TaskManagers, of one job. */
async function scraped(metric: string, jobId: string): Promise<number[]> {
  const texts = await Promise.all(
    Array.from({ length: TASK_MANAGERS }, async (_, i) =>
      (await fetch(`http://127.0.0.1:${Number(cluster.env.METRICS_PORT) + i}/metrics`)).text(),
    ),
  )
  const lines = texts.flatMap(text => text.split('\n'))
  return lines
    .filter(line => line.startsWith(`${metric}{`) && line.includes(`job="${jobId}"`))
    .map(line => Number(line.split(' ').at(-1)))
}

async function submit(name: keyof typeof jobs, source: string): Promise<void> {
  const { status, body } = await cluster.submit(`${name}.ts`, source)
  expect({ status, body }).toMatchObject({ status: 201 })
  jobs[name] = body.job_id
  await cluster.reached(body.job_id, ['RUNNING'])
}

beforeAll(async () => {
  cluster = await TestCluster.start({
    taskManagers: TASK_MANAGERS,
    env: { TASK_SLOTS: '6', SLOT_PLACEMENT: 'spread' },
  })
  const names = Object.keys(ENDLESS) as (keyof typeof ENDLESS)[]
  await Promise.all(names.map(name => submit(name, endless(name))))
  await until(20_000, 'the slow operators of all jobs to run', async () => {
    const taken = await Promise.all(names.map(async name => vertex(await metricsOf(name), 'slow').records_in ?? 0))
    return taken.every(records => records > 500)
  })
})
afterAll(async () => {
  await cluster?.stop()
})

describe('two sources that are aligned, on two TaskManagers, one of them unthrottled,', () => {
  it('keep within the drift while both run, the fast one idle, and come to their end with every pair', async () => {
    await submit('aligned', ALIGNED)
    const { vertices } = await cluster.status(jobs.aligned)
    const places = ['fast', 'slow'].map(name => vertices.find(v => v.name.includes(name))?.subtasks[0]?.task_manager)
    expect(new Set(places).size, `fast and slow are at ${places}`).toBe(2)
    let looks = 0
    await until(20_000, 'the slow source to be seen in its last third', async () => {
      const metrics = await metricsOf('aligned')
      const slow = vertex(metrics, 'slow').records_out ?? 0
      const fast = vertex(metrics, 'fast').records_out ?? 0
      if (slow === 0 || slow >= 400) return slow >= 400
      looks++
      // Figures of one TaskManager may be some seconds older than those of the other; without a bound it were 10 s at once.
      const slackMs = 4_000
      expect((fast - slow) * STEP_MS).toBeLessThanOrEqual(DRIFT_MS + slackMs)
      const ahead = await scraped('source_ahead_ms', jobs.aligned)
      for (const aheadMs of ahead) expect(aheadMs).toBeLessThanOrEqual(DRIFT_MS + STEP_MS)
      return slow > 250
    })
    expect(looks).toBeGreaterThan(0)
    const fast = vertex(await metricsOf('aligned'), 'fast')
    expect(fast.backpressure).toBeLessThan(0.1)
    expect(fast.idle).toBeGreaterThan(0.5)
    await cluster.reached(jobs.aligned, ['FINISHED'], 20_000)
    // The last figures of a slot arrive with the heartbeat after its end.
    await until(5_000, 'all records to be counted', async () => {
      const metrics = await metricsOf('aligned')
      return vertex(metrics, 'pairs').records_in === 400 && vertex(metrics, 'fast').records_out === 1_000
    })
  })
})

describe('under a slow operator', () => {
  it('no topology makes the TaskManagers grow', async () => {
    // They have run for seconds, so what code and heaps need is there.
    const before = residentBytes()
    await new Promise(resolve => setTimeout(resolve, 4_000))
    const grownBytes = residentBytes() - before
    // Without a bound three sources would fill some hundred MB a second.
    expect(grownBytes / 1024 / 1024).toBeLessThan(30)
  })

  it.each([
    ['diamond', 2],
    ['join', 1],
    ['broadcast', 2],
  ] as const)('a %s holds its source back, within the buffers', async (name, copies) => {
    const metrics = await metricsOf(name)
    const [source, slow] = [vertex(metrics, 'numbers'), vertex(metrics, 'slow')]
    expect(source.backpressure).toBeGreaterThan(0.5)
    // What is under way fits into channels: a few thousand records, of millions that the source could give.
    expect((source.records_out ?? 0) * copies - (slow.records_in ?? 0)).toBeLessThan(60_000)
    const overdraft = await scraped('overdraft_bytes_max', jobs[name])
    expect(overdraft.length).toBeGreaterThan(2)
    expect(Math.max(...overdraft)).toBeLessThan(1024 * 1024)
  })
})
