import { mkdirSync } from 'node:fs'
import { TestCluster } from '../e2e/support/cluster.ts'
import { Generator } from './nexmark/generator.ts'
import { bundledJob, type Measurement, measure } from './nexmark/measure.ts'
import { type NexmarkBenchOptions, nexmarkOptions } from './nexmark/options.ts'
import { type PlainRun, runPlain } from './nexmark/plain/run-plain.ts'
import { printResult } from './support/arguments.ts'

/**
 * The Nexmark queries (nexmark/GENERATOR.md, nexmark/QUERIES.md) on an embedded cluster of real processes. A record is an
 * event of the generator, whatever the query reads of it.
 */
const options = nexmarkOptions(process.argv.slice(2))
if (options.generate) await generate(options)
else await run(options)

async function run({ queries, repeat, ...job }: NexmarkBenchOptions): Promise<void> {
  if (job.cpuProf !== undefined) mkdirSync(job.cpuProf, { recursive: true })
  const cluster = await TestCluster.start({
    env: { TASK_SLOTS: String(job.parallelism), MEMORY_SIZE: String(job.memoryMb) },
  })
  try {
    for (const query of queries) {
      const code = await bundledJob(query, job)
      for (let i = 0; i < repeat; i++) {
        const measured = await measure(cluster, query, code, job)
        const plain = job.compare ? await runPlain({ ...job, query }) : undefined
        printResult(result(query, job.events, measured, plain), job.json)
      }
    }
  } finally {
    await cluster.stop()
  }
}

function result(query: string, events: number, measured: Measurement, plain: PlainRun | undefined) {
  const { seconds, cpuSeconds, rows, digest, peakRssMb, stateDisk } = measured
  const perCpuSecond = Math.round(events / cpuSeconds)
  const weir = {
    query,
    events,
    seconds: rounded(seconds),
    eventsPerSecond: Math.round(events / seconds),
    cpuSeconds: rounded(cpuSeconds),
    eventsPerCpuSecond: perCpuSecond,
    rows,
    digest,
    peakRssMb,
    stateDiskReads: stateDisk.reads,
    stateDiskWrites: stateDisk.writes,
  }
  if (plain === undefined) return weir
  const plainPerCpuSecond = Math.round(events / plain.cpuSeconds)
  return {
    ...weir,
    plainSeconds: rounded(plain.seconds),
    plainEventsPerCpuSecond: plainPerCpuSecond,
    plainRows: plain.rows,
    ratio: Math.round((perCpuSecond / plainPerCpuSecond) * 1000) / 1000,
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

async function generate({ events, ...options }: NexmarkBenchOptions): Promise<void> {
  let lines: string[] = []
  const generator = new Generator(options)
  const EPOCHS_PER_WRITE = 200
  for (let epoch = 0; epoch * 50 < events; epoch++) {
    const collect = (event: unknown): void => void lines.push(JSON.stringify(event))
    generator.emit(epoch, 0, Math.min(50, events - epoch * 50), { blocked: false, collect })
    if ((epoch + 1) % EPOCHS_PER_WRITE > 0 && (epoch + 1) * 50 < events) continue
    const text = `${lines.join('\n')}\n`
    lines = []
    if (!process.stdout.write(text)) await new Promise(resolve => process.stdout.once('drain', resolve))
  }
}
