import { describe, expect, test } from 'vitest'
import { prepare, refusal } from './testing/prepare.ts'

const nodes = [
  { uid: 'in', type: 'numbers', name: 'in', config: { count: 3 } },
  { uid: 'double', type: 'map', name: 'double', config: { fn: '(x: number) => x * 2' } },
  { uid: 'agg', type: 'aggregate', name: 'agg', config: { aggregator: { add: '(a, b) => a + b', merge: 'Math.max' } } },
  { uid: 'out', type: 'print', name: 'out' },
]
const edges = [
  { from: 'in', to: 'double' },
  { from: 'double', to: 'agg', partitioner: 'hash', key: 'x => x % 2' },
  { from: 'agg', to: 'out' },
]

function json(more: Record<string, unknown> = {}): string {
  return JSON.stringify({ name: 'json', parallelism: 2, nodes, edges, ...more }, null, 2)
}

/** The good job with another text for the map's function. */
function withFunction(fn: unknown): string {
  return json({ nodes: nodes.map(node => (node.uid === 'double' ? { ...node, config: { fn } } : node)) })
}

const asJson = { fileName: 'job.json' }

describe('a good JSON job', () => {
  test('becomes a graph that holds the texts as they were written', async () => {
    const job = await prepare(json(), asJson)
    expect(job.kind).toBe('json')
    expect(job.graph.nodes[1].config).toEqual({ fn: '(x: number) => x * 2' })
    expect(job.graph.edges[1]).toMatchObject({ partitioner: 'hash', key: 'x => x % 2', output: null, input: 0 })
  })

  test('may have functions that use the SDK, span lines and end in a comment', async () => {
    await prepare(withFunction('x =>\n  x instanceof DataStream ? 1 : 2 // why not'), asJson)
  })

  test('need not say parallelism 1 where the operator can have no other', async () => {
    const single = { uid: 'in', type: 'single', name: 'in' }
    const job = await prepare(json({ nodes: [single, ...nodes.slice(1)] }), asJson)
    expect(job.graph.nodes[0].parallelism).toBe(1)
  })

  test('may call an operator by any uid', async () => {
    for (const uid of ['__proto__', 'a"b', 'ü\u2028`$' + '{1}`', 'constructor', "it's #1 of 2.fn"]) {
      const renamed = JSON.parse(json().replaceAll('"double"', JSON.stringify(uid)))
      expect((await prepare(JSON.stringify(renamed), asJson)).graph.nodes[1].uid).toBe(uid)
    }
  })
})

