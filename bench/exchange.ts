import { TestCluster } from '../e2e/support/cluster.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { bidText } from './support/bids.ts'
import { type RecordRate, recordRate } from './support/record-rate.ts'
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

async function rate(env: Record<string, string>, taskManagers: number): Promise<RecordRate> {
  const cluster = await TestCluster.start({ taskManagers, env })
  try {
    const { status, body } = await cluster.submit('exchange.ts', job)
    if (status !== 201) throw new Error(`the job was not taken: ${JSON.stringify(body)}`)
    await cluster.reached(body.job_id, ['RUNNING'])
    await new Promise(resolve => setTimeout(resolve, WARM_UP_MS))
    const pids = Object.entries(cluster.pids())
      .filter(([name]) => name.startsWith('tm-'))
      .map(([, pid]) => pid)
    const received = async (): Promise<number> => {
      const { vertices } = await cluster.get<Metrics>(`/jobs/${body.job_id}/metrics`)
      return vertices.at(-1)?.records_in ?? 0
    }
    const measured = await recordRate(received, pids, seconds * 1000)
    await cluster.request('POST', `/jobs/${body.job_id}/cancel`)
    return measured
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
