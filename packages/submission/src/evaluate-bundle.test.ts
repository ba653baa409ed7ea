import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EvaluateRequest, evaluateBundle, type LoadedJob } from './evaluate-bundle.ts'
import type { PreparedJob } from './prepare-job.ts'
import { GOOD, prepare, refusal } from './testing/prepare.ts'
import { tinySdk } from './testing/tiny-sdk.ts'
import { writeBundle } from './write-bundle.ts'

let folder: string
let instances = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-load-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function load(job: PreparedJob, more: Partial<EvaluateRequest> = {}): Promise<LoadedJob> {
  const file = await writeBundle(job.bundle, folder)
  const { graphHash, sourceMap } = job
  return evaluateBundle({ file, sourceMap, graphHash, instance: instances++, ...more }, tinySdk)
}

describe('a bundle', () => {
  test('gives the graph that was prepared, and closures found by uid', async () => {
    const job = await prepare(`${GOOD}export default env`)
    const loaded = await load(job)
    expect(loaded.graph).toEqual(job.graph)
    const double = loaded.functions.get('map-1')?.fn as (x: number) => number
    expect(double(21)).toBe(42)
  })

  test.each(['await env.execute()', 'env.execute()'])('that ends in %s gives the same', async end => {
    const job = await prepare(GOOD + end)
    expect((await load(job)).graph).toEqual(job.graph)
  })

  test('is evaluated anew for each instance, so closures share nothing', async () => {
    const job = await prepare(`${GOOD}let seen = 0\nenv.numbers(1).map(() => ++seen).print()\nexport default env`)
    const [first, second] = await Promise.all([load(job), load(job)])
    const count = (loaded: LoadedJob) => (loaded.functions.get('map-4')!.fn as () => number)()
    expect([count(first), count(first), count(second)]).toEqual([1, 2, 1])
  })

  test('is written once, under a name that follows from its content', async () => {
    const job = await prepare(`${GOOD}export default env`)
    const files = await Promise.all([1, 2, 3, 4].map(() => writeBundle(job.bundle, folder)))
    expect(new Set(files).size).toBe(1)
    expect(await readFile(files[0], 'utf8')).toBe(job.bundle)
    expect((await readdir(folder)).filter(name => name.endsWith('.part'))).toEqual([])
  })

  test('with overrides of the submission has the same hash', async () => {
    const job = await prepare(`${GOOD}export default env`, { name: 'other', parallelism: 3 })
    expect((await load(job, { overrides: { name: 'other', parallelism: 3 } })).graph).toEqual(job.graph)
    expect((await load(job, { graph: job.graph })).graph).toEqual(job.graph)
  })

  test('that uses built-in and bound functions has the same hash as in the sandbox', async () => {
    const job = await prepare(`${GOOD}env.numbers(1).map(String).map(parseInt.bind(null)).print()\nexport default env`)
    await load(job)
  })

  test('of a JSON job gives its functions, aggregators and classes', async () => {
    const source = JSON.stringify({
      name: 'json',
      nodes: [
        {
          uid: 'in',
          type: 'numbers',
          name: 'in',
          config: { count: 1 },
          watermarks: { strategy: 'bounded', timestampAssigner: 'x => x.ts' },
        },
        { uid: '__proto__', type: 'map', name: 'm', config: { fn: 'x => x + 1' } },
        { uid: 'c', type: 'map', name: 'c', config: { fn: 'class { seen = 3 }' } },
        {
          uid: 'a',
          type: 'aggregate',
          name: 'a',
          config: { aggregator: { add: '(a, b) => a + b', getResult: 'x => x' } },
        },
      ],
      edges: [
        { from: 'in', to: '__proto__' },
        { from: '__proto__', to: 'c' },
        { from: 'c', to: 'a', partitioner: 'hash', key: 'x => x.id' },
      ],
    })
    const job = await prepare(source, { fileName: 'job.json' })
    const { functions, graph } = await load(job)
    expect(graph).toEqual(job.graph)
    const call = (uid: string, place: string, ...values: unknown[]) =>
      (functions.get(uid)![place] as (...values: unknown[]) => unknown)(...values)
    expect(call('in', 'timestampAssigner', { ts: 7 })).toBe(7)
    expect(call('__proto__', 'fn', 1)).toBe(2)
    expect(functions.get('c')?.fn).toEqual({ seen: 3 })
    expect(call('a', 'key0', { id: 'k' })).toBe('k')
    expect((functions.get('a')!.aggregator as { add(a: number, b: number): number }).add(2, 3)).toBe(5)
  })
})

describe('a bundle is refused', () => {
  test('when it builds another graph than the stored one, which is said', async () => {
    const job = await prepare(`${GOOD}env.numbers('process' in globalThis ? 7 : 8).print()\nexport default env`)
    const error = await refusal(load(job, { graph: job.graph }))
    expect(error.code).toBe('JOB_NOT_DETERMINISTIC')
    expect(error.message).toMatch(/operator "numbers" \(numbers-3\): config\.count was 8, is now 7/)
    expect((await refusal(load(job))).code).toBe('JOB_NOT_DETERMINISTIC')
  })

  test('when it never comes to its end', async () => {
    const job = await prepare(`${GOOD}if ('process' in globalThis) await new Promise(() => {})\nexport default env`)
    const error = await refusal(load(job, { timeLimitMs: 50 }))
    expect(error.message).toMatch(/waits at its top level/)
  })

  test('and the next one is loaded all the same', async () => {
    const job = await prepare(`${GOOD}export default env`)
    await refusal(load(job, { graphHash: 'wrong' }))
    await load(job)
  })
})
