import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { oneOf, wholeFrom } from '../../support/arguments.ts'
import { hasTable } from './page.ts'
import { DEFAULT_MANAGED_MB, DEFAULT_MEMORY_MB, RACE_QUERIES, type RaceSettings, tableOf } from './race-settings.ts'
import { TABLES } from './tables.ts'

/** Uncounted first runs are no longer than this; compilers have seen enough by then. */
const WARMUP_EVENTS_MAX = 5_000_000

const USAGE = `npm run bench -- flink [options]: the Nexmark queries on Apache Flink and on Weir, in turn
  --query q0            ${RACE_QUERIES.join(' ')}; several with commas, or all
  --events 10000000     how many events
  --rate 100000         events per second of event time
  --seed 1
  --parallelism 1
  --source generator    generator file
  --file F              NDJSON that has --events events; without it, the file is written first
  --text pooled         pooled full; a file has full text
  --state memory        memory (on Flink: hashmap) rocksdb (on both)
  --memory ${DEFAULT_MEMORY_MB}         MEMORY_SIZE of Weir's TaskManager, MB
  --managed ${DEFAULT_MANAGED_MB}        Flink's managed memory of a slot, MiB, with rocksdb
  --tables T            the races of these tables of docs/performance.md in place of the options above:
                        all, or some of ${[...TABLES.keys()].join(',')}
  --repeat 3            counted runs of each side
  --warmup N            events of an uncounted first run of each side; 0: none (default: as --events, at most ${WARMUP_EVENTS_MAX})
  --check               first compares the digests of both sides with those known for a small input
  --limit 300           seconds that one run may take
  --resume F            keeps each result in this file, and leaves out what it has already
  --markdown F          brings the tables between the marks of this page up to date
  --json                one line of JSON for each query`

export interface FlinkBenchOptions {
  readonly races: readonly RaceSettings[]
  readonly file?: string
  readonly repeat: number
  readonly check: boolean
  readonly limitMs: number
  readonly resume?: string
  readonly markdown?: string
  readonly json: boolean
  warmupEvents(race: RaceSettings): number
}

/** Ends the process with exit code 2 and the usage when an argument is wrong. */
export function flinkOptions(args: readonly string[]): FlinkBenchOptions {
  try {
    return parsedOptions(args)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\nusage: ${USAGE}\n`)
    process.exit(2)
  }
}

export function parsedOptions(args: readonly string[]): FlinkBenchOptions {
  const { values } = parseArgs({ args: [...args], options: ARGUMENTS })
  const races = values.tables === undefined ? racesOf(values) : racesOfTables(values.tables, values)
  const warmup = values.warmup === undefined ? undefined : wholeFrom(0, 'warmup', values.warmup)
  if (values.file !== undefined && races.some(race => race.source !== 'file')) {
    throw new Error('--file goes with --source file')
  }
  if (values.markdown !== undefined) mustHaveTables(values.markdown, races)
  return {
    races,
    ...(values.file === undefined ? {} : { file: existing(values.file) }),
    repeat: wholeFrom(1, 'repeat', values.repeat ?? '3'),
    check: values.check ?? false,
    limitMs: wholeFrom(1, 'limit', values.limit ?? '300') * 1000,
    ...(values.resume === undefined ? {} : { resume: resolve(values.resume) }),
    ...(values.markdown === undefined ? {} : { markdown: resolve(values.markdown) }),
    json: values.json ?? false,
    warmupEvents: ({ events }) => warmup ?? Math.min(events, WARMUP_EVENTS_MAX),
  }
}

const string = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const OF_RACES = {
  query: string,
  events: string,
  rate: string,
  seed: string,
  parallelism: string,
  source: string,
  text: string,
  state: string,
  memory: string,
  managed: string,
}
const ARGUMENTS = {
  ...OF_RACES,
  file: string,
  tables: string,
  repeat: string,
  warmup: string,
  check: flag,
  limit: string,
  resume: string,
  markdown: string,
  json: flag,
}

type Values = Readonly<Partial<Record<keyof typeof OF_RACES, string>>>

function racesOf(values: Values): RaceSettings[] {
  const source = oneOf('source', values.source ?? 'generator', ['generator', 'file'])
  const text = oneOf('text', values.text ?? (source === 'file' ? 'full' : 'pooled'), ['pooled', 'full'])
  const common = {
    events: wholeFrom(1, 'events', values.events ?? '10000000'),
    rate: wholeFrom(1, 'rate', values.rate ?? '100000'),
    seed: wholeFrom(0, 'seed', values.seed ?? '1'),
    parallelism: wholeFrom(1, 'parallelism', values.parallelism ?? '1'),
    source,
    text,
    state: oneOf('state', values.state ?? 'memory', ['memory', 'rocksdb']),
    memoryMb: wholeFrom(256, 'memory', values.memory ?? String(DEFAULT_MEMORY_MB)),
    managedMb: wholeFrom(32, 'managed', values.managed ?? String(DEFAULT_MANAGED_MB)),
  }
  const names = values.query === 'all' ? RACE_QUERIES : (values.query ?? 'q0').split(',')
  return names.map(name => ({ ...common, query: oneOf('query', name, RACE_QUERIES) }))
}

function racesOfTables(list: string, values: Values): RaceSettings[] {
  const given = Object.keys(OF_RACES).filter(name => values[name as keyof Values] !== undefined)
  if (given.length > 0) throw new Error(`--tables says what the races are, so it takes no --${given.join(', no --')}`)
  const names = list === 'all' ? [...TABLES.keys()] : list.split(',')
  return names.flatMap(name => TABLES.get(oneOf('tables', name, [...TABLES.keys()])) ?? [])
}

function mustHaveTables(path: string, races: readonly RaceSettings[]): void {
  const page = readFileSync(existing(path), 'utf8')
  const missing = [...new Set(races.map(tableOf))].filter(table => !hasTable(page, table))
  if (missing.length === 0) return
  const marks = missing.map(table => `<!-- flink ${table} --> and <!-- end of flink ${table} -->`).join(', ')
  throw new Error(`${path} has no place for these results: put ${marks} into it`)
}

function existing(path: string): string {
  if (!existsSync(path)) throw new Error(`there is no file ${resolve(path)}`)
  return resolve(path)
}
