import { assert } from '../base/assert.ts'
import { isWeirError, WeirError } from '../base/errors.ts'
import { promiseRefused } from '../base/promises.ts'
import { describeThrown } from '../base/thrown.ts'
import {
  channelId,
  consumersOf,
  type ExecutionEdge,
  producersOf,
  type SubtaskRef,
  slotOf,
} from '../graph/execution-graph.ts'
import { type JobFunctions, type KeySelector, keySelectorName } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { ChannelWriter } from '../network/channel-writer.ts'
import {
  BroadcastWriter,
  ForwardWriter,
  HashWriter,
  type RecordWriter,
  RoundRobinWriter,
} from '../network/record-writer.ts'
import { SubtaskOutputs } from '../network/subtask-outputs.ts'
import type { OperatorContext, OperatorCounters, OperatorLogger, SubtaskInfo } from '../operators/operator.ts'
import { createOperator } from '../operators/operator-factories.ts'
import { createSinkOperator, type SinkOperator } from '../operators/sink-operator.ts'
import { createSourceOperator, type SourceOperator } from '../operators/source-operator.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { subtaskOfKeyGroup } from '../record/key-group.ts'
import { MemoryTier } from '../state/memory-tier.ts'
import { compileChain } from './chain-compiler.ts'
import { interpretChain } from './chain-interpreter.ts'
import { type ChainedOperator, ChainOutput, type ChainTargets, chainedConsumers, chainedTags } from './chain-plan.ts'
import { ChainTime } from './chain-time.ts'
import { FlowState } from './flow-state.ts'
import type { SlotRuntimeParts } from './slot-runtime.ts'
import { type Prefetch, Subtask } from './subtask.ts'

/** A subtask with the handles that its slot needs beside `step`. */
export interface BuiltSubtask {
  readonly subtask: Subtask
  readonly source: { readonly uid: string; readonly operator: SourceOperator } | undefined
  /** Keyed state of each operator of the chain, by its place. */
  readonly keyedState: readonly MemoryTier[]
  readonly asyncOpen: readonly { readonly name: string; readonly open: () => Promise<void> }[]
  readonly asyncClose: readonly { readonly name: string; readonly close: () => Promise<void> }[]
}

