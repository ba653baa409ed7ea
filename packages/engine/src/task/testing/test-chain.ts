import type { NodeFunctions } from '../../graph/job-functions.ts'
import type { StreamEvent } from '../../network/record-batch.ts'
import type { RecordWriter } from '../../network/record-writer.ts'
import type { Operator, OperatorContext } from '../../operators/operator.ts'
import { createOperator } from '../../operators/operator-factories.ts'
import { MemoryTier } from '../../state/memory-tier.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { compileChain } from '../chain-compiler.ts'
import { interpretChain } from '../chain-interpreter.ts'
import { type ChainDriver, type ChainedOperator, ChainOutput, type ChainTargets } from '../chain-plan.ts'
import { ChainTime } from '../chain-time.ts'
import { FlowState } from '../flow-state.ts'

/** One operator of a chain under test, and what its outputs lead to. */
export interface TestNode {
  readonly name: string
  /** An operator of the engine by its type, or one that the test makes. */
  readonly operator:
    | { readonly type: string; readonly functions: NodeFunctions }
    | ((context: OperatorContext) => Operator)
  /** Places in the chain that the main output feeds, and whether it leaves the chain too. */
  readonly feeds?: readonly number[]
  readonly leaves?: boolean
  /** The same for side outputs. */
  readonly sides?: Readonly<Record<string, { readonly feeds?: readonly number[]; readonly leaves?: boolean }>>
}

export interface ChainLogEntry {
  readonly from: string
  readonly tag: string | null
  readonly value?: unknown
  readonly timestamp?: number
  readonly event?: StreamEvent
}

export interface TestChain {
  readonly chain: readonly ChainedOperator[]
  readonly driver: ChainDriver
  readonly flow: FlowState
  readonly probe: Int32Array
  readonly time: ChainTime
  readonly clock: ManualClock
  /** What left the chain, in order. */
  readonly log: ChainLogEntry[]
}

/** A chain without subtask and channels. `onEmit` hears of each record that leaves it, and may set the flow to full. */
export function testChain(
  nodes: readonly TestNode[],
  options: {
    compile: boolean
    freeze?: boolean
    isSource?: boolean
    onEmit?: (flow: FlowState, emitted: number) => void
  },
): TestChain {
  const flow = new FlowState()
  const probe = new Int32Array(2)
  const clock = new ManualClock(1_000)
  const log: ChainLogEntry[] = []
  let emitted = 0
  const writer = (from: string, tag: string | null): RecordWriter => ({
    emit: (value, timestamp) => {
      log.push({ from, tag, value, timestamp })
      options.onEmit?.(flow, ++emitted)
    },
    event: event => void log.push({ from, tag, event }),
  })
  const chain = nodes.map((node, index): ChainedOperator => {
    const output = new ChainOutput()
    const counters = { recordsIn: 0, recordsOut: 0, lateRecords: 0 }
    const { operator } = node
    const functions = typeof operator === 'function' ? {} : operator.functions
    const context: OperatorContext = {
      node: {
        uid: `n${index}`,
        type: typeof operator === 'function' ? 'test' : operator.type,
        name: node.name,
        config: { fn: '' },
      },
      functions,
      subtask: { jobId: 'job_test', jobName: 'test', attempt: 1, subtask: 0, parallelism: 1, maxParallelism: 128 },
      platform: { clock, timers: clock, random: new SeededRandom(1) },
      output,
      flow,
      keyedState: new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock }),
      counters,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      wakeUp: () => undefined,
      passWatermark: watermark => time.passWatermark(index, watermark),
    }
    const targets = (from: { feeds?: readonly number[]; leaves?: boolean }, tag: string | null): ChainTargets => ({
      operators: from.feeds ?? [],
      writers: from.leaves === true ? [writer(node.name, tag)] : [],
    })
    return {
      uid: context.node.uid,
      name: node.name,
      operator: typeof operator === 'function' ? operator(context) : createOperator(context),
      counters,
      output,
      main: targets(node, null),
      sides: new Map(Object.entries(node.sides ?? {}).map(([tag, side]) => [tag, targets(side, tag)])),
      probeId: 10 + index,
    }
  })
  const driver = options.compile
    ? compileChain(chain, flow, probe, 'test', options.freeze)
    : interpretChain(chain, flow, probe, options.freeze)
  const time = new ChainTime(chain, probe, flow, options.isSource ?? false)
  return { chain, driver, flow, probe, time, clock, log }
}
