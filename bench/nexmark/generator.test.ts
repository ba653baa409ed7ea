import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Digest, fnv1a } from './digest.ts'
import type { NexmarkEvent } from './events.ts'
import { Generator, type TextMode } from './generator.ts'
import { Draws, mix, mixedSeed, startOf } from './random.ts'

interface Vectors {
  readonly mix: Record<string, number>
  readonly draws: readonly { seed: number; n: number; start: number; draws: number[] }[]
  readonly fnv1a: Record<string, Record<string, string>>
  readonly runs: readonly {
    seed: number
    rate: number
    text?: TextMode
    sha256: Record<string, string>
    persons?: NexmarkEvent[]
    auctions?: NexmarkEvent[]
    bids?: NexmarkEvent[]
    far?: { n: number; event: NexmarkEvent }[]
  }[]
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8')) as Vectors

test('mix gives the numbers of the specification', () => {
  for (const [z, mixed] of Object.entries(vectors.mix)) expect(mix(Number(z)) >>> 0).toBe(mixed)
})

test('starts and draws are those of the specification, also beyond 32 bits', () => {
  const draws = new Draws()
  expect(vectors.draws.length).toBeGreaterThan(5)
  for (const { seed, n, start, draws: expected } of vectors.draws) {
    const state = startOf(mixedSeed(seed), n)
    expect(state >>> 0).toBe(start)
    draws.start(state)
    expect(expected.map(() => draws.draw())).toEqual(expected)
  }
})

test('rows are hashed as the specification says, and beyond ASCII by their UTF-8 bytes', () => {
  for (const [text, hashes] of Object.entries(vectors.fnv1a)) {
    for (const [basis, hash] of Object.entries(hashes)) {
      expect((fnv1a(text, Number(basis)) >>> 0).toString(16).padStart(8, '0')).toBe(hash)
    }
  }
  const text = 'aé€😀z'
  const bytes = String.fromCharCode(...new TextEncoder().encode(text))
  expect(fnv1a(text, 1)).toBe([...bytes].reduce((hash, c) => Math.imul(hash ^ c.charCodeAt(0), 0x01000193), 1))
})

test('digests of parts join to the digest of the whole', () => {
  const [whole, first, second] = [new Digest(), new Digest(), new Digest()]
  for (const row of ['1|2', '1|2', 'x', '3|4']) whole.add(row)
  for (const row of ['3|4', '1|2']) first.add(row)
  for (const row of ['x', '1|2']) second.add(row)
  first.join(second.toString())
  expect(first.toString()).toBe(whole.toString())
  expect(new Digest().toString()).toBe('0:00000000:00000000')
})

describe.each(vectors.runs.map((run, index) => ({ run, index })))('run $index of the vectors', ({ run }) => {
  const { seed, rate, text = 'full' } = run
  const fresh = () => new Generator({ seed, rate, text })
  const generator = fresh()

  test('has the bytes of the specification as a file', () => {
    for (const [count, sha256] of Object.entries(run.sha256)) {
      const hash = createHash('sha256')
      generator.emitAll(Number(count), event => hash.update(`${JSON.stringify(event)}\n`))
      expect(hash.digest('hex')).toBe(sha256)
    }
  })

  test('begins with the events that are written out, and holds those from far on', () => {
    const { persons = [], auctions = [], bids = [], far = [] } = run
    const events = Array.from({ length: 200 }, (_, n) => generator.event(n))
    const first = (type: string, count: number) => events.filter(event => event.type === type).slice(0, count)
    expect(first('person', persons.length)).toEqual(persons)
    expect(first('auction', auctions.length)).toEqual(auctions)
    expect(first('bid', bids.length)).toEqual(bids)
    for (const { n, event } of far) expect(generator.event(n)).toEqual(event)
  })

  test('goes on where a blocked output stopped it', () => {
    const given: unknown[] = []
    const output = {
      get blocked() {
        return given.length % 7 === 6
      },
      collect: (event: unknown) => given.push(event),
    }
    let at = 3
    while (at < 50) {
      at = generator.emit(11, at, 50, output)
      if (at < 50) given.push('stopped')
    }
    const whole = Array.from({ length: 47 }, (_, i) => generator.event(553 + i))
    expect(given.filter(event => event !== 'stopped')).toEqual(whole)
    expect(given.length).toBeGreaterThan(whole.length)
  })

  test('an event does not depend on those made before it', () => {
    const other = fresh()
    for (const n of [4321, 0, 57, 4321, 2, 1_000_003]) generator.event(n)
    for (const n of [1_000_003, 57, 4321, 0]) expect(generator.event(n)).toEqual(other.event(n))
  })
})