/** Makes the operators, outputs and gates of one subtask and joins them. */
export function buildSubtask(
  slot: SlotRuntimeParts,
  ref: SubtaskRef,
  slotNumber: number,
  functions: JobFunctions,
  firstProbeId: number,
): BuiltSubtask {
  const vertex = slot.graph.vertices[ref.vertex]
  const flow = new FlowState()
  const outputs = new SubtaskOutputs(slot.settings.maxOverdraftBytes, full => flow.setOutputsFull(full))
  const info: SubtaskInfo = {
    jobId: slot.jobId,
    jobName: slot.graph.job.name,
    attempt: slot.attempt,
    subtask: ref.subtask,
    parallelism: vertex.parallelism,
    maxParallelism: vertex.maxParallelism,
  }
  const wakeUp = () => slot.network.doorbell.ring()
  const sinks: { uid: string; name: string; sink: SinkOperator }[] = []
  let source: { uid: string; operator: SourceOperator } | undefined
  const keyedState: MemoryTier[] = []
  // A job whose state is said to fit into memory stays there.
  const room = slot.graph.job.stateBackend === 'memory' ? undefined : slot.room

  const chain = vertex.nodes.map((node, index): ChainedOperator => {
    const output = new ChainOutput()
    const counters: OperatorCounters = { recordsIn: 0, recordsOut: 0, lateRecords: 0 }
    const state = new MemoryTier({
      room,
      name: `operator '${node.name}' [${ref.subtask}]`,
      maxParallelism: info.maxParallelism,
      ownsKeyGroup: keyGroup => subtaskOfKeyGroup(keyGroup, info.maxParallelism, info.parallelism) === info.subtask,
      clock: slot.platform.clock,
    })
    const context: OperatorContext = {
      node: withWatermarkInterval(node, slot.watermarkIntervalMs),
      functions: functions.get(node.uid) ?? {},
      subtask: info,
      platform: slot.platform,
      output,
      flow,
      keyedState: state,
      counters,
      logger: operatorLogger(slot, node, ref.subtask),
      wakeUp,
      passWatermark: watermark => time.passWatermark(index, watermark),
    }
    keyedState.push(state)
    const targets = (tag: string | null): ChainTargets => ({
      operators: chainedConsumers(vertex, index, tag),
      writers: slot.graph.edges
        .filter(edge => edge.from === vertex && edge.fromNode === node.uid && edge.output === tag)
        .map(edge => recordWriter(slot, edge, node.name, ref.subtask, slotNumber, functions, outputs)),
    })
    const tags = new Set([
      ...chainedTags(vertex, index),
      ...slot.graph.edges
        .filter(edge => edge.fromNode === node.uid && edge.output !== null)
        .map(edge => edge.output as string),
    ])
    const sourceType = slot.sources.get(node.type)
    const sinkType = slot.sinks.get(node.type)
    let operator: ChainedOperator['operator']
    if (sourceType !== undefined) {
      const made = createSourceOperator(context, sourceType, {
        workdir: slot.workdir,
        wakeUp,
        requestSplit: () => slot.host.onSplitRequested(node.uid, ref.subtask),
        reportWatermark: watermark => slot.host.onWatermarkReported(node.uid, ref.subtask, watermark),
      })
      source = { uid: node.uid, operator: made }
      operator = made
    } else if (sinkType !== undefined) {
      const made = createSinkOperator(context, sinkType, {
        workdir: slot.workdir,
        wakeUp,
        checkpointed: false,
        bounded: slot.graph.job.nodes.every(n => slot.sources.get(n.type)?.isBounded(n.config) ?? true),
        publish: row => slot.host.onRow(node.uid, ref.subtask, row),
      })
      sinks.push({ uid: node.uid, name: node.name, sink: made })
      operator = made
    } else {
      operator = (slot.createOperator ?? createOperator)(context)
    }
    return {
      uid: node.uid,
      name: node.name,
      operator,
      counters,
      output,
      main: targets(null),
      sides: new Map([...tags].map(tag => [tag, targets(tag)])),
      probeId: firstProbeId + index,
    }
  })

  const identity = `${slot.jobId} attempt ${slot.attempt} vertex ${ref.vertex} subtask ${ref.subtask}`
  const driver = slot.compile
    ? compileChain(chain, flow, slot.probe, identity, slot.freezeRecords)
    : interpretChain(chain, flow, slot.probe, slot.freezeRecords)
  const gates = inputsOf(slot, ref).map(({ input, edges }) => {
    const gate = slot.network.gate(input)
    for (const edge of edges) {
      for (const producer of producersOf(edge, ref.subtask)) {
        const place = {
          id: channelId(edge, producer, ref.subtask),
          edge: edge.index,
          fromSlot: slotOf(edge.from, producer),
          toSlot: slotNumber,
        }
        slot.network.receive(place, gate)
      }
    }
    return gate
  })
  assert((source === undefined) === gates.length > 0, `vertex '${vertex.name}' has neither a source nor an input`)

  const time = new ChainTime(chain, slot.probe, flow, source !== undefined)
  const subtask = new Subtask({
    ref,
    chain,
    driver,
    time,
    flow,
    outputs,
    gates,
    source: source?.operator,
    sinks,
    probe: slot.probe,
    prefetch: room?.spills === true ? headPrefetch(chain[0], functions, keyedState[0]) : undefined,
    onFinished: committables => slot.host.onSubtaskFinished(ref.vertex, ref.subtask, committables),
    wakeUp,
  })
  return {
    subtask,
    source,
    keyedState,
    asyncOpen: sinks.map(({ name, sink }) => ({ name, open: () => sink.openWriter() })),
    asyncClose: sinks.map(({ name, sink }) => ({ name, close: () => sink.closeWriter() })),
  }
}

/**
 * Fetches what the head of the chain has on disk under the keys of records that it is about to take; undefined where it
 * has no keys.
 */
