import type { TextMode } from '../../nexmark/generator.ts'
import type { StateDisk } from '../../nexmark/state-disk.ts'

/** What both sides are asked to do, and with how much memory: everything that makes two runs comparable. */
export interface RaceSettings {
  readonly query: string
  readonly events: number
  /** Events per second of event time. */
  readonly rate: number
  readonly seed: number
  readonly parallelism: number
  readonly state: 'memory' | 'rocksdb'
  readonly source: 'generator' | 'file'
  readonly text: TextMode
  /** `MEMORY_SIZE` of Weir's TaskManager, MB. */
  readonly memoryMb: number
  /** Flink's managed memory of each slot, MiB: block cache and write buffers of RocksDB. */
  readonly managedMb: number
}

/** What the sides need to know of one run beyond the settings of the race. */
export interface RunRequest extends RaceSettings {
  readonly sink: 'blackhole' | 'digest'
  /** NDJSON with the events, where they are not made. */
  readonly file?: string
}

/** What one run of one side came to, from the first record out of a source to the end of the job. */
export interface Run {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rows: number
  readonly digest: string | null
  readonly peakRssMb: number
  /** Of Weir: whether state that may go to disk did. Flink's RocksDB has all of it anyway. */
  readonly stateDisk?: StateDisk
}

/** One of the two engines, with its processes. */
export interface Side {
  readonly name: 'flink' | 'weir'
  /** Of all its processes, also of those whose CPU time is not counted. */
  pids(): readonly number[]
  /** A run that takes longer than the limit is an error, and the side is of no use then. */
  run(request: RunRequest, limitMs: number): Promise<Run>
  stop(): Promise<void>
}

/** The queries that both sides have. */
export const RACE_QUERIES = ['q0', 'q1', 'q2', 'q3', 'q5', 'q7', 'q8', 'q11', 'q14', 'q20', 'q22'] as const

export const DEFAULT_MEMORY_MB = 4096
export const DEFAULT_MANAGED_MB = 1024

/** The table of the page that a race belongs to: `memory-p1-pooled`, `rocksdb-p2-file`, `rocksdb-p2-pooled-small`. */
export function tableOf(settings: Omit<RaceSettings, 'query' | 'events'>): string {
  const { state, parallelism, source, text, memoryMb, managedMb } = settings
  const isSmall = memoryMb < DEFAULT_MEMORY_MB || managedMb < DEFAULT_MANAGED_MB
  return `${state}-p${parallelism}-${source === 'file' ? 'file' : text}${isSmall ? '-small' : ''}`
}
