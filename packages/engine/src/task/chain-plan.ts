import type { JobVertex } from '../graph/execution-graph.ts'
import type { RecordWriter } from '../network/record-writer.ts'
import type { Operator, OperatorCounters } from '../operators/operator.ts'

/** Where the results of one output of a chained operator go, in the order in which they are given on. */
export interface ChainTargets {
  /** Operators of the same chain, by their place in it. */
  readonly operators: readonly number[]
  readonly writers: readonly RecordWriter[]
}

/** One operator in its chain, ready to be joined to the others by the interpreter or the compiler. */
export interface ChainedOperator {
  readonly uid: string
  readonly name: string
  readonly operator: Operator
  readonly counters: OperatorCounters
  /** The output that the operator was made with; joined when the chain is. */
  readonly output: ChainOutput
  readonly main: ChainTargets
  readonly sides: ReadonlyMap<string, ChainTargets>
  /** What the probe shows while this operator runs; 1 or higher, unique in the slot. */
  readonly probeId: number
}

/** The output of one operator: a function that the interpreter or the compiler puts in. */
export class ChainOutput {
  collect: (value: unknown, timestamp: number) => void = notJoined
  readonly #sides = new Map<string, (value: unknown, timestamp: number) => void>()

  joinSide(tag: string, collect: (value: unknown, timestamp: number) => void): void {
    this.#sides.set(tag, collect)
  }

  sideOutput(tag: string, value: unknown, timestamp: number): void {
    this.#sides.get(tag)?.(value, timestamp)
  }
}

function notJoined(): void {
  throw new Error('an operator emitted before its chain was joined')
}

/** The operators that operator `index` feeds through `output` (null: the main one), by their places in the vertex. */
export function chainedConsumers(vertex: JobVertex, index: number, output: string | null): number[] {
  const uid = vertex.nodes[index].uid
  return vertex.chainedEdges
    .filter(edge => edge.from === uid && edge.output === output)
    .map(edge => vertex.nodes.findIndex(node => node.uid === edge.to))
}

/** Side outputs of an operator that anything is connected to, inside the chain. */
export function chainedTags(vertex: JobVertex, index: number): string[] {
  const uid = vertex.nodes[index].uid
  const tags = vertex.chainedEdges.filter(edge => edge.from === uid && edge.output !== null)
  return [...new Set(tags.map(edge => edge.output as string))]
}

/**
 * Runs the head of a chain over records `from` to `to`, and stops behind the record that made an output full. Answers
 * where it stopped.
 */
export type ChainDriver = (
  values: readonly unknown[],
  timestamps: readonly number[],
  from: number,
  to: number,
  input: number,
) => number

/**
 * What a slot's thread is doing, in shared memory, for the eyes of other threads: word 0 the probe id of the running
 * operator (0: none), word 1 a count of steps.
 */
export type Probe = Int32Array
export const PROBE_OPERATOR = 0
export const PROBE_STEPS = 1
