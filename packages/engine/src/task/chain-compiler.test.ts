import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { Collector } from '../functions/collector.ts'
import type { ProcessContext } from '../functions/process-function.ts'
import { chainSource } from './chain-compiler.ts'
import { PROBE_OPERATOR } from './chain-plan.ts'
import { type ChainLogEntry, type TestNode, testChain } from './testing/test-chain.ts'

/** Operators over whole numbers; `k` makes those of one type differ. */
const OPERATORS: Record<string, (k: number) => TestNode['operator']> = {
  map: k => ({ type: 'map', functions: { fn: (n: number) => failing(n * 2 + k, k) } }),
  filter: k => ({ type: 'filter', functions: { fn: (n: number) => failing(n, k + 1) % (k + 2) !== 0 } }),
  flatMap: k => ({ type: 'flatMap', functions: { fn: (n: number) => Array.from({ length: k % 4 }, (_, i) => n + i) } }),
  process: k => ({
    type: 'process',
    functions: {
      fn: (n: number, context: ProcessContext, out: Collector<number>) => {
        if (n % 3 === 0) context.output('third', n + k)
        else for (let i = 0; i <= k % 3; i++) out.collect(failing(n, k + 2) + k + i)
      },
    },
  }),
}

function failing(n: number, k: number): number {
  if (n % 97 === 90 + (k % 3)) throw new TypeError(`cannot take ${n}`)
  return n
}

