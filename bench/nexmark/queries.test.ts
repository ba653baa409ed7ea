import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { Digest } from './digest.ts'
import type { NexmarkEvent } from './events.ts'
import { Generator } from './generator.ts'
import type { NexmarkJobOptions } from './job.ts'
import { ORACLES, UPDATING } from './oracles.ts'
import { runQueries } from './testing/run-queries.ts'

const TIMEOUT_MS = 60_000
const QUERIES = Object.keys(ORACLES)

/** 40 s of event time: windows, sessions and ties of all kinds. */
const small: Omit<NexmarkJobOptions, 'parallelism' | 'sink'> = {
  events: 8_000,
  rate: 200,
  seed: 7,
  text: 'pooled',
  state: 'memory',
}

function eventsOf({ events, ...options }: typeof small): NexmarkEvent[] {
  const all: NexmarkEvent[] = []
  new Generator(options).emitAll(events, event => all.push(event as NexmarkEvent))
  return all
}

/** Of rows that replace one another the last, by the fields that they begin with. */
function lastRows(rows: readonly string[], keyFields: number): string[] {
  return [...new Map(rows.map(row => [row.split('|').slice(0, keyFields).join('|'), row])).values()]
}

describe.each([1, 2, 4])('on a small input at parallelism %i', parallelism => {
  const events = eventsOf(small)
  let ran: ReadonlyMap<string, unknown[]>
  beforeAll(async () => {
    ran = await runQueries(QUERIES, { ...small, parallelism, sink: 'collect' })
  }, TIMEOUT_MS)

  test.each(QUERIES)('%s gives what a plain batch program gives', query => {
    const rows = ran.get(query) as string[]
    const keyFields = UPDATING[query]
    const results = keyFields === undefined ? rows : lastRows(rows, keyFields)
    const expected = (ORACLES[query] as (events: readonly NexmarkEvent[]) => string[])(events)
    expect(expected.length).toBeGreaterThan(0)
    expect(results.toSorted()).toEqual(expected.toSorted())
  })
})

interface Run {
  readonly seed: number
  readonly rate: number
  readonly text?: 'full' | 'pooled'
  readonly events: number
  readonly digests: Readonly<Record<string, string>>
}

const { runs } = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8')) as { runs: readonly Run[] }

describe.each(runs.filter(run => run.digests !== undefined))(
  'the run of $events events, seed $seed, rate $rate',
  run => {
    const { seed, rate, text = 'full', events, digests } = run
    const queries = Object.keys(digests)
    let ran: ReadonlyMap<string, unknown[]>
    beforeAll(async () => {
      ran = await runQueries(queries, { seed, rate, text, events, parallelism: 2, sink: 'digest', state: 'memory' })
    }, TIMEOUT_MS)

    test.each(queries)('%s has the digest of the specification', query => {
      const digest = new Digest()
      for (const part of ran.get(query) as string[]) digest.join(part)
      expect(digest.toString()).toBe(digests[query])
    })
  },
)
