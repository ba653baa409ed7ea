import { collectSink } from '@weir/connectors/index'
import { compile } from '@weir/engine/api/compile'
import type { DataStream } from '@weir/engine/api/data-stream'
import { StreamExecutionEnvironment } from '@weir/engine/api/stream-environment'
import { WatermarkStrategies } from '@weir/engine/api/watermark-strategies'
import { TumblingWindow } from '@weir/engine/api/window-assigners'
import { RECORD_TEXT_MAX } from '@weir/engine/base/record-text'
import { expect } from 'vitest'
import { LocalCluster } from '../local-cluster.ts'

/**
 * Jobs over four clicks whose operator `broken` goes wrong at the record of 'cy' (or at the first). What is expected of
 * each: an error that names operator, subtask and record, and says what to do.
 */

export interface Click {
  readonly user: string
  readonly at: number
  readonly more?: string
}

export const CLICKS: readonly Click[] = [
  { user: 'ann', at: 1_000 },
  { user: 'bob', at: 2_000 },
  { user: 'cy', at: 3_000, more: 'x'.repeat(10_000) },
  { user: 'dee', at: 9_000 },
]
export const CY = /^\{"user": "cy", "at": 3000, "more": "x+…$/
export const ANN = '{"user": "ann", "at": 1000}'

/** A function that gives or does something else for the record of 'cy'. `R` is what it should give. */
export function but<R>(usual: (click: Click) => R, bad: (click: Click) => unknown): (click: Click) => R {
  return click => (click.user === 'cy' ? (bad(click) as R) : usual(click))
}
export function fail(): never {
  throw new Error('not this one')
}
export const same = (click: Click): Click => click

export type Env = StreamExecutionEnvironment
/** A stream of whatever records, whose last operator goes wrong. */
export type Broken = (env: Env) => { name(name: string): unknown }

export const clicks = (env: Env): DataStream<Click> => env.fromCollection(CLICKS).name('clicks')
export const timed = (env: Env): DataStream<Click> =>
  clicks(env)
    .assignTimestampsAndWatermarks(at(click => click.at))
    .name('times')
export const at = (assigner: (click: Click) => unknown) =>
  WatermarkStrategies.monotonous<Click>().withTimestampAssigner(assigner as (click: Click) => number)
export const byUser = (click: Click): string => click.user
export const day = TumblingWindow.of(86_400_000)

/** Runs a job with this stream to its end, and gives what it was warned of. */
export function run(build: Broken): Promise<string[]> {
  return runJob(env => {
    const broken = build(env).name('broken') as DataStream<unknown>
    // An exchange behind it, since some things are found only where records are sent.
    broken
      .rebalance()
      .map(value => value)
      .setParallelism(2)
      .addSink(collectSink())
  })
}

export async function runJob(build: (env: Env) => void): Promise<string[]> {
  const env = new StreamExecutionEnvironment('bad input')
  build(env)
  const { graph, functions } = compile(env)
  const warnings: string[] = []
  const cluster = new LocalCluster({
    jobId: 'job_00000000',
    graph,
    load: async () => functions,
    workdir: '/',
    place: error => error,
    onRow: () => undefined,
    probe: new Int32Array(2),
    onOperators: () => undefined,
    onStatus: () => undefined,
    log: (level, operator, _subtask, message) => {
      if (level === 'warn') warnings.push(`${operator}: ${message}`)
    },
  })
  expect(await cluster.run()).toBe('FINISHED')
  return warnings
}

/** Title, job, code, record, message. */
export type BadRow = readonly [string, Broken, string, RegExp | string | undefined, RegExp]

export async function expectNamed(
  build: Broken,
  code: string,
  record: RegExp | string | undefined,
  message: RegExp,
): Promise<void> {
  const error = await run(build).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const place = { operator: 'broken', subtask: expect.any(Number) }
  expect(error).toMatchObject({
    code,
    place,
    message: expect.stringMatching(/^(key selector of )?operator 'broken': /),
  })
  expect(error).toHaveProperty('message', expect.stringMatching(message))
  const shown = (error as { place: { record?: string } }).place.record
  if (typeof record === 'string') expect(shown).toBe(record)
  else if (record === undefined) expect(shown).toBeUndefined()
  else expect(shown).toMatch(record)
  expect(shown?.length ?? 0).toBeLessThanOrEqual(RECORD_TEXT_MAX)
}
