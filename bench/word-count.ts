import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { node, root, TestCluster } from '../e2e/support/cluster.ts'
import { prepareExampleData } from '../e2e/support/example-data.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { cpuSecondsOfAll } from './support/cpu-time.ts'
import { largeText } from './support/large-text.ts'

/**
 * Reads a large text, splits it into words and counts them with a keyed reduce, on an embedded cluster of real processes;
 * beside it, in the same run, a plain loop does the same. A record is a word.
 */
const options = benchArguments('npm run bench -- word-count [--parallelism 1] [--megabytes 200] [--json]', {
  parallelism: { type: 'string', default: '1' },
  megabytes: { type: 'string', default: '200' },
  json: { type: 'boolean', default: false },
})
const parallelism = wholeNumber(options.parallelism, 'parallelism')
const megabytes = wholeNumber(options.megabytes, 'megabytes')

const text = largeText(
  join(prepareExampleData(), 'book.txt'),
  join(root, `bench/data/text-${megabytes}.txt`),
  megabytes * 1024 * 1024,
)
const limit = JSON.parse(
  execFileSync(node, [join(root, 'bench/support/plain-word-count.ts'), text], { encoding: 'utf8' }),
) as { records: number; seconds: number; cpuSeconds: number }

const job = `
  import { StreamExecutionEnvironment, fileSource, blackholeSink } from '@weir/sdk'
  const env = new StreamExecutionEnvironment('word-count').setParallelism(${parallelism})
  env.addSource(fileSource({ path: ${JSON.stringify(text)}, format: 'lines' }))
    .flatMap(line => line.toLowerCase().match(/[a-z']+/g) ?? [])
    .map(word => ({ word, count: 1 }))
    .keyBy(w => w.word)
    .reduce((a, b) => ({ word: a.word, count: a.count + b.count }))
    .addSink(blackholeSink())
  export default env`

const cluster = await TestCluster.start({ env: { TASK_SLOTS: String(Math.max(4, parallelism)) } })
try {
  const pids = Object.values(cluster.pids())
  const cpuBefore = cpuSecondsOfAll(pids)
  const began = performance.now()
  const { status, body } = await cluster.submit('word-count.ts', job)
  if (status !== 201) throw new Error(`the job was not taken: ${JSON.stringify(body)}`)
  const ended = await cluster.reached(body.job_id, ['FINISHED', 'FAILED', 'CANCELED'], 600_000)
  const seconds = (performance.now() - began) / 1000
  if (ended.status !== 'FINISHED') throw new Error(`the job ended as ${ended.status}: ${JSON.stringify(ended.error)}`)
  const cpuSeconds = cpuSecondsOfAll(pids) - cpuBefore
  printResult(
    {
      bench: 'word-count',
      parallelism,
      records: limit.records,
      seconds,
      recordsPerSecond: Math.round(limit.records / seconds),
      cpuSeconds,
      limitSeconds: limit.seconds,
      limitRecordsPerSecond: Math.round(limit.records / limit.seconds),
      limitCpuSeconds: limit.cpuSeconds,
      ratio: limit.cpuSeconds / cpuSeconds,
    },
    options.json === true,
  )
} finally {
  await cluster.stop()
}