function headPrefetch(head: ChainedOperator, functions: JobFunctions, state: MemoryTier): Prefetch | undefined {
  const own = functions.get(head.uid)
  const selectors = [0, 1].map(input => own?.[keySelectorName(input)] as KeySelector | undefined)
  if (selectors.every(selector => selector === undefined)) return undefined
  const keys: CanonicalKey[] = []
  return (values, from, to, input) => {
    const selector = selectors[input]
    if (selector === undefined || !state.mayHaveSpilled) return
    let count = 0
    try {
      for (let i = from; i < to; i++) keys[count++] = canonicalKey(selector(values[i]))
    } catch {
      // The record at which the selector fails will be named when it is processed; those before it are fetched.
    }
    state.prefetch(keys, count)
  }
}

function withWatermarkInterval(node: JobNode, intervalMs: number | undefined): JobNode {
  if (node.watermarks === undefined || node.watermarks.intervalMs !== undefined || intervalMs === undefined) return node
  return { ...node, watermarks: { ...node.watermarks, intervalMs } }
}

/** The edges that end in the subtask, by input, inputs ascending. */
function inputsOf(slot: SlotRuntimeParts, ref: SubtaskRef): { input: number; edges: ExecutionEdge[] }[] {
  const byInput = new Map<number, ExecutionEdge[]>()
  for (const edge of slot.graph.edges) {
    if (edge.to.index !== ref.vertex) continue
    byInput.set(edge.input, [...(byInput.get(edge.input) ?? []), edge])
  }
  return [...byInput].sort(([a], [b]) => a - b).map(([input, edges]) => ({ input, edges }))
}

function recordWriter(
  slot: SlotRuntimeParts,
  edge: ExecutionEdge,
  operator: string,
  producer: number,
  slotNumber: number,
  functions: JobFunctions,
  outputs: SubtaskOutputs,
): RecordWriter {
  const channels = consumersOf(edge, producer).map(consumer => {
    const place = {
      id: channelId(edge, producer, consumer),
      edge: edge.index,
      fromSlot: slotNumber,
      toSlot: slotOf(edge.to, consumer),
    }
    return new ChannelWriter(slot.network.sender(place), outputs)
  })
  const writer = partitioned(edge, producer, channels, functions)
  outputs.addWriter(writer, channels, operator)
  return writer
}

function partitioned(
  edge: ExecutionEdge,
  producer: number,
  channels: readonly ChannelWriter[],
  functions: JobFunctions,
): RecordWriter {
  switch (edge.partitioner) {
    case 'forward':
      return new ForwardWriter(channels[0])
    case 'rebalance':
    case 'rescale':
      return channels.length === 1 ? new ForwardWriter(channels[0]) : new RoundRobinWriter(channels, producer)
    case 'broadcast':
      return new BroadcastWriter(channels)
    case 'hash':
      // With one consumer every key group is its own; it computes the key for itself, and refuses what is none.
      if (channels.length === 1) return new ForwardWriter(channels[0])
      return new HashWriter(channels, keySelector(edge, functions), edge.to.maxParallelism, keyRefused(edge))
  }
}

/** The key selector of a hash edge. */
function keySelector(edge: ExecutionEdge, functions: JobFunctions): KeySelector {
  const head = edge.to.nodes[0]
  const selector = functions.get(head.uid)?.[keySelectorName(edge.input)]
  assert(typeof selector === 'function', `no key selector for input ${edge.input} of '${head.name}'`)
  return value => {
    const key: unknown = selector(value)
    if (key instanceof Promise) throw promiseRefused(key, 'it returned a promise')
    return key
  }
}

/** What a key selector threw, or gave that is no key, with the operator whose key it is: not the one that sends. */
function keyRefused({ to }: ExecutionEdge): (thrown: unknown) => WeirError {
  const [{ name }] = to.nodes
  return thrown => {
    const known = isWeirError(thrown) ? thrown : undefined
    const { message, stack } = describeThrown(thrown)
    const failed = new WeirError(known?.code ?? 'USER_FUNCTION', `key selector of operator '${name}': ${message}`, {
      cause: thrown,
      place: { ...known?.place, operator: name },
    })
    if (stack !== undefined) failed.stack = stack
    return failed
  }
}

function operatorLogger(slot: SlotRuntimeParts, node: JobNode, subtask: number): OperatorLogger {
  return {
    info: message => slot.host.log('info', node.name, subtask, message),
    warn: message => slot.host.log('warn', node.name, subtask, message),
    error: message => slot.host.log('error', node.name, subtask, message),
  }
}
