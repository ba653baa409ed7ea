import { DEFAULT_MANAGED_MB, DEFAULT_MEMORY_MB, RACE_QUERIES, type RaceSettings, tableOf } from './race-settings.ts'

type Query = (typeof RACE_QUERIES)[number]

/** One table of docs/performance.md: what all its rows have in common, and how many million events each query gets. */
interface TableSpec {
  readonly parallelism: number
  readonly state: RaceSettings['state']
  readonly source: RaceSettings['source']
  readonly text: RaceSettings['text']
  readonly memoryMb?: number
  readonly managedMb?: number
  readonly millions: Readonly<Partial<Record<Query, number>>>
}

/** So many that a run takes some seconds: of one second a third is the compilation of the job, which a job that goes on has once. */
const FAST = { q0: 40, q1: 40, q2: 40, q3: 20, q7: 40, q8: 20, q14: 40, q22: 40 }
const SLOW = { q5: 20, q11: 20, q20: 10 }
const FULL_TEXT = { q0: 5, q1: 5, q2: 5, q3: 5, q5: 5, q7: 5, q8: 5, q11: 5, q14: 5, q20: 5, q22: 5 }
/** Queries that keep state: the others run the same whatever the state is in. */
const ON_DISK = { q3: 20, q5: 6, q7: 20, q8: 12, q11: 8, q20: 6 }

/** In the order in which they are measured. Slow queries get fewer events, so that a run takes seconds, not minutes. */
const SPECS: readonly TableSpec[] = [
  {
    parallelism: 1,
    state: 'memory',
    source: 'generator',
    text: 'pooled',
    millions: { ...FAST, ...SLOW },
  },
  { parallelism: 2, state: 'rocksdb', source: 'generator', text: 'pooled', millions: ON_DISK },
  {
    parallelism: 2,
    state: 'memory',
    source: 'file',
    text: 'full',
    millions: { q0: 2, q1: 2, q2: 2, q3: 2, q5: 2, q7: 2, q8: 2, q11: 2, q14: 2, q20: 2, q22: 2 },
  },
  { parallelism: 1, state: 'memory', source: 'generator', text: 'full', millions: FULL_TEXT },
  { parallelism: 2, state: 'memory', source: 'generator', text: 'full', millions: FULL_TEXT },
  {
    parallelism: 2,
    state: 'memory',
    source: 'generator',
    text: 'pooled',
    millions: { ...FAST, ...SLOW },
  },
  {
    parallelism: 2,
    state: 'rocksdb',
    source: 'generator',
    text: 'pooled',
    memoryMb: 1024,
    managedMb: 64,
    // Queries whose state grows with the input: every auction, and for q3 every person, too.
    millions: { q3: 20, q20: 20 },
  },
]

const RATE = 100_000
const SEED = 1

/** The races of each table of the page, by its name. */
export const TABLES: ReadonlyMap<string, readonly RaceSettings[]> = new Map(
  SPECS.map(({ millions, ...spec }) => {
    const common = { rate: RATE, seed: SEED, memoryMb: DEFAULT_MEMORY_MB, managedMb: DEFAULT_MANAGED_MB, ...spec }
    const queries = RACE_QUERIES.filter(query => millions[query] !== undefined)
    return [tableOf(common), queries.map(query => ({ ...common, query, events: (millions[query] as number) * 1e6 }))]
  }),
)