describe('a bad JSON job', () => {
  test('with a syntax error is refused with line and column', async () => {
    const error = await refusal(prepare('{\n  "name": "x",\n  nodes: []\n}', asJson))
    expect(error.code).toBe('JOB_SYNTAX')
    expect(error.message).toMatch(/^job\.json:3:3: .*; a \.json job is one JSON object with "name", "nodes"/)
    expect(error.place).toEqual({ file: 'job.json', line: 3, column: 2 })
  })

  test('with a comma too many is refused where that stands', async () => {
    const error = await refusal(prepare('{\n  "name": "x",\n  "nodes": [,]\n}', asJson))
    expect(error.place).toEqual({ file: 'job.json', line: 3, column: 12 })
  })

  test.each([
    ['many lists in each other', `{ "name": "x", "nodes": ${'['.repeat(50_000)}${']'.repeat(50_000)} }`],
    ['a deep setting', json().replace('"count": 3', `"count": ${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
  ])('with %s is refused before anything walks it', async (_what, text) => {
    const error = await refusal(prepare(text, asJson))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.message).toContain('more than 64 objects and lists in each other')
  })

  test.each([
    ['5', 'fn is no function but the number 5'],
    ['"x => x"', 'fn is no function but the string x => x'],
    ['null', 'fn is no function but null'],
  ])('whose function is %s is refused with its operator', async (text, message) => {
    const error = await refusal(prepare(withFunction(text), asJson))
    expect(error.message).toContain(`operator "double": ${message}`)
    expect(error.place).toMatchObject({ operator: 'double' })
  })

  test('with thousands of mistakes tells of the first hundred', async () => {
    const nodes = Array.from({ length: 3_000 }, (_, i) => ({ uid: `n${i}`, type: 'nothing', name: 'n' }))
    const error = await refusal(prepare(json({ nodes }), asJson))
    expect(error.problems).toHaveLength(100)
    expect(error.message).toMatch(/and \d{4} more/)
  })

  test('with half a character in a text is refused', async () => {
    const error = await refusal(prepare(json({ name: 'a\ud800' }), asJson))
    expect(error.message).toContain('half a character in it (a lone surrogate): "a\\ud800"; correct the text')
  })

  test('with more functions than a JSON job may have is refused', async () => {
    const many = Array.from({ length: 2_001 }, (_, i) => ({ ...nodes[1], uid: `m${i}`, name: `m${i}` }))
    const along = many.map((_, i) => ({ from: i === 0 ? 'in' : `m${i - 1}`, to: `m${i}` }))
    const error = await refusal(prepare(json({ nodes: [nodes[0], ...many], edges: along }), asJson))
    expect(error.code).toBe('JOB_LIMIT')
    expect(error.message).toContain('a JSON job may have 2000 functions, and this one has 2001')
  })

  test('that ends too early is refused at its end', async () => {
    const error = await refusal(prepare('{\n  "name": "x",', asJson))
    expect(error.place).toMatchObject({ line: 2 })
  })

  test.each([['[]'], ['3'], ['null'], ['"x"']])('that is %s is refused', async text => {
    const error = await refusal(prepare(text, asJson))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.message).toMatch(/^job\.json: a job graph must be an object: .*, with "name", "nodes" and "edges"/)
  })

  test('without operators is refused', async () => {
    const error = await refusal(prepare(json({ nodes: [], edges: [] }), asJson))
    expect(error.message).toMatch(/nodes: a job needs at least one operator/)
  })

  test.each([
    [0, /must be at least 1 \(it is 0\)/],
    [-1, /must be at least 1 \(it is -1\)/],
    [1e6, /must be at most 32768 \(it is 1000000\)/],
    ['2', /parallelism: must be a whole number \(it is "2"\)/],
    [200, /parallelism 200, above its maxParallelism 128/],
  ])('with parallelism %j is refused, for the job and for an operator', async (parallelism, message) => {
    expect((await refusal(prepare(json({ parallelism }), asJson))).message).toMatch(message)
    const faulty = json({ nodes: [nodes[0], { ...nodes[1], parallelism }, ...nodes.slice(2)] })
    const error = await refusal(prepare(faulty, asJson))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.problems).toEqual([{ file: 'job.json', operator: 'double', message: expect.stringMatching(message) }])
  })

  test('with a cycle is refused with the names around it', async () => {
    const around = [...edges.slice(0, 2), { from: 'agg', to: 'double' }]
    const error = await refusal(prepare(json({ edges: around, nodes: nodes.slice(0, 3) }), asJson))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.message).toMatch(/form a cycle: double -> agg -> double; remove one of these/)
  })

  test('with an unknown operator is refused with the near miss', async () => {
    const error = await refusal(prepare(json().replace('"type": "print"', '"type": "prnt"'), asJson))
    expect(error.problems).toEqual([
      { file: 'job.json', operator: 'out', message: expect.stringMatching(/did you mean "print"\?/) },
    ])
  })

  test('with wrong types of settings is refused with operator and field', async () => {
    const error = await refusal(prepare(json().replace('"count": 3', '"count": "three"'), asJson))
    expect(error.problems).toEqual([
      { file: 'job.json', operator: 'in', message: expect.stringMatching(/config\.count: .*number/i) },
    ])
  })

  test.each([
    [{ group: 'g', maxDriftMs: -1 }, 'maxDriftMs: must be at least 0 (it is -1)'],
    [{ group: 'g', maxDriftMs: '1s' }, 'maxDriftMs: must be a number (it is "1s")'],
    [{ group: '', maxDriftMs: 1 }, 'group: must not be empty'],
    [{ group: 'g' }, 'maxDriftMs: is missing'],
    [{ group: 'g', maxDriftMs: 1, intervalMs: 1 }, 'intervalMs: must be at least 10 (it is 1)'],
  ])('with the alignment %j is refused with what is wrong in it', async (alignment, says) => {
    const aligned = { ...nodes[0], watermarks: { strategy: 'monotonous', alignment } }
    const error = await refusal(prepare(json({ nodes: [aligned, ...nodes.slice(1)] }), asJson))
    expect(error.message).toContain(says)
  })

  test('with an unknown field is refused', async () => {
    const error = await refusal(prepare(json({ paralelism: 3 }), asJson))
    expect(error.message).toMatch(/paralelism/)
  })

  test('with a field named __proto__ is refused', async () => {
    const error = await refusal(prepare(json().replace('"count": 3', '"__proto__": { "count": 3 }'), asJson))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.message).toMatch(/a field named "__proto__"; rename or remove it/)
  })

  test('without a required function is refused', async () => {
    const error = await refusal(prepare(withFunction(undefined), asJson))
    expect(error.problems).toEqual([
      { file: 'job.json', operator: 'double', message: expect.stringContaining('config.fn') },
    ])
  })
})

describe('a function’s text', () => {
  test('that is no JavaScript is named with operator, field and place in the text', async () => {
    const error = await refusal(prepare(withFunction('x =>\n  x +* 2'), asJson))
    expect(error.code).toBe('JOB_SYNTAX')
    expect(error.message).toMatch(/^job\.json#fn of double:2:6: operator "double": fn is no function: Unexpected "\*"/)
    expect(error.place).toEqual({ file: 'job.json#fn of double', operator: 'double', line: 2, column: 5 })
  })

  test.each([
    ['x => (x', /is no function/],
    ['x => x); globalThis.evil = 1; (x', /is no function/],
    ['return x', /is no function/],
    ['const f = x => x', /is no function/],
    ['x => x // ) comment )', undefined],
    ['', /config\.fn has to be a function/],
  ])('%j is checked alone', async (text, message) => {
    if (message === undefined) await prepare(withFunction(text), asJson)
    else expect((await refusal(prepare(withFunction(text), asJson))).message).toMatch(message)
  })

  test('of an aggregator is named with its part', async () => {
    const error = await refusal(prepare(json().replace('(a, b) => a + b', '(a, b =>'), asJson))
    expect(error.message).toMatch(/operator "agg": aggregator\.add is no function/)
  })

  test('of a key selector is named with its operator', async () => {
    const error = await refusal(prepare(json().replace('x => x % 2', 'x => %'), asJson))
    expect(error.message).toMatch(/operator "agg": key0 is no function/)
  })

  test('that imports or requires is refused with its place', async () => {
    const error = await refusal(prepare(withFunction(`x => {\n  return require('node:fs')\n}`), asJson))
    expect(error.code).toBe('JOB_IMPORT')
    expect(error.place).toMatchObject({ operator: 'double', line: 2 })
  })

  test('that throws while it is read names its operator', async () => {
    const error = await refusal(prepare(withFunction('((): never => {\n  throw new Error("no")\n})()'), asJson))
    expect(error.code).toBe('JOB_EVALUATION')
    expect(error.place).toMatchObject({ operator: 'double', line: 2 })
  })
})
