import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** JSON graphs whose operators have two inputs, or functions that answer later: as text they do what the API does. */

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-json-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Operator {
  readonly type: string
  readonly config: Record<string, unknown>
  readonly edges: readonly Record<string, unknown>[]
}

const left = [1, 2, 3, 4].map(n => ({ id: n % 2, left: n, at: n * 100 }))
const right = [1, 2, 3].map(n => ({ id: n % 2, right: n, at: n * 100 + 50 }))
const hashed = { partitioner: 'hash', key: 'x => x.id' }
const tumbling = { type: 'tumbling', sizeMs: 250, time: 'event' }

async function rowsOf(name: string, { type, config, edges }: Operator): Promise<unknown[]> {
  const source = (uid: string, values: unknown) => ({
    uid,
    type: 'collection',
    name: uid,
    config: { values: `() => (${JSON.stringify(values)})` },
    watermarks: { strategy: 'bounded', boundMs: 1_000, timestampAssigner: 'x => x.at' },
  })
  const job = {
    name,
    parallelism: 2,
    nodes: [
      source('left', left),
      ...(edges.length === 2 ? [source('right', right)] : []),
      { uid: 'op', type, name: type, config },
      { uid: 'out', type: 'collect', name: 'out', config: {} },
    ],
    edges: [
      ...edges.map((edge, input) => ({ from: input === 0 ? 'left' : 'right', to: 'op', input, ...edge })),
      { from: 'op', to: 'out' },
    ],
  }
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify(job))
  const rows: unknown[] = []
  const { status } = await runLocally({ file, parallelism: 2, workdir: folder, onRow: ({ row }) => rows.push(row) })
  expect(status).toBe('FINISHED')
  return rows
}

const sorted = (rows: readonly unknown[]): string[] => rows.map(row => JSON.stringify(row)).sort()
const pairs = left.flatMap(a => right.flatMap(b => (a.id === b.id ? [[a, b] as const] : [])))

it.each<[string, Operator, unknown[]]>([
  [
    'coMap',
    { type: 'coMap', config: { fn1: 'x => x.left * 10', fn2: 'x => x.right' }, edges: [{}, {}] },
    [...left.map(x => x.left * 10), ...right.map(x => x.right)],
  ],
  [
    'coFlatMap',
    {
      type: 'coFlatMap',
      config: { fn1: 'x => [x.left, -x.left]', fn2: 'x => x.id ? [x.right] : []' },
      edges: [{}, {}],
    },
    [...left.flatMap(x => [x.left, -x.left]), ...right.filter(x => x.id !== 0).map(x => x.right)],
  ],
  [
    'coProcess',
    {
      type: 'coProcess',
      config: {
        fn: `class extends CoProcessFunction {
          processElement1(x, ctx, out) { out.collect([x.left, ctx.timestamp()]) }
          processElement2(x, ctx, out) { if (x.id) out.collect([x.right, ctx.timestamp()]) }
        }`,
      },
      edges: [{}, {}],
    },
    [...left.map(x => [x.left, x.at]), ...right.filter(x => x.id !== 0).map(x => [x.right, x.at])],
  ],
  [
    'coGroup',
    {
      type: 'coGroup',
      config: {
        fn: '(as, bs, out) => out.collect([as.map(a => a.left).sort(), bs.map(b => b.right).sort()])',
        assigner: tumbling,
      },
      edges: [hashed, hashed],
    },
    [0, 1].flatMap(id =>
      [0, 1].map(window => {
        const inside = (x: { id: number; at: number }) => x.id === id && Math.floor(x.at / 250) === window
        return [left.filter(inside).map(a => a.left), right.filter(inside).map(b => b.right)]
      }),
    ),
  ],
  [
    'broadcastProcess',
    {
      type: 'broadcastProcess',
      config: {
        states: [{ name: 'rules' }],
        fn: `class extends BroadcastProcessFunction {
          processElement(x, ctx, out) { out.collect([x.left, ctx.getBroadcastState(mapState('rules')).get('no') ?? null]) }
          processBroadcastElement(x, ctx, out) {
            ctx.getBroadcastState(mapState('rules')).put('last', x.right)
            out.collect([ctx.getBroadcastState(mapState('rules')).get('last'), x.id])
          }
        }`,
      },
      edges: [{}, { partitioner: 'broadcast' }],
    },
    // Each of the two subtasks gets every record of the broadcast stream.
    [...left.map(x => [x.left, null]), ...right.flatMap(x => [0, 1].map(() => [x.right, x.id]))],
  ],
  [
    'intervalJoin',
    {
      type: 'intervalJoin',
      config: { fn: '(a, b, ctx, out) => out.collect([a.left, b.right, ctx.timestamp()])', lowerMs: -60, upperMs: 160 },
      edges: [hashed, hashed],
    },
    pairs
      .filter(([a, b]) => b.at - a.at >= -60 && b.at - a.at <= 160)
      .map(([a, b]) => [a.left, b.right, Math.max(a.at, b.at)]),
  ],
  [
    'windowJoin',
    { type: 'windowJoin', config: { fn: '(a, b) => [a.left, b.right]', assigner: tumbling }, edges: [hashed, hashed] },
    pairs.filter(([a, b]) => Math.floor(a.at / 250) === Math.floor(b.at / 250)).map(([a, b]) => [a.left, b.right]),
  ],
  [
    'keyedCoProcess',
    {
      type: 'keyedCoProcess',
      config: {
        fn: `class extends KeyedCoProcessFunction {
          open(ctx) { this.n = ctx.getState(valueState('n', { default: 0 })) }
          count(x, ctx) {
            this.n.update(this.n.value() + 1)
            ctx.timerService().registerEventTimeTimer(1_000_000)
          }
          processElement1(x, ctx) { this.count(x, ctx) }
          processElement2(x, ctx) { this.count(x, ctx) }
          onTimer(at, ctx, out) { out.collect({ key: ctx.currentKey(), n: this.n.value() }) }
        }`,
      },
      edges: [hashed, hashed],
    },
    [0, 1].map(key => ({ key, n: [...left, ...right].filter(({ id }) => id === key).length })),
  ],
  [
    'keyedBroadcastProcess',
    {
      type: 'keyedBroadcastProcess',
      config: {
        states: [{ name: 'rules' }],
        fn: `class extends KeyedBroadcastProcessFunction {
          processElement(x, ctx) { ctx.timerService().registerEventTimeTimer(1_000_000) }
          processBroadcastElement(x, ctx) { ctx.getBroadcastState(mapState('rules')).put(x.right, x.id) }
          onTimer(at, ctx, out) {
            out.collect([ctx.currentKey(), [...ctx.getBroadcastState(mapState('rules')).keys()].length])
          }
        }`,
      },
      edges: [hashed, { partitioner: 'broadcast' }],
    },
    [
      [0, 3],
      [1, 3],
    ],
  ],
  [
    'asyncMap',
    {
      type: 'asyncMap',
      config: { fn: 'async x => { await undefined; return x.left }', capacity: 2, ordered: false },
      edges: [{}],
    },
    left.map(x => x.left),
  ],
  [
    'statefulMap',
    {
      type: 'statefulMap',
      config: { fn: '(key, x, sum = 0) => [sum + x.left > 4 ? [[key, sum + x.left]] : [], sum + x.left]' },
      edges: [hashed],
    },
    [[0, 6]],
  ],
])('%s', async (name, operator, expected) => {
  expect(expected.length).toBeGreaterThan(0)
  expect(sorted(await rowsOf(name, operator))).toEqual(sorted(expected))
})
