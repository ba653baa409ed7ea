import { TestCluster } from '../e2e/support/cluster.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { bidText } from './support/bids.ts'
import { cpuSecondsOfAll } from './support/cpu-time.ts'
import { structuredCloneRate } from './support/structured-clone.ts'

/**
 * Bid-like records from one slot to another: over a ring in one TaskManager, over TCP between two, and for comparison by
 * structured clone between two threads. The receiver reads a field of every record. The source gives out ready-made
 * records, so that the exchange is what is measured.
 */
const options = benchArguments('npm run bench -- exchange [--seconds 10] [--json]', {
  seconds: { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
})
const seconds = wholeNumber(options.seconds, 'seconds')
const WARM_UP_MS = 4000

const job = `
  import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
  const make = ${bidText}
  const bids = Array.from({ length: 4096 }, (_, i) => make(i))
  const env = new StreamExecutionEnvironment('exchange')
  let sum = 0
  env.addSource(datagenSource({ seed: 1, generator: i => bids[i & 4095] }))
    .slotSharingGroup('sender')
    .rebalance()
    .filter(bid => { sum += bid.price; return sum < 0 })
    .slotSharingGroup('receiver')
    .addSink(blackholeSink())
  export default env`

interface Metrics {
  readonly vertices: readonly { readonly records_in: number | null }[]
}

interface Rate {
  readonly perSecond: number
  /** CPU time of the TaskManagers: what counts where others use the machine too. */
  readonly perCpuSecond: number
}

async function rate(env: Record<string, string>, taskManagers: number): Promise<Rate> {
  const cluster = await TestCluster.start({ taskManagers, env })
  try {
    const { status, body } = await cluster.submit('exchange.ts', job)
    if (status !== 201) throw new Error(`the job was not taken: ${JSON.stringify(body)}`)
    await cluster.reached(body.job_id, ['RUNNING'])
    await new Promise(resolve => setTimeout(resolve, WARM_UP_MS))
    const pids = Object.entries(cluster.pids())
      .filter(([name]) => name.startsWith('tm-'))
      .map(([, pid]) => pid)
    const received = async (): Promise<{ records: number; at: number; cpuSeconds: number }> => {
      const metrics = await cluster.get<Metrics>(`/jobs/${body.job_id}/metrics`)
      const records = metrics.vertices.at(-1)?.records_in ?? 0
      return { records, at: performance.now(), cpuSeconds: cpuSecondsOfAll(pids) }
    }
    const first = await received()
    await new Promise(resolve => setTimeout(resolve, seconds * 1000))
    const last = await received()
    await cluster.request('POST', `/jobs/${body.job_id}/cancel`)
    const records = last.records - first.records
    return {
      perSecond: records / ((last.at - first.at) / 1000),
      perCpuSecond: records / (last.cpuSeconds - first.cpuSeconds),
    }
  } finally {
    await cluster.stop()
  }
}

const structuredClone = await structuredCloneRate(seconds * 1000)
const ring = await rate({ TASK_SLOTS: '2' }, 1)
const tcp = await rate({ TASK_SLOTS: '1', SLOT_PLACEMENT: 'spread' }, 2)
const millions = (perSecond: number): number => Math.round(perSecond / 10_000) / 100
printResult(
  {
    bench: 'exchange',
    structuredCloneMillionsPerSecond: millions(structuredClone),
    ringMillionsPerSecond: millions(ring.perSecond),
    tcpMillionsPerSecond: millions(tcp.perSecond),
    ringMillionsPerCpuSecond: millions(ring.perCpuSecond),
    tcpMillionsPerCpuSecond: millions(tcp.perCpuSecond),
    ringToStructuredClone: ring.perSecond / structuredClone,
    tcpToStructuredClone: tcp.perSecond / structuredClone,
  },
  options.json === true,
)
