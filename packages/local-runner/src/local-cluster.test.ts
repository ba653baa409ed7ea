import { WeirError } from '@weir/engine/base/errors'
import type { JobFunctions } from '@weir/engine/graph/job-functions'
import { type JobEdge, type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import { describe, expect, it } from 'vitest'
import { LocalCluster } from './local-cluster.ts'

class Word {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Words from a list, made into records by `wrap`, given over one edge to a sink that shows what it gets. */
function jobOf(edge: Partial<JobEdge>, parallelism: number): JobGraph {
  return jobGraphSchema.parse({
    name: 'words',
    parallelism,
    nodes: [
      { uid: 'in', type: 'collection', name: 'in', config: { values: '' }, parallelism: 1 },
      { uid: 'wrap', type: 'map', name: 'wrap', config: { fn: '' } },
      { uid: 'same', type: 'map', name: 'same', config: { fn: '' }, chaining: 'head' },
      { uid: 'count', type: 'count', name: 'count' },
      { uid: 'out', type: 'collect', name: 'out', config: {} },
    ].filter(({ uid }) => uid !== (edge.partitioner === 'hash' ? 'same' : 'count')),
    edges: [
      { from: 'in', to: 'wrap', partitioner: 'rebalance' },
      { from: 'wrap', to: edge.partitioner === 'hash' ? 'count' : 'same', ...edge },
      { from: edge.partitioner === 'hash' ? 'count' : 'same', to: 'out' },
    ],
  })
}

async function run(graph: JobGraph, wrap: (text: string) => unknown): Promise<unknown[]> {
  const rows: unknown[] = []
  const load = async (): Promise<JobFunctions> =>
    new Map([
      ['in', { values: () => ['a', 'b', 'c', 'd'] }],
      ['wrap', { fn: wrap }],
      ['same', { fn: (value: unknown) => value }],
      ['count', { key0: ({ text }: { text: string }) => text }],
    ])
  const cluster = new LocalCluster({
    jobId: 'job_00000000',
    graph,
    load,
    workdir: '/',
    place: error => error,
    onRow: (_operator, _subtask, row) => rows.push(row),
    probe: new Int32Array(2),
    onOperators: () => undefined,
    onStatus: () => undefined,
    log: () => undefined,
  })
  expect(await cluster.run()).toBe('FINISHED')
  return rows
}

const EXCHANGES: readonly Partial<JobEdge>[] = [
  { partitioner: 'hash', key: '' },
  { partitioner: 'rebalance' },
  { partitioner: 'rescale' },
  { partitioner: 'broadcast' },
]

describe.each([1, 3])('a record that cannot be sent, at parallelism %i', parallelism => {
  it.each(EXCHANGES.map(edge => [edge.partitioner, edge] as const))(
    'fails a job in one process at a %s exchange as it does on a cluster',
    async (_partitioner, edge) => {
      const failed = run(jobOf(edge, parallelism), text => ({ text, upper: () => text.toUpperCase() }))
      const error = await failed.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(WeirError)
      expect(error).toMatchObject({
        code: 'RECORD_TYPE',
        place: { operator: 'wrap' },
        message:
          'operator \'wrap\': The field "upper" of the record is a function, which cannot be sent to another subtask or ' +
          'stored. Keep plain data in it: primitive values, arrays, plain objects, Date, Map, Set, typed arrays.',
      })
    },
  )
})

it('records on their way to the same slot may hold anything', async () => {
  const rows = await run(jobOf({ partitioner: 'forward' }, 1), text => ({ text, upper: () => text.toUpperCase() }))
  expect(rows.map(row => (row as { upper(): string }).upper())).toEqual(['A', 'B', 'C', 'D'])
})

it('an instance of a class arrives as a plain object, as it does on a cluster', async () => {
  const graph = jobOf({ partitioner: 'rebalance' }, 2)
  const rows = (await run(graph, text => new Word(text))) as Word[]
  expect(rows.map(({ text }) => text).sort()).toEqual(['a', 'b', 'c', 'd'])
  for (const row of rows) expect(row).not.toBeInstanceOf(Word)
})

it('a function that writes to a record after it was emitted fails the job', async () => {
  const kept: { text: string }[] = []
  const failed = run(jobOf({ partitioner: 'forward' }, 1), text => {
    // Written to when the next record comes: another operator holds it by then.
    for (const earlier of kept.splice(0)) earlier.text = 'changed'
    const record = { text }
    kept.push(record)
    return record
  })
  const error = await failed.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'USER_FUNCTION', place: { operator: 'wrap' } })
  expect(error).toHaveProperty(
    'message',
    expect.stringContaining('must not be changed after an operator has emitted it'),
  )
})
