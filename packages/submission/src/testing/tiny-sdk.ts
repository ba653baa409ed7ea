import { WeirError } from '@weir/engine/base/errors'
import type { NodeFunctions } from '@weir/engine/graph/job-functions'
import type { JobEdge, JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import { type OperatorSpec, specRegistry } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'
import { HOST, type JobHost } from '../host-symbols.ts'
import type { CompiledJob, SdkModules } from '../job-export.ts'

/**
 * An SDK of a page, for tests of what surrounds an SDK: an environment, a source of numbers, map, keyed counts, a sink.
 */
export class StreamExecutionEnvironment {
  readonly graph: JobGraph
  readonly functions = new Map<string, NodeFunctions>()

  constructor(name: string) {
    this.graph = { name, parallelism: 1, maxParallelism: 128, nodes: [], edges: [] }
  }

  setParallelism(parallelism: number): this {
    if (!(parallelism >= 1)) {
      throw new WeirError(
        'JOB_GRAPH',
        `setParallelism(${parallelism}): the parallelism must be a whole number from 1 on`,
      )
    }
    this.graph.parallelism = parallelism
    return this
  }

  numbers(count: unknown): DataStream {
    return this.add('numbers', { count: count as number }, {})
  }

  add(
    type: string,
    config: JobNode['config'],
    functions: NodeFunctions,
    input?: DataStream,
    key?: unknown,
  ): DataStream {
    const uid = `${type}-${this.graph.nodes.length}`
    const texts = Object.fromEntries(Object.entries(functions).map(([name, fn]) => [name, String(fn)]))
    this.graph.nodes.push({ uid, type, name: type, config: { ...config, ...texts } })
    this.functions.set(uid, key === undefined ? functions : { ...functions, key0: key })
    if (input !== undefined) {
      const edge: JobEdge = { from: input.uid, to: uid, partitioner: 'forward', output: null, input: 0 }
      this.graph.edges.push(key === undefined ? edge : { ...edge, partitioner: 'hash', key: String(key) })
    }
    return new DataStream(this, uid)
  }

  execute(): Promise<never> {
    const host = Reflect.get(globalThis, HOST) as JobHost
    host.onExecute(this)
    return new Promise(() => undefined)
  }
}

export class DataStream {
  readonly environment: StreamExecutionEnvironment
  readonly uid: string

  constructor(environment: StreamExecutionEnvironment, uid: string) {
    this.environment = environment
    this.uid = uid
  }

  map(fn: (value: number) => unknown): DataStream {
    return this.environment.add('map', {}, { fn }, this)
  }

  count(key: (value: number) => unknown): DataStream {
    return this.environment.add('count', {}, {}, this, key)
  }

  print(prefix = ''): DataStream {
    return this.environment.add('print', { prefix }, {}, this)
  }
}

export const tinySdk: SdkModules = {
  exports: { StreamExecutionEnvironment, DataStream },
  isEnvironment: value => value instanceof StreamExecutionEnvironment,
  compile(environment): CompiledJob {
    const { graph, functions } = environment as StreamExecutionEnvironment
    return { graph, functions }
  },
}

const spec = { title: '', help: '', keyed: false, functions: {} } as const
const specs: OperatorSpec[] = [
  { ...spec, type: 'numbers', kind: 'source', inputs: 0, config: z.strictObject({ count: z.int().min(0) }) },
  { ...spec, type: 'single', kind: 'source', inputs: 0, parallelism: 1, config: z.strictObject({}) },
  {
    ...spec,
    type: 'map',
    kind: 'transform',
    inputs: 1,
    config: z.strictObject({ fn: z.string() }),
    functions: { fn: 'required' },
  },
  { ...spec, type: 'count', kind: 'transform', inputs: 1, keyed: true, config: z.strictObject({}) },
  {
    ...spec,
    type: 'aggregate',
    kind: 'transform',
    inputs: 1,
    keyed: true,
    config: z.strictObject({ aggregator: z.record(z.string(), z.string()) }),
    functions: { aggregator: 'required' },
  },
  { ...spec, type: 'print', kind: 'sink', inputs: 1, config: z.strictObject({ prefix: z.string().optional() }) },
]
export const tinyRegistry = specRegistry(specs)
