import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duration, Steps } from '../scripts/steps.mjs'
import { checkDigests, smallInput } from './peers/flink/check.ts'
import { buildFlink, javaCommand } from './peers/flink/flink-build.ts'
import { FlinkProcess } from './peers/flink/flink-process.ts'
import { commitOfTree, machine } from './peers/flink/machine.ts'
import { flinkOptions } from './peers/flink/options.ts'
import { withResult } from './peers/flink/page.ts'
import { type RaceResult, race } from './peers/flink/race.ts'
import { type EventsOfFile, writeEvents } from './peers/flink/race-file.ts'
import { type RaceSettings, type Side, tableOf } from './peers/flink/race-settings.ts'
import { reportHead, reportRow } from './peers/flink/report.ts'
import { ResultsFile } from './peers/flink/results-file.ts'
import { WeirCluster } from './peers/flink/weir-cluster.ts'

/**
 * Apache Flink and Weir on the Nexmark queries (nexmark/GENERATOR.md), in turn on one machine; peers/flink/README.md tells
 * how both are set up.
 */
const options = flinkOptions(process.argv.slice(2))
const steps = new Steps()
const results = options.resume === undefined ? undefined : new ResultsFile(options.resume)
/** Whose processes run now; `opening`: and whose are starting. */
const sides = new Set<Side>()
let opening: Promise<unknown> = Promise.resolve()
let stopping: Promise<unknown> = Promise.resolve()
const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'))
/** Files of events that were written, by what is in them. */
const written = new Map<string, string>()

process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void interrupted())
}
process.exit(await main())

async function main(): Promise<number> {
  const startedMs = performance.now()
  let failures = 0
  let java: string
  try {
    java = javaCommand()
    await buildFlink(steps)
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`)
    return 1
  }
  if (!options.json) process.stdout.write(`${reportHead()}\n`)
  for (const settings of options.races) {
    const known = results?.find(settings, options.repeat)
    try {
      publish(known ?? (await measured(java, settings)))
    } catch (error) {
      failures++
      process.stderr.write(`error: ${(error as Error).message}\n`)
    }
  }
  process.stderr.write(`${options.races.length - failures} races in ${duration(performance.now() - startedMs)}\n`)
  if (failures > 0) process.stderr.write(`${failures} failed\n`)
  return failures > 0 ? 1 : 0
}

/** Both sides are started anew for every race: what one query leaves behind is not the next one's burden. */
async function measured(java: string, settings: RaceSettings): Promise<RaceResult> {
  const { query, source, text } = settings
  return steps.run(`${tableOf(settings)} ${query}, ${settings.events / 1e6} M events`, async note => {
    note('starting')
    try {
      const file = source === 'file' ? (options.file ?? (await eventsFile(settings, note))) : undefined
      const flink = await opened(FlinkProcess.start(java))
      const weir = await opened(WeirCluster.start(settings))
      if (options.check) {
        note('checking digests')
        const input = smallInput(text)
        const small = source === 'file' ? await eventsFile(input, note) : undefined
        await checkDigests([flink, weir], settings, input, options.limitMs, small)
      }
      const { repeat, limitMs } = options
      const contest = { flink, weir, commit: commitOfTree(), machine: machine(flink.versions) }
      const result = await race(contest, settings, {
        repeat,
        limitMs,
        warmupEvents: options.warmupEvents(settings),
        note,
        ...(file === undefined ? {} : { file }),
      })
      results?.add(result)
      return result
    } finally {
      await stopSides()
    }
  })
}

async function eventsFile(events: EventsOfFile, note: (text: string) => void): Promise<string> {
  const name = [events.text, events.seed, events.rate, events.events].join('-')
  const known = written.get(name)
  if (known !== undefined) return known
  note('writing the file of events')
  const path = join(folder, `${name}.ndjson`)
  await writeEvents(path, events)
  written.set(name, path)
  return path
}

function publish(result: RaceResult): void {
  process.stdout.write(`${options.json ? JSON.stringify(result) : reportRow(result)}\n`)
  if (options.markdown === undefined) return
  writeFileSync(options.markdown, withResult(readFileSync(options.markdown, 'utf8'), result))
}

function opened<Opened extends Side>(start: Promise<Opened>): Promise<Opened> {
  const added = start.then(side => {
    sides.add(side)
    return side
  })
  opening = added
  return added
}

/** Leaves no process behind, also none that was about to start. */
async function interrupted(): Promise<never> {
  await Promise.allSettled([opening])
  await stopSides()
  process.exit(130)
}

/** Settles when all that were ever asked to stop have done so: an interrupted race calls it again. */
function stopSides(): Promise<unknown> {
  const open = [...sides]
  sides.clear()
  stopping = Promise.all([stopping, ...open.map(side => side.stop())])
  return stopping
}
