import type { JobNode, Partitioner, WatermarksConfig } from '../graph/job-graph.ts'
import { checkSynchronous } from './async-functions.ts'
import { hostHooks } from './host-hooks.ts'

/** The job that is being described: what operators know of their environment. */
export interface JobDraft {
  readonly name: string
  /** @internal In the order of their creation, so producers stand before consumers. */
  readonly nodes: StreamNode[]
}

/** One operator while the job is being described; `compile` makes a node and edges of it. */
export interface StreamNode {
  readonly job: JobDraft
  readonly type: string
  readonly config: JobNode['config']
  /** Closures by the name of their place (see `graph/job-functions.ts`). */
  readonly functions: Readonly<Record<string, unknown>>
  readonly inputs: readonly StreamInput[]
  /** An operator that runs with this parallelism or not at all. */
  readonly fixedParallelism?: 1
  readonly watermarks?: WatermarksConfig
  name: string
  uid?: string
  parallelism?: number
  chaining?: 'head' | 'never'
  slotSharingGroup?: string
}

/** Where records come from and how they are spread. */
export interface StreamOrigin {
  readonly node: StreamNode
  /** Tag of the side output, or null for the main output. */
  readonly output: string | null
  readonly partitioner: Partitioner
  /** The user wrote forward(). */
  readonly strict: boolean
}

export interface StreamInput extends StreamOrigin {
  /** Which input of the operator this is. */
  readonly input: number
  /** Source text of the key selector, with the hash partitioner. */
  readonly key?: string
}

export interface NewNode {
  readonly type: string
  readonly name?: string
  readonly config?: JobNode['config']
  readonly functions?: Readonly<Record<string, unknown>>
  readonly inputs?: readonly StreamInput[]
  readonly fixedParallelism?: 1
  readonly watermarks?: WatermarksConfig
  /** Its functions may return promises. */
  readonly asynchronous?: boolean
}

export function addNode(job: JobDraft, node: NewNode): StreamNode {
  const { type, name = type, config = {}, functions = {}, inputs = [], fixedParallelism, watermarks } = node
  if (node.asynchronous !== true) checkSynchronous(name, functions)
  const added: StreamNode = { job, type, name, config, functions, inputs, fixedParallelism, watermarks }
  job.nodes.push(added)
  hostHooks().host?.onOperator?.(added)
  return added
}

export function mainOutput(node: StreamNode): StreamOrigin {
  return { node, output: null, partitioner: 'forward', strict: false }
}
