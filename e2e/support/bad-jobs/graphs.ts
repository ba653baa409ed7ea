import { type BadJob, IMPORT_DOES } from './bad-job.ts'

const source = { uid: 's', type: 'datagen', name: 'numbers', config: { count: 3, fields: { n: 'sequence' } } }
const sink = { uid: 'k', type: 'blackhole', name: 'end' }
const map = (uid: string, fn: unknown = 'x => x') => ({ uid, type: 'map', name: uid, config: { fn } })
const edge = (from: string, to: string) => ({ from, to })

function jsonJob(nodes: readonly object[], edges: readonly object[], more: object = {}): string {
  return JSON.stringify({ name: 'json', nodes, edges, ...more }, null, 2)
}

/** A source with many sinks: a graph that is large but sound. */
export function wideJob(sinks: number): string {
  const nodes = Array.from({ length: sinks }, (_, i) => ({ ...sink, uid: `k${i}`, name: `k${i}` }))
  return jsonJob(
    [source, ...nodes],
    nodes.map(({ uid }) => edge('s', uid)),
  )
}

function longJob(maps: number): string {
  const nodes = Array.from({ length: maps }, (_, i) => map(`m${i}`))
  const edges = nodes.map((_, i) => edge(i === 0 ? 's' : `m${i - 1}`, `m${i}`))
  return jsonJob([source, ...nodes], edges)
}

const through = (node: { uid: string; type: string; name: string; config: object }) =>
  jsonJob([source, node, sink], [edge('s', node.uid), edge(node.uid, 'k')])
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** Jobs in JSON that have a mistake, or are meant to do harm. */
export const graphs: readonly BadJob[] = [
  {
    title: 'of JSON with a cycle',
    file: 'cycle.json',
    source: jsonJob(
      [source, map('a'), map('b'), sink],
      [edge('s', 'a'), edge('a', 'b'), edge('b', 'a'), edge('b', 'k')],
    ),
    code: 'JOB_GRAPH',
    says: ['form a cycle: a -> b -> a', 'remove one of these connections'],
    operator: 'a',
  },
  {
    title: 'of JSON with an unknown operator',
    file: 'unknown-operator.json',
    source: through({ ...map('a'), type: 'mpa' }),
    code: 'JOB_GRAPH',
    says: ['operator "a": the type "mpa" is unknown', 'did you mean "map"?'],
    operator: 'a',
  },
  {
    title: 'of JSON with an unknown connector',
    file: 'unknown-connector.json',
    source: jsonJob([{ ...source, type: 'mongoSource' }, sink], [edge('s', 'k')]),
    code: 'JOB_GRAPH',
    says: ['operator "numbers": the type "mongoSource" is unknown', /known are .*fileSource/],
    operator: 's',
  },
  {
    title: 'of JSON with a setting of another type',
    file: 'config.json',
    source: jsonJob([{ ...source, config: { ...source.config, count: 'many' } }, sink], [edge('s', 'k')]),
    code: 'JOB_GRAPH',
    says: ['operator "numbers": config.count: must be a whole number (it is "many")'],
    operator: 's',
  },
  {
    title: 'of JSON whose function has a mistake',
    file: 'function.json',
    source: through(map('a', 'x => = x')),
    code: 'JOB_SYNTAX',
    says: ['operator "a": fn is no function', 'Unexpected "="', 'write one function'],
    line: 1,
    operator: 'a',
  },
  {
    title: 'of JSON whose function is none',
    file: 'no-function.json',
    source: through(map('a', '5')),
    code: 'JOB_GRAPH',
    says: ['operator "a": fn is no function but the number 5', 'write one function'],
    operator: 'a',
  },
  {
    title: 'of JSON whose function loads node:fs',
    file: 'function-fs.json',
    source: through(map('a', `x => require('node:fs').readFileSync(x)`)),
    code: 'JOB_IMPORT',
    says: ['"node:fs" is a module of Node', IMPORT_DOES],
    line: 1,
    operator: 'a',
  },
  ...[0, -1, 1_000_000].map(
    (parallelism): BadJob => ({
      title: `of JSON with parallelism ${parallelism}`,
      file: `parallelism${parallelism}.json`,
      source: jsonJob([source, { ...sink, parallelism }], [edge('s', 'k')]),
      code: 'JOB_GRAPH',
      says: [
        `operator "k": parallelism: must be at ${parallelism > 0 ? 'most 32768' : 'least 1'} (it is ${parallelism})`,
      ],
      operator: 'k',
    }),
  ),
  {
    title: 'of JSON with a parallelism above its maxParallelism',
    file: 'parallelism-max.json',
    source: jsonJob([source, sink], [edge('s', 'k')], { parallelism: 129 }),
    code: 'JOB_GRAPH',
    says: ['parallelism-max.json', 'parallelism 129, above its maxParallelism 128', 'lower the parallelism'],
  },
  {
    title: 'of JSON with a __proto__',
    file: 'proto.json',
    source: jsonJob([source, sink], [edge('s', 'k')]).replace('"fields": {', '"fields": { "__proto__": "sequence",'),
    code: 'JOB_GRAPH',
    says: ['a field named "__proto__"', 'rename or remove it'],
  },
  {
    title: 'of JSON of a type called constructor',
    file: 'constructor.json',
    source: through({ ...map('a'), type: 'constructor' }),
    code: 'JOB_GRAPH',
    says: ['the type "constructor" is unknown', 'known are'],
    operator: 'a',
  },
  {
    title: 'of JSON that is cut off',
    file: 'cut.json',
    source: jsonJob([source, sink], [edge('s', 'k')]).slice(0, 40),
    code: 'JOB_SYNTAX',
    says: ['cut.json:', 'is one JSON object with "name", "nodes" and "edges"'],
  },
  {
    title: 'of JSON with a comma too many',
    file: 'comma.json',
    source: '{\n  "name": "x",\n  "nodes": [,]\n}',
    code: 'JOB_SYNTAX',
    says: ['comma.json:3:13', 'Unexpected ","'],
    line: 3,
  },
  {
    title: 'of JSON that is a list',
    file: 'list.json',
    source: '[]',
    code: 'JOB_GRAPH',
    says: ['must be an object', 'with "name", "nodes" and "edges"'],
  },
  {
    title: 'of JSON with 100,000 lists in each other',
    file: 'deep.json',
    source: `{ "name": "deep", "edges": [], "nodes": ${deep(100_000)} }`,
    code: 'JOB_GRAPH',
    says: ['deep.json', 'more than 64 objects and lists in each other', 'flatter'],
  },
  {
    title: 'of JSON with 10,000 operators that run functions',
    file: 'long.json',
    source: longJob(9_999),
    code: 'JOB_LIMIT',
    says: ['may have 2000 functions', 'has 9999', 'write it in TypeScript'],
  },
  {
    title: 'of JSON with more operators than a graph may have',
    file: 'wide.json',
    source: wideJob(10_000),
    code: 'JOB_GRAPH',
    says: ['nodes: must have at most 10000 entries'],
  },
]
