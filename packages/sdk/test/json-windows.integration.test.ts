import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Collector,
  CountTrigger,
  collectSink,
  DeltaEvictor,
  datagenSource,
  type Evictor,
  GlobalWindow,
  type KeyedStream,
  type OnMergeContext,
  PurgingTrigger,
  type reducingState,
  SessionWindow,
  SlidingWindow,
  StreamExecutionEnvironment,
  type Trigger,
  type TriggerContext,
  TumblingWindow,
  WatermarkStrategies,
} from '../src/index.ts'

/** What the fluent API describes as a graph runs from that graph alone, as a JSON file: its functions are texts there. */

interface Item {
  index: number
  /** The event time in ms. */
  time: number
}

const COUNT = 60
const items: Item[] = Array.from({ length: COUNT }, (_, index) => ({
  index,
  time: index * 10 + (index >= 30 ? 500 : 0),
}))

/** Fires each time that its records come to more than 100 together. */
class Heavy implements Trigger<Item> {
  weight = { kind: 'reducing', name: 'weight', reduce: (a: number, b: number) => a + b } as ReturnType<
    typeof reducingState<number>
  >
  onElement(item: Item, _timestamp: number, _window: unknown, context: TriggerContext) {
    const weight = context.getState(this.weight)
    weight.add(item.index)
    if ((weight.get() ?? 0) <= 100) return 'CONTINUE' as const
    weight.clear()
    return 'FIRE_AND_PURGE' as const
  }
  onEventTime() {
    return 'CONTINUE' as const
  }
  onProcessingTime() {
    return 'CONTINUE' as const
  }
  clear(_window: unknown, context: TriggerContext): void {
    context.getState(this.weight).clear()
  }
  onMerge(_window: unknown, context: OnMergeContext): void {
    context.mergePartitionedState(this.weight)
  }
}

const evens: Evictor<Item> = { evictBefore: elements => elements.filter(({ value }) => value.index % 2 === 0) }

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-json-windows-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Keyed = KeyedStream<Item, string>
const collected = (_key: string, _window: unknown, list: readonly Item[], out: Collector<number[]>) =>
  out.collect(list.map(({ index }) => index))

/** Runs of indexes of the items, as the windows of a batch program. */
const runs = (size: number, step: number): number[][] =>
  Array.from({ length: Math.floor(COUNT / step) }, (_, n) => {
    const end = (n + 1) * step
    return items.slice(Math.max(0, end - size), end).map(({ index }) => index)
  })

function heavyRuns(): number[][] {
  const found: number[][] = []
  let current: number[] = []
  for (const { index } of items) {
    // A gap of 500 ms after the first half ends the session, and what it held.
    if (index === 30) current = []
    current.push(index)
    if (current.reduce((a, b) => a + b) <= 100) continue
    found.push(current)
    current = []
  }
  return found
}

test.each<[string, (keyed: Keyed) => { addSink(sink: ReturnType<typeof collectSink>): unknown }, readonly unknown[]]>([
  ['count windows', keyed => keyed.countWindow(7).process(collected), runs(7, 7)],
  ['count windows that slide', keyed => keyed.countWindow(7, 3).process(collected), runs(7, 3)],
  [
    'sliding windows',
    keyed => keyed.window(SlidingWindow.of({ sizeMs: 100, slideMs: 50, offsetMs: 20 })).process(collected),
    Array.from({ length: 30 }, (_, n) => -80 + n * 50).flatMap(start => {
      const inside = items.filter(({ time }) => start <= time && time < start + 100)
      return inside.length === 0 ? [] : [inside.map(({ index }) => index)]
    }),
  ],
  [
    'sessions with a trigger of their own',
    keyed =>
      keyed
        .window(SessionWindow.of({ gapMs: 100 }))
        .trigger(new Heavy())
        .process(collected),
    heavyRuns(),
  ],
  [
    'a window with an evictor of its own',
    keyed => keyed.window(TumblingWindow.of(100)).evictor(evens).process(collected),
    [...Map.groupBy(items, ({ time }) => Math.floor(time / 100)).values()].map(list =>
      list.map(({ index }) => index).filter(index => index % 2 === 0),
    ),
  ],
  [
    'a purging trigger and a delta evictor',
    keyed =>
      keyed
        .window(GlobalWindow.create())
        .trigger(PurgingTrigger.of(CountTrigger.of(10)))
        .evictor(DeltaEvictor.of(3, (older: Item, newest: Item) => newest.index - older.index))
        .process(collected),
    runs(3, 10),
  ],
])('%s', async (name, build, expected) => {
  const env = new StreamExecutionEnvironment(name)
  const keyed = env
    .addSource(
      datagenSource<Item>({
        count: 60,
        seed: 1,
        generator: index => ({ index, time: index * 10 + (index >= 30 ? 500 : 0) }),
      }),
      WatermarkStrategies.monotonous<Item>().withTimestampAssigner(item => item.time),
    )
    .setParallelism(1)
    .keyBy(() => 'all')
  build(keyed as Keyed).addSink(collectSink())
  const file = join(folder, 'job.json')
  writeFileSync(file, JSON.stringify(env.getJobGraph()))
  const rows: unknown[] = []
  const { status } = await runLocally({ file, workdir: folder, onRow: ({ row }) => rows.push(row) })
  expect(status).toBe('FINISHED')
  expect(rows).toEqual(expected)
})
