import type { CheckpointingConfig, JobGraph, RestartStrategy } from '../graph/job-graph.ts'
import { checkNumber, checkParallelism, checkText, misuse, shown } from './checks.ts'
import { collectionOf } from './collection.ts'
import { compile } from './compile.ts'
import type { SourceDescriptor } from './connectors.ts'
import { OperatorStream } from './data-stream.ts'
import { hostHooks, type JobExecutionResult } from './host-hooks.ts'
import { addNode, type JobDraft, type StreamNode } from './stream-node.ts'
import type { WatermarkStrategy } from './watermark-strategies.ts'

export type StateBackend = 'rocksdb' | 'memory'

export interface EnvironmentOptions {
  readonly parallelism?: number
  readonly maxParallelism?: number
  readonly stateBackend?: StateBackend
}

/** Settings of checkpoints beside their interval; durations in ms. */
export interface CheckpointingOptions {
  readonly mode?: 'exactly-once' | 'at-least-once'
  readonly unaligned?: boolean
  readonly alignmentTimeoutMs?: number
  readonly timeoutMs?: number
  readonly minPauseMs?: number
  readonly tolerableFailures?: number
  readonly retained?: number
}

/** The settings of a job, as they go into its graph. */
export interface JobSettings {
  readonly parallelism: number
  readonly maxParallelism: number
  readonly checkpointing?: CheckpointingConfig
  readonly restart?: RestartStrategy
  readonly stateBackend?: StateBackend
}

/** As in `graph/job-graph.ts`, which carries a schema library that jobs do not need. */
const DEFAULT_MAX_PARALLELISM = 128

const CHECKPOINT_RULES = {
  alignmentTimeoutMs: { min: 0 },
  timeoutMs: { min: 1, max: 1e12 },
  minPauseMs: { min: 0 },
  tolerableFailures: { min: 0, whole: true },
  retained: { min: 1, max: 1_000, whole: true },
} as const

/** A job that is being described: sources are added to it, and `export default env` hands it over. */
export class StreamExecutionEnvironment implements JobDraft {
  /** @internal For `compile`; jobs have no use for it. */
  readonly nodes: StreamNode[] = []
  #name: string
  #settings: JobSettings

  constructor(name = 'job', options: EnvironmentOptions = {}) {
    this.#name = checkText('new StreamExecutionEnvironment', name, { name: 'job' }, 'the name of the job')
    this.#settings = { parallelism: 1, maxParallelism: DEFAULT_MAX_PARALLELISM }
    if (options.parallelism !== undefined) this.setParallelism(options.parallelism)
    if (options.maxParallelism !== undefined) this.setMaxParallelism(options.maxParallelism)
    if (options.stateBackend !== undefined) this.setStateBackend(options.stateBackend)
  }

  /** The environment that fits where the code runs: a module that is submitted only describes its job. */
  static getExecutionEnvironment(name?: string): StreamExecutionEnvironment {
    return new StreamExecutionEnvironment(name)
  }

  /** An environment whose `execute()` runs the job in this process. */
  static createLocalEnvironment(name?: string): StreamExecutionEnvironment {
    return new StreamExecutionEnvironment(name)
  }

  get name(): string {
    return this.#name
  }

  /** @internal For `compile`. */
  get settings(): JobSettings {
    return this.#settings
  }

  /** How many subtasks run each operator that sets no parallelism of its own. */
  setParallelism(parallelism: number): this {
    checkParallelism('setParallelism', parallelism, this)
    return this.#set({ parallelism })
  }

  /** The number of key groups (default 128): the bound of any later rescaling, fixed for the life of the job's state. */
  setMaxParallelism(maxParallelism: number): this {
    checkParallelism('setMaxParallelism', maxParallelism, this)
    return this.#set({ maxParallelism })
  }

