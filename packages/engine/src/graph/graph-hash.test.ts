import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, graphDifferences, graphHash } from './graph-hash.ts'
import { type JobGraph, jobGraphSchema } from './job-graph.ts'
import { sha256Hex } from './sha-256.ts'

function graph(more: Record<string, unknown> = {}, config: Record<string, unknown> = {}): JobGraph {
  return jobGraphSchema.parse({
    name: 'test',
    nodes: [
      { uid: 'in', type: 'numbers', name: 'in', config },
      { uid: 'out', type: 'print', name: 'out' },
    ],
    edges: [{ from: 'in', to: 'out' }],
    ...more,
  })
}

describe('sha256Hex', () => {
  test('equals the digests of the standard', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test('equals the digest of node:crypto for any text', () => {
    const oracle = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => sha256Hex(text) === oracle(text)))
    for (let length = 50; length < 140; length++) expect(sha256Hex('x'.repeat(length))).toBe(oracle('x'.repeat(length)))
    expect(sha256Hex('\ud800 lone')).toBe(oracle('\ud800 lone'))
  })
})

describe('canonicalJson', () => {
  test('is JSON of the same value, whatever the order of the fields', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, shuffled(field)]),
      )
    }
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), value => {
        const normal = JSON.parse(JSON.stringify(value))
        expect(JSON.parse(canonicalJson(normal))).toEqual(normal)
        expect(canonicalJson(shuffled(normal))).toBe(canonicalJson(normal))
      }),
    )
  })

  test('leaves undefined fields out, and prints built-in functions of all engines alike', () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
    expect(canonicalJson({ fn: 'function String() { [native code] }' })).toBe(
      canonicalJson({ fn: 'function String() {\n    [native code]\n}' }),
    )
    expect(canonicalJson('function f() { return "[native code]" }')).not.toBe('"[native code]"')
  })
})

describe('graphHash', () => {
  test('is the same for the same graph, and another for any difference', () => {
    expect(graphHash(graph())).toMatch(/^[0-9a-f]{64}$/)
    expect(graphHash(graph())).toBe(graphHash(graph()))
    const others = [
      graph({ name: 'other' }),
      graph({ parallelism: 2 }),
      graph({}, { count: 1 }),
      graph({ edges: [{ from: 'in', to: 'out', partitioner: 'rebalance' }] }),
    ]
    expect(new Set([graph(), ...others].map(graphHash)).size).toBe(5)
  })
})

describe('graphDifferences', () => {
  test('is empty for equal graphs', () => {
    expect(graphDifferences(graph(), graph())).toEqual([])
  })

  test('names the operator and the setting', () => {
    expect(graphDifferences(graph({}, { seed: 1 }), graph({}, { seed: 2 }))).toEqual([
      'operator "in" (in): config.seed was 1, is now 2',
    ])
  })

  test('names missing and new operators, connections and settings of the job', () => {
    const nodes = [
      { uid: 'in', type: 'numbers', name: 'in' },
      { uid: 'out2', type: 'print', name: 'out' },
    ]
    expect(graphDifferences(graph(), graph({ nodes }))).toEqual([
      'operator "out" (out) is missing',
      'operator "out" (out2) is new',
    ])
    expect(graphDifferences(graph(), graph({ edges: [] }))).toEqual(['the connections between the operators differ'])
    expect(graphDifferences(graph(), graph({ name: 'b' }))).toEqual(['name was "test", is now "b"'])
    const reordered = graph({ nodes: [...graph().nodes].reverse() })
    expect(graphDifferences(graph(), reordered)).toEqual(['the order of the operators differs'])
  })
})
