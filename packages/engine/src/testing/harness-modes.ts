import type { KeySelector } from '../graph/job-functions.ts'
import type { OperatorFactory } from '../operators/operator.ts'
import { keyGroupOf, subtaskOfKeyGroup } from '../record/key-group.ts'
import { AsyncAnswers } from './async-answers.ts'
import { ManualClock } from './manual-clock.ts'
import { MemorySegments } from './memory-segments.ts'
import {
  type HarnessInput,
  type HarnessOptions,
  type HarnessOutput,
  type HarnessSnapshot,
  MAX_PARALLELISM,
  type OperatorCase,
  OperatorHarness,
} from './operator-harness.ts'
import { SeededRandom } from './seeded-random.ts'

/** The ways in which one case is run without channels; every one of them has to give what the case expects. */
export const HARNESS_MODES = [
  'straight',
  'one credit',
  'restored after each element',
  'one credit, restored',
  'rescaled',
  'spilled',
  'spilled, one credit, restored',
  'spilled, rescaled',
  'segments, restored',
  'segments, rescaled',
  'spilled, segments, restored',
  'spilled, segments, rescaled',
] as const
export type HarnessMode = (typeof HARNESS_MODES)[number]

export interface HarnessResult {
  /** Without watermarks. */
  readonly records: readonly HarnessOutput[]
  readonly outputs: readonly HarnessOutput[]
  readonly lateRecords: number
  /** Whether the order of records counts: not where several subtasks emitted them. */
  readonly ordered: boolean
  /** Rows of state that went to the store, in modes where there is hardly any room for them in memory. */
  readonly rowsSpilled: number
}

/** Room for two rows or so. */
const TINY_ROOM_BYTES = 320

export function runCase(operatorCase: OperatorCase, factory: OperatorFactory, mode: HarnessMode): HarnessResult {
  const spills = {
    ...(mode.startsWith('spilled') ? { roomBytes: TINY_ROOM_BYTES, prefetch: mode !== 'spilled' } : {}),
    ...(mode.includes('segments') ? { segments: new MemorySegments() } : {}),
  }
  if (mode.endsWith('rescaled')) return runRescaled(operatorCase, factory, spills)
  const harness = new OperatorHarness(operatorCase.node, operatorCase.functions, factory, {
    ...spills,
    oneCredit: mode.includes('one credit'),
    clock: new ManualClock(operatorCase.startMs),
    inputCount: operatorCase.inputCount,
    answers: new AsyncAnswers(mode.length),
  })
  for (const input of operatorCase.inputs) {
    harness.push(input)
    if (mode.includes('restored')) harness.restore()
  }
  harness.close()
  // What comes from disk comes in the order of its keys, and from segments by key group.
  const ordered = !mode.startsWith('spilled') && !mode.includes('segments') && operatorCase.unordered !== true
  return result(harness.outputs, harness.counters.lateRecords, ordered, harness.rowsSpilled)
}

/** The thirds of the inputs run at parallelism 1, 3 and 2, each restored from the snapshots of the one before. */
function runRescaled(
  operatorCase: OperatorCase,
  factory: OperatorFactory,
  spills: Pick<HarnessOptions, 'roomBytes' | 'prefetch' | 'segments'>,
): HarnessResult {
  const { node, functions, inputs, startMs, inputCount } = operatorCase
  const selectors = [functions().key0, functions().key1] as (KeySelector | undefined)[]
  const clock = new ManualClock(startMs)
  const outputs: HarnessOutput[] = []
  let lateRecords = 0
  let rowsSpilled = 0
  let snapshots: HarnessSnapshot[] = []
  const third = Math.ceil(inputs.length / 3)
  // Of two inputs, what each has come to: the lower one holds the other back after a restart as before it.
  const reached: (HarnessInput | undefined)[] = []
  for (const [part, parallelism] of [1, 3, 2].entries()) {
    const subtasks = Array.from({ length: parallelism }, (_, subtask) => {
      const harness = new OperatorHarness(node, functions, factory, {
        ...spills,
        clock,
        subtask,
        parallelism,
        inputCount,
        answers: new AsyncAnswers(parallelism * 10 + subtask),
      })
      if (snapshots.length > 0) harness.restore(snapshots)
      if (inputCount === 2) harness.push(...reached.filter(input => input !== undefined))
      return harness
    })
    for (const [i, input] of inputs.slice(part * third, (part + 1) * third).entries()) {
      if (input.type === 'watermark' || input.type === 'end') reached[input.input ?? 0] = input
      if (input.type !== 'record' || (input.input ?? 0) === operatorCase.broadcastInput)
        for (const harness of subtasks) harness.push(input)
      else {
        const selector = selectors[input.input ?? 0]
        const subtask =
          selector === undefined
            ? i % parallelism
            : subtaskOfKeyGroup(keyGroupOf(selector(input.value), MAX_PARALLELISM), MAX_PARALLELISM, parallelism)
        subtasks[subtask].push(input)
      }
    }
    snapshots = subtasks.map(harness => harness.snapshot())
    for (const harness of subtasks) {
      harness.close()
      outputs.push(...harness.outputs)
      lateRecords += harness.counters.lateRecords
      rowsSpilled += harness.rowsSpilled
    }
  }
  return result(outputs, lateRecords, false, rowsSpilled)
}

function result(
  outputs: readonly HarnessOutput[],
  lateRecords: number,
  ordered: boolean,
  rowsSpilled: number,
): HarnessResult {
  const records = outputs.filter(output => output.type !== 'watermark')
  return { outputs, records, lateRecords, ordered, rowsSpilled }
}

/** The inputs of a two-input operator in an order that the seed picks; each input keeps its own order. */
export function interleaved(inputs: readonly HarnessInput[], seed: number): HarnessInput[] {
  const random = new SeededRandom(seed)
  const sides = [0, 1].map(side => inputs.filter(input => sideOf(input) === side))
  const order: HarnessInput[] = []
  while (sides.some(side => side.length > 0)) {
    const open = sides.filter(side => side.length > 0)
    order.push(random.pick(open).shift() as HarnessInput)
  }
  return order
}

/** Which of two inputs an element is for; an hour strikes at the first. */
export function sideOf(input: HarnessInput): 0 | 1 {
  return input.type === 'time' ? 0 : (input.input ?? 0)
}

/** For comparing outputs whose order does not count. */
export function inAnyOrder(outputs: readonly HarnessOutput[]): string[] {
  const text = (_name: string, value: unknown): unknown => {
    return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value
  }
  return outputs.map(output => JSON.stringify(output, text)).sort()
}