  enableCheckpointing(intervalMs: number, options: CheckpointingOptions = {}): this {
    checkNumber('enableCheckpointing', intervalMs, this, { min: 10, max: 1e12, what: 'the interval' })
    const { mode = 'exactly-once', unaligned, ...numbers } = options
    if (mode !== 'exactly-once' && mode !== 'at-least-once') {
      throw misuse(this, `enableCheckpointing(…): mode has to be "exactly-once" or "at-least-once", not ${shown(mode)}`)
    }
    for (const [field, value] of Object.entries(numbers)) {
      const rule = CHECKPOINT_RULES[field as keyof typeof CHECKPOINT_RULES]
      if (rule === undefined) {
        const known = ['mode', 'unaligned', ...Object.keys(CHECKPOINT_RULES)].join(', ')
        throw misuse(this, `enableCheckpointing(…): "${field}" is no setting of checkpoints; there are ${known}`)
      }
      if (value !== undefined) checkNumber(`enableCheckpointing: ${field}`, value, this, { ...rule, what: field })
    }
    return this.#set({
      checkpointing: { intervalMs, mode, ...(unaligned === undefined ? {} : { unaligned }), ...definedOnly(numbers) },
    })
  }

  /** Takes fixedDelay(…), exponentialDelay(…), failureRate(…) or noRestart(). */
  setRestartStrategy(restart: RestartStrategy): this {
    if (typeof restart?.type !== 'string') {
      throw misuse(
        this,
        `setRestartStrategy(${shown(restart)}): the argument has to be fixedDelay(…), exponentialDelay(…), failureRate(…) or noRestart()`,
      )
    }
    return this.#set({ restart })
  }

  /**
   * Where keyed state lives: `memory`, or `rocksdb`: in memory, and on disk what there is no room for. In memory alone, an
   * edge by key between single subtasks is fused like a forward edge, which makes jobs of parallelism 1 faster.
   */
  setStateBackend(stateBackend: StateBackend): this {
    if (stateBackend !== 'rocksdb' && stateBackend !== 'memory') {
      throw misuse(this, `setStateBackend(${shown(stateBackend)}): it has to be "rocksdb" or "memory"`)
    }
    return this.#set({ stateBackend })
  }

  /** Reads from a source, e.g. `addSource(fileSource({ path: 'data/book.txt', format: 'lines' }))`. */
  addSource<T>(source: SourceDescriptor<T>, watermarks?: WatermarkStrategy<T>): OperatorStream<T> {
    if (source?.kind !== 'source') {
      throw misuse(this, `addSource(${shown(source)}): the argument has to be a source, e.g. fileSource({ … })`)
    }
    const { type, config, functions, parallelism } = source
    return new OperatorStream<T>(
      addNode(this, {
        type,
        config,
        functions: { ...functions, ...watermarks?.toFunctions() },
        fixedParallelism: parallelism,
        watermarks: watermarks?.toConfig(),
      }),
    )
  }

  /** A bounded stream of these values. */
  fromElements<T>(...values: T[]): OperatorStream<T> {
    return this.fromCollection(values)
  }

  /**
   * A bounded stream of what the iterable gives, in its order. Every slot evaluates the job's module for itself, so the
   * iterable has to give the same each time.
   */
  fromCollection<T>(values: Iterable<T>): OperatorStream<T> {
    if (typeof values?.[Symbol.iterator] !== 'function') {
      throw misuse(this, `fromCollection(${shown(values)}): the argument has to be an array or another iterable`)
    }
    return new OperatorStream<T>(addNode(this, { type: 'collection', ...collectionOf(values), fixedParallelism: 1 }))
  }

  /** The graph of what was described so far. */
  getJobGraph(): JobGraph {
    return compile(this).graph
  }

  /**
   * Runs the job in this process when the module is run by itself; comes when a bounded job has ended, rejects with the
   * error that failed it. In a module that is submitted it only names the environment, and never comes.
   */
  async execute(name?: string): Promise<JobExecutionResult> {
    if (name !== undefined) this.#name = checkText('execute', name, this, 'the name of the job')
    const hooks = hostHooks()
    if (hooks.host === undefined) return hooks.runLocally(this)
    hooks.host.onExecute(this)
    return new Promise(() => undefined)
  }

  #set(change: Partial<JobSettings>): this {
    this.#settings = { ...this.#settings, ...change }
    return this
  }
}

function definedOnly<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>
}
