import { keySelectorName } from '../../graph/job-functions.ts'
import type { JobGraph, Partitioner } from '../../graph/job-graph.ts'
import type { ChannelSettings } from '../../network/channel.ts'
import { createOperator } from '../../operators/operator-factories.ts'
import type { Source } from '../../operators/source.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import type { HarnessInput, HarnessOutput, OperatorCase } from '../../testing/operator-harness.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import type { SlotRuntime } from '../slot-runtime.ts'
import { restoringFactory } from './restoring-operator.ts'
import { Schedule } from './schedule.ts'
import { type Playable, Script, scriptSource } from './script-source.ts'
import { runTestJob, type TestRunOptions } from './test-job.ts'

export interface CaseRun {
  readonly main: readonly HarnessOutput[]
  readonly sides: readonly HarnessOutput[]
  readonly lateRecords: number
  readonly sent: { local: number; ring: number; tcp: number }
  /** How often the operator was replaced by one that was restored from its snapshot. */
  readonly restored: number
}

export interface CaseOptions extends Pick<TestRunOptions, 'network' | 'compile' | 'settings' | 'buffersPerSlot'> {
  /** Whether the operator is restored from its snapshot after each element. */
  readonly restored?: boolean
  readonly parallelism?: number
  /** Whether the operator, which has one input, stands in one chain with its source. */
  readonly fused?: boolean
  /** Plays the inputs, which are two, in the order of these elements. */
  readonly schedule?: readonly HarnessInput[]
}

/**
 * Runs a case through real subtasks: source, exchange, the operator with a map chained to it, exchange, sinks. `inputs` are
 * one script for each source; where there is a `schedule`, its elements come from two sources in that order. Those of an
 * operator with two inputs end in one input each.
 */
export async function runInSubtasks(
  operatorCase: OperatorCase,
  inputs: readonly (readonly HarnessInput[])[],
  { restored = false, parallelism = 1, fused = false, schedule, ...options }: CaseOptions,
): Promise<CaseRun> {
  const { node, broadcastInput } = operatorCase
  const clock = new ManualClock(operatorCase.startMs)
  let slots: readonly SlotRuntime[] = []
  const ofOperator = () =>
    slots
      .flatMap(slot => slot.metrics())
      .flatMap(({ operators }) => operators)
      .filter(({ uid }) => uid === node.uid)
  const arrived = (): number => ofOperator().reduce((sum, { recordsIn }) => sum + recordsIn, 0)
  const scripts = schedule === undefined ? inputs.map(list => new Script(list, clock, arrived)) : scheduled(schedule)
  let timesRestored = 0
  function scheduled(steps: readonly HarnessInput[]): Playable[] {
    const reached = () => {
      const subtasks = slots.flatMap(slot => slot.metrics())
      const watermarks = subtasks
        .filter(({ operators }) => operators.some(({ uid }) => uid === node.uid))
        .map(subtask => subtask.watermark)
      return { records: arrived(), watermarks }
    }
    const played = new Schedule(steps, clock, reached, input => (input === broadcastInput ? parallelism : 1))
    return [played.input(0), played.input(1)]
  }
  const tags = [
    ...new Set([
      ...(operatorCase.sideTags ?? []),
      ...operatorCase.expected.flatMap(output => (output.type === 'side' ? [output.tag] : [])),
    ]),
  ]
  const functions = operatorCase.functions()
  const inputOf = (script: number): number => (operatorCase.inputCount === 2 ? script : 0)
  const isKeyed = (input: number): boolean => functions[keySelectorName(input)] !== undefined
  const partitionerOf = (input: number): Partitioner => {
    if (input === broadcastInput) return 'broadcast'
    if (isKeyed(input)) return 'hash'
    return fused ? 'forward' : 'rebalance'
  }
  const graph: JobGraph = {
    name: operatorCase.name,
    parallelism: 1,
    maxParallelism: 128,
    ...(fused ? { stateBackend: 'memory' as const } : {}),
    nodes: [
      ...scripts.map((script, index) => ({
        uid: `in ${index}`,
        type: 'script',
        name: `in ${index}`,
        config: { script: index },
        slotSharingGroup: fused ? 'operator' : 'in',
        ...(script.hasWatermarks
          ? { watermarks: { strategy: 'custom' as const, intervalMs: 1, generator: '() => …' } }
          : {}),
      })),
      { ...node, parallelism, slotSharingGroup: 'operator' },
      { uid: 'same', type: 'map', name: 'same', config: { fn: '' }, parallelism, slotSharingGroup: 'operator' },
      ...['main', ...tags].map(name => ({
        uid: `out ${name}`,
        type: 'keep',
        name: `out ${name}`,
        config: {},
        slotSharingGroup: 'out',
      })),
    ],
    edges: [
      ...scripts.map((_, index) => ({
        from: `in ${index}`,
        to: node.uid,
        partitioner: partitionerOf(inputOf(index)),
        output: null,
        input: inputOf(index),
        ...(isKeyed(inputOf(index)) ? { key: '…' } : {}),
      })),
      { from: node.uid, to: 'same', partitioner: 'forward', output: null, input: 0 },
      { from: 'same', to: 'out main', partitioner: 'rebalance', output: null, input: 0 },
      ...tags.map(tag => ({
        from: node.uid,
        to: `out ${tag}`,
        partitioner: 'rebalance' as const,
        output: tag,
        input: 0,
      })),
    ],
  }
  const run = await runTestJob(
    {
      graph,
      functions: () => ({
        [node.uid]: operatorCase.functions(),
        same: { fn: (value: unknown) => value },
        ...Object.fromEntries(
          scripts.map((script, index) => [`in ${index}`, { watermarkGenerator: () => script.generator() }]),
        ),
      }),
    },
    {
      ...options,
      ...(restored
        ? { createOperator: restoringFactory(node.uid, operatorCase.functions, createOperator, () => timesRestored++) }
        : {}),
      sources: [scriptSource(scripts) as Source],
      platform: { clock, timers: clock, random: new SeededRandom(1) },
      onDeployed: runtimes => {
        slots = runtimes
      },
    },
  )
  return {
    main: run.rows
      .filter(({ operator }) => operator === 'out main')
      .map(({ value, timestamp }) => ({ type: 'record', value, timestamp })),
    sides: run.rows
      .filter(({ operator }) => operator !== 'out main')
      .map(({ operator, value, timestamp }) => ({ type: 'side', tag: operator.slice(4), value, timestamp })),
    lateRecords: ofOperator().reduce((sum, { lateRecords }) => sum + lateRecords, 0),
    sent: run.sent,
    restored: timesRestored,
  }
}

export const SHAPES: Record<string, { settings: Partial<ChannelSettings>; buffersPerSlot: number }> = {
  'buffers and credit as usual': { settings: {}, buffersPerSlot: 64 },
  'one credit': { settings: { channelBuffers: 1 }, buffersPerSlot: 6 },
  'one record in each buffer': { settings: { channelBuffers: 1, maxBatchRecords: 1 }, buffersPerSlot: 6 },
  'records split over buffers of 16 bytes': { settings: { channelBuffers: 1, bufferSize: 16 }, buffersPerSlot: 6 },
}

export const mainOf = (outputs: readonly HarnessOutput[]) => outputs.filter(({ type }) => type === 'record')
export const sidesOf = (outputs: readonly HarnessOutput[]) => outputs.filter(({ type }) => type === 'side')
