import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { graphDifferences } from '@weir/engine/graph/graph-hash'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadJob } from './load-job.ts'
import { type PreparedJob, type PrepareRequest, prepareJob } from './prepare-job.ts'
import { placedError } from './problems.ts'
import { sdkBundle } from './sdk-bundle.ts'
import { sdkModules, sdkRegistry } from './sdk-modules.ts'
import { refusal } from './testing/prepare.ts'

const BOOK_WORDS = `import { StreamExecutionEnvironment, fileSource, fileSink } from '@weir/sdk'

const env = new StreamExecutionEnvironment('book-words')
env.setParallelism(2).enableCheckpointing(10_000)

env.addSource(fileSource({ path: 'data/book.txt', format: 'lines' }))
  .flatMap(line => line.toLowerCase().match(/[a-z']+/g) ?? [])
  .map(word => ({ word, count: 1 }))
  .keyBy(w => w.word)
  .reduce((a, b) => ({ word: a.word, count: a.count + b.count }))
  .addSink(fileSink({ path: 'out/book-words', format: 'json' }))

export default env
`

const EVERYTHING = `import {
  KeyedProcessFunction, OutputTag, StreamExecutionEnvironment, TumblingWindow, WatermarkStrategies, datagenSource, printSink, valueState,
} from '@weir/sdk'
import type { Collector, Context, RuntimeContext, ValueState } from '@weir/sdk'

interface Click { id: string, ts: number }

class Deduplicate extends KeyedProcessFunction<string, Click, Click> {
  private seen!: ValueState<boolean>
  override open(ctx: RuntimeContext) { this.seen = ctx.getState(valueState<boolean>('seen', { ttlMs: 3_600_000 })) }
  override processElement(click: Click, ctx: Context<string>, out: Collector<Click>) {
    if (this.seen.value()) return
    this.seen.update(true)
    out.collect(click)
  }
}

const late = new OutputTag<Click>('late')
const average = {
  createAccumulator: () => ({ sum: 0, n: 0 }),
  add(acc: { sum: number, n: number }, click: Click) { return { sum: acc.sum + click.ts, n: acc.n + 1 } },
  getResult: (acc: { sum: number, n: number }) => acc.sum / acc.n,
  merge(a: { sum: number, n: number }, b: { sum: number, n: number }) { return { sum: a.sum + b.sum, n: a.n + b.n } },
}
const env = StreamExecutionEnvironment.getExecutionEnvironment('everything')
const clicks = env.addSource(
  datagenSource({ count: 10, seed: 1, generator: (index: number) => ({ id: String(index % 3), ts: index }) }),
  WatermarkStrategies.boundedOutOfOrderness(100).withTimestampAssigner((click: Click) => click.ts),
)
const averages = clicks
  .keyBy(click => click.id)
  .process(new Deduplicate()).uid('deduplicate').name('only once')
  .keyBy(click => click.id)
  .window(TumblingWindow.of(1_000))
  .sideOutputLateData(late)
  .aggregate(average)
averages.getSideOutput(late).union(clicks.filter(Boolean)).map(String).addSink(printSink())
env.fromElements(1, 2, 3).print()
await env.execute()
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-sdk-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function prepare(source: string, more: Partial<PrepareRequest> = {}): Promise<PreparedJob> {
  const context = { registry: sdkRegistry, sdkExports: Object.keys(sdkModules.exports), sdkScript: await sdkBundle() }
  return prepareJob({ source, fileName: 'job.ts', ...more }, context)
}

describe('with the SDK itself', () => {
  test('a job becomes the graph that its text says', async () => {
    const { graph } = await prepare(BOOK_WORDS)
    expect(graph).toMatchObject({ name: 'book-words', parallelism: 2, checkpointing: { intervalMs: 10_000 } })
    expect(graph.nodes.map(node => node.type)).toEqual(['fileSource', 'flatMap', 'map', 'reduce', 'fileSink'])
    expect(graph.edges.map(edge => edge.partitioner)).toEqual(['forward', 'forward', 'hash', 'forward'])
    expect(graph.edges[2].key).toBe('(w) => w.word')
  })

  test.each([
    ['book-words', BOOK_WORDS],
    ['everything', EVERYTHING],
  ])('a slot gets the same graph of %s as the sandbox, and closures for each operator', async (_name, source) => {
    const { graph, graphHash, bundle, sourceMap } = await prepare(source)
    const loaded = await loadJob({ code: bundle, sourceMap, graphHash, graph, folder, instance: 1 })
    expect(graphDifferences(graph, loaded.graph)).toEqual([])
    for (const node of graph.nodes) {
      const needed = Object.entries(sdkRegistry.get(node.type)?.functions ?? {}).filter(
        ([, need]) => need === 'required',
      )
      for (const [place] of needed) expect(loaded.functions.get(node.uid)?.[place]).toBeDefined()
    }
  })

  test('a stored graph can be submitted as JSON: it is the same graph, and its functions work', async () => {
    const { graph, graphHash } = await prepare(BOOK_WORDS)
    const again = await prepare(JSON.stringify(graph), { fileName: 'again.json' })
    expect(again.graphHash).toBe(graphHash)
    const loaded = await loadJob({ ...again, code: again.bundle, folder, instance: 2 })
    const reduce = loaded.functions.get(graph.nodes[3].uid)
    const one = { word: 'a', count: 1 }
    expect((reduce!.fn as (a: unknown, b: unknown) => unknown)(one, one)).toEqual({ word: 'a', count: 2 })
    expect((reduce!.key0 as (a: unknown) => unknown)(one)).toBe('a')
  })

  test.each([
    ['env.setParallelism(0)', /^job\.ts:14:\d+: .*setParallelism\(0\)/],
    ['env.setParallelism(-1)', /setParallelism\(-1\)/],
    ['env.setParallelism(1_000_000)', /setParallelism\(1000000\)/],
    ['env.setParallelism(129)', /parallelism 129, above its maxParallelism 128/],
    [
      'env.addSource(fileSource({ path: 3, format: "lines" })).print()',
      /^job\.ts:14:5: operator "fileSource": config\.path: must be a text \(it is 3\)/,
    ],
    [
      'env.addSource(fileSource({ path: "x", format: "xml" })).print()',
      /config\.format: must be "lines", "json" or "csv" \(it is "xml"\)/,
    ],
    ['env.fromElements(1).map(3)', /map\(3\): the argument has to be a function/],
    ['env.fromElements(1).keyBy(x => x).flatten()', /^job\.ts:14:\d+: TypeError: flatten is not a function/],
  ])('%s is refused as an error of the user', async (statement, message) => {
    const error = await refusal(prepare(`${BOOK_WORDS}${statement}\n`))
    expect(error.domain).toBe('user')
    expect(error.message).toMatch(message)
    expect(error.problems.length).toBeGreaterThan(0)
  })

  test('every operator has the place of the call that describes it', async () => {
    const { graph, places } = await prepare(BOOK_WORDS)
    expect(graph.nodes.map(({ type, uid }) => [type, places.get(uid)])).toEqual([
      ['fileSource', { file: 'job.ts', line: 6, column: 4 }],
      ['flatMap', { file: 'job.ts', line: 7, column: 3 }],
      ['map', { file: 'job.ts', line: 8, column: 3 }],
      ['reduce', { file: 'job.ts', line: 10, column: 3 }],
      ['fileSink', { file: 'job.ts', line: 11, column: 3 }],
    ])
  })

  test('an error about an operator gets its place, in message and problems', async () => {
    const { graph, places } = await prepare(BOOK_WORDS)
    const { uid } = graph.nodes[4]
    const error = new WeirError('FILE_ACCESS', 'cannot write', { place: { operator: uid } })
    const { message, place, code } = placedError(error, places)
    expect({ message, place, code }).toEqual({
      message: 'job.ts:11:4: cannot write',
      place: { operator: uid, file: 'job.ts', line: 11, column: 3 },
      code: 'FILE_ACCESS',
    })
    const elsewhere = new WeirError('FILE_ACCESS', 'cannot write')
    expect(placedError(elsewhere, places)).toBe(elsewhere)
  })
})