/** Trees of operators: each but the first is fed by one before it, by its main or its side output. */
const tree = fc
  .array(
    fc.record({
      // Most of what is hard about full outputs happens between operators that emit several records.
      type: fc.constantFrom(...Object.keys(OPERATORS), 'flatMap', 'flatMap'),
      k: fc.nat({ max: 7 }),
      parent: fc.nat(),
      side: fc.boolean(),
      leaves: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map(list => {
    const feeds = list.map(() => ({ main: [] as number[], side: [] as number[] }))
    for (const [i, { parent, side }] of list.entries()) {
      if (i > 0) feeds[parent % i][side && list[parent % i].type === 'process' ? 'side' : 'main'].push(i)
    }
    return list.map(({ type, k, leaves }, i): TestNode => {
      const isEnd = feeds[i].main.length === 0
      return {
        name: `${type} ${i}`,
        operator: OPERATORS[type](k),
        feeds: feeds[i].main,
        leaves: leaves || isEnd,
        sides: type === 'process' ? { third: { feeds: feeds[i].side, leaves } } : {},
      }
    })
  })

/** More than any chain of the test has records. */
const PAUSES_MAX = 50_000

interface Run {
  readonly log: readonly ChainLogEntry[]
  readonly counters: readonly unknown[]
  readonly stops: readonly number[]
  readonly error: unknown
  readonly running: number
}

/** Runs records through the chain, full after every `every`th record that leaves it, with pauses where it stops. */
function run(nodes: readonly TestNode[], values: readonly number[], compile: boolean, every: number): Run {
  const { chain, driver, flow, probe, log } = testChain(nodes, {
    compile,
    onEmit: (state, emitted) => {
      if (emitted % every === 0) state.setOutputsFull(true)
    },
  })
  const timestamps = values.map((_, i) => i * 10)
  const stops: number[] = []
  let error: unknown
  let pauses = 0
  try {
    let at = 0
    for (let turns = 0; at < values.length && turns < 100_000; turns++) {
      at = driver(values, timestamps, at, values.length, 0)
      stops.push(at)
      for (; flow.blocked && pauses < PAUSES_MAX; pauses++) {
        flow.setOutputsFull(false)
        for (const { operator } of [...chain].reverse()) if (!flow.resume(operator)) break
      }
    }
  } catch (thrown) {
    error = thrown
  }
  expect(pauses, 'the chain does not go on').toBeLessThan(PAUSES_MAX)
  return { log, counters: chain.map(({ counters }) => counters), stops, error, running: probe[PROBE_OPERATOR] }
}

function outputOf({ from, tag }: ChainLogEntry): string {
  return `${from}/${tag}`
}

function shown(error: unknown): unknown {
  if (!(error instanceof WeirError)) return error
  return { code: error.code, message: error.message, place: error.place }
}

describe('a generated chain', () => {
  it('does the same as the interpreted one: records, counters, places where it stops, errors', () => {
    fc.assert(
      fc.property(
        tree,
        fc.array(fc.nat({ max: 400 }), { maxLength: 60 }),
        fc.constantFrom(1, 1, 2, 3, 7, 20),
        (nodes, values, every) => {
          const compiled = run(nodes, values, true, every)
          const interpreted = run(nodes, values, false, every)
          const unhindered = run(nodes, values, false, Number.POSITIVE_INFINITY)
          expect(compiled.log).toEqual(interpreted.log)
          expect(compiled.stops).toEqual(interpreted.stops)
          expect(shown(compiled.error)).toEqual(shown(interpreted.error))
          // Outputs that are full change nothing but the moment: no record is lost, given twice or out of order.
          if (interpreted.error === undefined && unhindered.error === undefined) {
            expect(Map.groupBy(interpreted.log, outputOf)).toEqual(Map.groupBy(unhindered.log, outputOf))
          }
          // Counters of a record that fails half-way may differ by that record.
          if (compiled.error === undefined) expect(compiled.counters).toEqual(interpreted.counters)
          else expect(compiled.running).toBe(interpreted.running)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives what the functions give when they are called by hand', () => {
    const nodes: TestNode[] = [
      { name: 'double', operator: { type: 'map', functions: { fn: (n: number) => n * 2 } }, feeds: [1, 2] },
      { name: 'large', operator: { type: 'filter', functions: { fn: (n: number) => n > 4 } }, leaves: true },
      { name: 'both', operator: { type: 'flatMap', functions: { fn: (n: number) => [n, -n] } }, leaves: true },
    ]
    const { driver, log, chain } = testChain(nodes, { compile: true })
    expect(driver([1, 2, 3], [10, 20, 30], 0, 3, 0)).toBe(3)
    expect(log.map(({ from, value, timestamp }) => [from, value, timestamp])).toEqual([
      ['both', 2, 10],
      ['both', -2, 10],
      ['both', 4, 20],
      ['both', -4, 20],
      ['large', 6, 30],
      ['both', 6, 30],
      ['both', -6, 30],
    ])
    expect(chain.map(({ counters }) => [counters.recordsIn, counters.recordsOut])).toEqual([
      [3, 3],
      [3, 1],
      [3, 6],
    ])
  })

  it('runs the records it is told to, and stops behind the one that fills an output', () => {
    const nodes: TestNode[] = [
      { name: 'id', operator: { type: 'map', functions: { fn: (n: number) => n } }, leaves: true },
    ]
    for (const compile of [true, false]) {
      const { driver, log } = testChain(nodes, { compile, onEmit: (flow, n) => flow.setOutputsFull(n === 3) })
      expect(driver([0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 0, 0], 1, 5, 0)).toBe(4)
      expect(log.map(({ value }) => value)).toEqual([1, 2, 3])
    }
  })

  it.each([1, 2, 3])(
    'loses nothing in flatMaps that feed one another while outputs are full after every %i records',
    every => {
      const copies = (n: number) => ({
        type: 'flatMap',
        functions: { fn: (x: number) => Array.from({ length: n }, () => x) },
      })
      const nodes: TestNode[] = [
        { name: 'two', operator: copies(2), feeds: [1, 3] },
        { name: 'three', operator: copies(3), feeds: [2] },
        { name: 'four', operator: copies(4), leaves: true },
        { name: 'once', operator: copies(1), leaves: true },
      ]
      for (const compile of [true, false]) {
        const { log } = run(nodes, [5, 6], compile, every)
        const of = (name: string) => log.filter(({ from }) => from === name).map(({ value }) => value)
        expect(of('four')).toEqual([...Array.from({ length: 24 }, () => 5), ...Array.from({ length: 24 }, () => 6)])
        expect(of('once')).toEqual([5, 5, 6, 6])
      }
    },
  )

  it('loses nothing of what a function collects in one call while the operator behind it keeps results', () => {
    const nodes: TestNode[] = [
      {
        name: 'burst',
        operator: {
          type: 'process',
          functions: {
            fn: (n: number, _context: ProcessContext, out: Collector<number>) => {
              for (let i = 0; i < 3; i++) out.collect(n + i)
            },
          },
        },
        feeds: [1],
      },
      { name: 'pairs', operator: { type: 'flatMap', functions: { fn: (n: number) => [n, -n] } }, leaves: true },
    ]
    for (const every of [1, 2, 100]) {
      const { log } = run(nodes, [10, 20], true, every)
      expect(log.map(({ value }) => value)).toEqual([10, -10, 11, -11, 12, -12, 20, -20, 21, -21, 22, -22])
    }
  })

  it('hands the number of the input to the head alone', () => {
    const inputs: number[] = []
    const nodes: TestNode[] = [
      {
        name: 'head',
        operator: ({ output }) => ({
          processElement: (value, timestamp, input) => {
            inputs.push(input)
            output.collect(value, timestamp)
          },
        }),
        feeds: [1],
      },
      { name: 'next', operator: () => ({ processElement: (_value, _timestamp, input) => void inputs.push(input) }) },
    ]
    for (const compile of [true, false]) testChain(nodes, { compile }).driver(['x'], [0], 0, 1, 1)
    expect(inputs).toEqual([1, 0, 1, 0])
  })

  it('names the operator further down in an error that user code upstream catches and throws on', () => {
    const nodes: TestNode[] = [
      {
        name: 'outer',
        operator: {
          type: 'process',
          functions: {
            fn: (value: unknown, _context: ProcessContext, out: Collector<unknown>) => out.collect(value),
          },
        },
        feeds: [1],
      },
      {
        name: 'inner',
        operator: {
          type: 'map',
          functions: {
            fn: () => {
              throw new RangeError('too far')
            },
          },
        },
        leaves: true,
      },
    ]
    for (const compile of [true, false]) {
      const { driver } = testChain(nodes, { compile })
      expect(() => driver([1], [0], 0, 1, 0)).toThrow(
        expect.objectContaining({
          code: 'USER_FUNCTION',
          message: "operator 'inner': too far",
          place: { operator: 'inner', record: '1' },
        }),
      )
    }
  })

  it('tells the record that the operator got at which it failed', () => {
    const failing = (value: unknown) => {
      if ((value as { twice: number }).twice === 6) throw new RangeError('too far')
      return value
    }
    const nodes: TestNode[] = [
      {
        name: 'double',
        operator: { type: 'map', functions: { fn: (value: unknown) => ({ twice: (value as number) * 2 }) } },
        feeds: [1],
      },
      { name: 'check', operator: { type: 'map', functions: { fn: failing } }, leaves: true },
    ]
    for (const compile of [true, false]) {
      const { driver } = testChain(nodes, { compile })
      expect(() => driver([1, 2, 3, 4], [0, 0, 0, 0], 0, 4, 0)).toThrow(
        expect.objectContaining({ place: { operator: 'check', record: '{"twice": 6}' } }),
      )
    }
  })

  it('has a source of its own, whatever the names of jobs and tags', () => {
    const nodes: TestNode[] = [
      {
        name: '*/ `x` \u2028 name',
        operator: OPERATORS.process(0),
        leaves: true,
        sides: { 'a "tag"\n\\': { leaves: true }, third: { leaves: true } },
      },
    ]
    const { chain, driver, log } = testChain(nodes, { compile: true })
    driver([3, 4], [0, 0], 0, 2, 0)
    expect(log.map(({ tag, value }) => [tag, value])).toEqual([
      ['third', 3],
      [null, 4],
    ])
    expect(chainSource(chain, 'job_1\nalert(1)')).not.toBe(chainSource(chain, 'job_2\nalert(1)'))
    expect(chainSource(chain, 'job_1\u2029alert(1)\nalert(2)').split('\n')[0]).toBe('// chain job_1 alert(1) alert(2)')
  })
})
