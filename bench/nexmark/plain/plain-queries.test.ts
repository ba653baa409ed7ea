import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Generator } from '../generator.ts'
import { PLAIN_QUERIES } from './plain-queries.ts'

interface Run {
  readonly seed: number
  readonly rate: number
  readonly text?: 'full' | 'pooled'
  readonly events: number
  readonly digests: Readonly<Record<string, string>>
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors.json'), 'utf8')) as {
  readonly runs: readonly Run[]
}
const pooled = vectors.runs.filter(run => run.text === 'pooled')
const cases = pooled.flatMap(run => Object.entries(run.digests).map(([query, digest]) => ({ run, query, digest })))

test('there are runs to compare with', () => {
  expect(cases.length).toBeGreaterThan(20)
})

test.each(cases)(
  'the plain program of $query gives as many rows as the specification says',
  ({ run, query, digest }) => {
    const { seed, rate, events } = run
    const plain = PLAIN_QUERIES[query]?.()
    expect(plain).toBeDefined()
    if (plain === undefined) return
    new Generator({ seed, rate, text: 'pooled' }).emitAll(events, plain.take)
    expect(String(plain.end())).toBe(digest.split(':')[0])
  },
)
