import { customSinkRuntime } from '@weir/connectors/custom/custom-sink-writer'
import { customSourceRuntime } from '@weir/connectors/custom/custom-source-reader'
import { compile } from '@weir/engine/api/compile'
import { runTestJob } from '@weir/engine/task/testing/test-job'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import { customSink, customSource, StreamExecutionEnvironment } from '@weir/sdk'
import { expect, test } from 'vitest'
import type { Bid, NexmarkEvent } from './events.ts'
import { Generator } from './generator.ts'
import { q12 } from './queries/q12.ts'

const BEGIN = 1_800_000_000_000
/** What goes by on the wall clock between two parts of the input: some parts share a window, some do not. */
const PAUSES_MS = [0, 4_000, 4_000, 4_000, 17_000, 1]

const events: NexmarkEvent[] = []
new Generator({ seed: 3, rate: 1_000, text: 'pooled' }).emitAll(3_000, event => events.push(event as NexmarkEvent))
const parts = PAUSES_MS.map((_, part) => events.filter((_event, n) => n % PAUSES_MS.length === part))
const isBid = (event: NexmarkEvent): event is Bid => event.type === 'bid'

/** Rows as a plain batch program makes them: each part comes in one moment. */
function expectedRows(): string[] {
  const counts = new Map<string, number>()
  let now = BEGIN
  parts.forEach((part, i) => {
    now += PAUSES_MS[i] as number
    const start = Math.floor(now / 10_000) * 10_000
    for (const { bidder } of part.filter(isBid)) {
      const window = `${bidder}/${start}`
      counts.set(window, (counts.get(window) ?? 0) + 1)
    }
  })
  return [...counts].map(([window, count]) => {
    const [bidder, start] = window.split('/').map(Number) as [number, number]
    return `${bidder}|${count}|${start}|${start + 10_000}`
  })
}

test.each([1, 2, 4])('q12 counts by the wall clock, at parallelism %i under a manual clock', async parallelism => {
  const clock = new ManualClock(BEGIN)
  const wakeUps: (() => void)[] = []
  /** Parts that the sources may give out. */
  let released = 1
  const rows: string[] = []
  const env = new StreamExecutionEnvironment('q12').setParallelism(parallelism)
  const source = customSource<NexmarkEvent>({
    open({ index, count }, { wakeUp }) {
      wakeUps[index] = wakeUp
      let given = 0
      return {
        poll(output) {
          if (given === parts.length) return 'finished'
          if (given === released) return 'nothing'
          const mine = (parts[given] as NexmarkEvent[]).filter((_, n) => n % count === index)
          given++
          for (const event of mine) output.collect(event)
          return 'emitted'
        },
        position: () => given,
      }
    },
  })
  q12.apply(env.addSource(source)).addSink(customSink({ open: () => ({ write: row => void rows.push(q12.row(row)) }) }))
  const { graph, functions } = compile(env)
  const window = graph.nodes.find(node => node.type === 'window')?.uid
  const platform = { clock, timers: clock, random: { next: () => 0.5 } }
  await runTestJob(
    { graph, functions: Object.fromEntries(functions) },
    {
      network: 'local',
      compile: true,
      sources: [customSourceRuntime],
      sinks: [customSinkRuntime],
      platform,
      onDeployed: runtimes => {
        const arrived = (): number =>
          runtimes
            .flatMap(runtime => runtime.metrics())
            .flatMap(subtask => subtask.operators)
            .filter(operator => operator.uid === window)
            .reduce((sum, operator) => sum + operator.recordsIn, 0)
        const goOn = (): void => {
          if (arrived() === parts.slice(0, released).flat().filter(isBid).length && released < parts.length) {
            // All of the part is in its windows: time goes by, and the next part comes.
            clock.advance(PAUSES_MS[released] as number)
            released++
            for (const wakeUp of wakeUps) wakeUp()
          }
          if (released < parts.length) setTimeout(goOn, 2)
        }
        setTimeout(goOn, 2)
      },
    },
  )
  expect(rows.toSorted()).toEqual(expectedRows().toSorted())
  expect(new Set(rows.map(row => row.split('|')[2])).size).toBe(3)
})
