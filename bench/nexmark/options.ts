import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { NexmarkJobOptions } from './job.ts'

/** The queries that there are, and `source`: the source alone. */
export const QUERY_NAMES: readonly string[] = readdirSync(join(import.meta.dirname, 'queries'))
  .map(file => file.replace(/\.ts$/, ''))
  .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))

const USAGE = `npm run bench -- nexmark [options]
  --query q0            ${QUERY_NAMES.join(' ')} source (the source alone); several with commas
  --events 1000000      how many events
  --rate 100000         events per second of event time
  --seed 1
  --parallelism 1
  --source generator    generator file
  --file F              NDJSON, as --generate writes it; --events then only divides the figures
  --text full           full pooled (GENERATOR.md)
  --sink blackhole      blackhole (counts the rows) digest (formats and hashes them)
  --state memory        memory rocksdb
  --repeat 1            repeats run in the same cluster
  --memory 4096         MEMORY_SIZE of the TaskManager, MB
  --compare             beside each repeat the same query as a hand-written program over the same events, and the ratio
  --cpu-prof FOLDER     writes CPU profiles of the slots' threads (with --sink blackhole)
  --generate            prints the events as NDJSON and runs nothing
  --json                one JSON line a repeat`

export interface NexmarkBenchOptions extends Omit<NexmarkJobOptions, 'sink'> {
  readonly queries: readonly string[]
  readonly sink: 'blackhole' | 'digest'
  readonly repeat: number
  readonly memoryMb: number
  readonly compare: boolean
  readonly generate: boolean
  readonly json: boolean
}

/** Ends the process with exit code 2 and the usage when an argument is wrong. */
export function nexmarkOptions(args: readonly string[]): NexmarkBenchOptions {
  try {
    return parsed(args)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nusage: ${USAGE}\n`)
    process.exit(2)
  }
}

/** Throws for what is wrong. */
export function parsed(args: readonly string[]): NexmarkBenchOptions {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      query: text('q0'),
      events: text('1000000'),
      rate: text('100000'),
      seed: text('1'),
      parallelism: text('1'),
      source: text('generator'),
      file: { type: 'string' },
      text: text('full'),
      sink: text('blackhole'),
      state: text('memory'),
      repeat: text('1'),
      memory: text('4096'),
      compare: flag,
      'cpu-prof': { type: 'string' },
      generate: flag,
      json: flag,
    },
  })
  const source = oneOf('source', values.source, ['generator', 'file'])
  if (source === 'file' && values.file === undefined) throw new Error('--source file needs --file')
  if (source !== 'file' && values.file !== undefined) throw new Error('--file needs --source file')
  if (values.file !== undefined && !isFile(values.file)) throw new Error(`--file ${values.file}: there is no such file`)
  const queries = values.query.split(',').map(query => oneOf('query', query, [...QUERY_NAMES, 'source']))
  if (values.compare && source === 'file') throw new Error('--compare makes the events, so it takes no --source file')
  return {
    queries,
    events: whole('events', values.events, 1),
    rate: whole('rate', values.rate, 1),
    seed: whole('seed', values.seed, 0),
    parallelism: whole('parallelism', values.parallelism, 1),
    ...(source === 'file' ? { file: resolve(values.file as string) } : {}),
    text: oneOf('text', values.text, ['full', 'pooled']),
    sink: oneOf('sink', values.sink, ['blackhole', 'digest']),
    state: oneOf('state', values.state, ['memory', 'rocksdb']),
    repeat: whole('repeat', values.repeat, 1),
    memoryMb: whole('memory', values.memory, 256),
    compare: values.compare,
    ...(values['cpu-prof'] === undefined ? {} : { cpuProf: resolve(values['cpu-prof']) }),
    generate: values.generate,
    json: values.json,
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find(name => name === value)
  if (found === undefined) throw new Error(`--${option} is one of ${names.join(', ')}, not '${value}'`)
  return found
}

function whole(option: string, text: string, min: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min) return value
  throw new Error(`--${option} takes a whole number from ${min}, not '${text}'`)
}
