import { assert } from '../base/assert.ts'
import { freezeRecord } from '../base/frozen-records.ts'
import { type KeySelector, keySelectorName, type NodeFunctions } from '../graph/job-functions.ts'
import type { JobNode } from '../graph/job-graph.ts'
import {
  type FlowControl,
  isWatermarking,
  type Operator,
  type OperatorContext,
  type OperatorCounters,
  type OperatorFactory,
  type OperatorSnapshot,
} from '../operators/operator.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { subtaskOfKeyGroup } from '../record/key-group.ts'
import { MAX_WATERMARK, MIN_WATERMARK, NO_TIMESTAMP } from '../record/stream-element.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import { MemoryTier } from '../state/memory-tier.ts'
import { assignManifest, decodeManifest, encodeManifest, type StateManifest } from '../state/segments/manifest.ts'
import { StateRoom } from '../state/state-room.ts'
import { WatermarkMerger } from '../time/watermark-merger.ts'
import type { AsyncAnswers } from './async-answers.ts'
import { ManualClock } from './manual-clock.ts'
import type { MemorySegments } from './memory-segments.ts'
import { MemorySpillStore } from './memory-spill-store.ts'
import { SeededRandom } from './seeded-random.ts'

/** What happens to an operator. `input` is 0 where it is left out. */
export type HarnessInput =
  | { readonly type: 'record'; readonly value: unknown; readonly timestamp?: number; readonly input?: 0 | 1 }
  | { readonly type: 'watermark'; readonly watermark: number; readonly input?: 0 | 1 }
  /** The wall clock reaches this time. */
  | { readonly type: 'time'; readonly nowMs: number }
  /** The input ends: its watermark is +Infinity. */
  | { readonly type: 'end'; readonly input?: 0 | 1 }

export type HarnessOutput =
  | { readonly type: 'record'; readonly value: unknown; readonly timestamp: number }
  | { readonly type: 'side'; readonly tag: string; readonly value: unknown; readonly timestamp: number }
  | { readonly type: 'watermark'; readonly watermark: number }

export interface ExpectedOutcome {
  /** In any order. */
  readonly outputs: readonly HarnessOutput[]
  readonly lateRecords: number
}

/** One operator with what goes in and what has to come out, whatever the mode it runs in. */
export interface OperatorCase {
  readonly name: string
  readonly node: JobNode
  /** Fresh closures, as from another evaluation of the bundle. */
  readonly functions: (answers?: AsyncAnswers) => NodeFunctions
  readonly inputs: readonly HarnessInput[]
  /** Records and side outputs, without watermarks. Computed by other means than the operator. */
  readonly expected: readonly HarnessOutput[]
  readonly lateRecords?: number
  /** Results may come in any order, even with one subtask. */
  readonly unordered?: true
  /**
   * What has to come out when the same elements come from two inputs in this order, where that depends on the order.
   * Computed by a plain program over the elements.
   */
  readonly expectedOf?: (steps: readonly HarnessInput[]) => ExpectedOutcome
  /** Side outputs that `expectedOf` may name, where they are not all in `expected`. */
  readonly sideTags?: readonly string[]
  /** Number of inputs of the operator; 1 where it is left out. */
  readonly inputCount?: 1 | 2
  /** The input whose records every subtask gets. */
  readonly broadcastInput?: 1
  /** What the wall clock shows at first. */
  readonly startMs?: number
}

export const record = (value: unknown, timestamp = NO_TIMESTAMP, input: 0 | 1 = 0): HarnessInput => {
  return { type: 'record', value, timestamp, input }
}
export const watermark = (at: number, input: 0 | 1 = 0): HarnessInput => ({ type: 'watermark', watermark: at, input })
export const time = (nowMs: number): HarnessInput => ({ type: 'time', nowMs })
export const end = (input: 0 | 1 = 0): HarnessInput => ({ type: 'end', input })

export const MAX_PARALLELISM = 128
/** More calls of `resume` or of firing than this for one input mean that the operator never comes to an end. */
const CALLS_MAX = 100_000

/** Outputs that are full after every record, or never. */
class HarnessFlow implements FlowControl {
  readonly #oneCredit: boolean
  emittedWhileFull = 0
  #full = false
  #suspended = 0

  constructor(oneCredit: boolean) {
    this.#oneCredit = oneCredit
  }

  get blocked(): boolean {
    return this.#full || this.#suspended > 0
  }

  suspend(): void {
    this.#suspended++
  }

  unsuspend(): void {
    assert(this.#suspended > 0, 'unsuspend without suspend')
    this.#suspended--
  }

  get suspended(): boolean {
    return this.#suspended > 0
  }

  emitted(): void {
    if (this.#full) this.emittedWhileFull++
    if (this.#oneCredit) this.#full = true
  }

  makeRoom(): void {
    this.#full = false
  }
}

export interface HarnessOptions {
  /** Answers the calls of asynchronous functions, which get it and are told when. */
  readonly answers?: AsyncAnswers
  /** Outputs are full after each record that is collected. */
  readonly oneCredit?: boolean
  readonly subtask?: number
  readonly parallelism?: number
  readonly clock?: ManualClock
  readonly inputCount?: number
  /** Room for the state in memory, in bytes; what is beyond goes to a store. Without it all stays in memory. */
  readonly roomBytes?: number
  /** Whether state is fetched by the keys of records before these are processed, as subtasks do. */
  readonly prefetch?: boolean
  /** Snapshots of keyed state go into segments here, each with what has changed since the one before it. */
  readonly segments?: MemorySegments
}

/** `manifest`: the keyed state, where it goes into segments. */
export interface HarnessSnapshot extends OperatorSnapshot {
  readonly manifest?: Uint8Array
}

/** Runs one operator in one subtask, without channels and threads. */
export class OperatorHarness {
  readonly outputs: HarnessOutput[] = []
  readonly clock: ManualClock
  readonly counters: OperatorCounters = { recordsIn: 0, recordsOut: 0, lateRecords: 0 }
  readonly logged: string[] = []
  readonly #node: JobNode
  readonly #functions: (answers?: AsyncAnswers) => NodeFunctions
  readonly #factory: OperatorFactory
  readonly #options: HarnessOptions
  readonly #merger: WatermarkMerger
  #flow: HarnessFlow
  #state!: MemoryTier
  #manifest!: StateManifest
  #store: MemorySpillStore | undefined
  #spilledBefore = 0
  #operator: Operator
  #emittedWatermark = MIN_WATERMARK

  constructor(
    node: JobNode,
    functions: (answers?: AsyncAnswers) => NodeFunctions,
    factory: OperatorFactory,
    options: HarnessOptions = {},
  ) {
    this.#node = node
    this.#functions = functions
    this.#factory = factory
    this.#options = options
    this.clock = options.clock ?? new ManualClock()
    this.#merger = new WatermarkMerger(options.inputCount ?? 1)
    this.#flow = new HarnessFlow(options.oneCredit ?? false)
    this.#operator = this.#create([])
  }

  get operator(): Operator {
    return this.#operator
  }

  /** Records that came though outputs were full: what would have gone to overdraft. */
  get emittedWhileFull(): number {
    return this.#flow.emittedWhileFull
  }

  get state(): MemoryTier {
    return this.#state
  }

  /** Rows that were written to the store so far. */
  get rowsSpilled(): number {
    return this.#spilledBefore + (this.#store?.writes ?? 0)
  }

  push(...inputs: readonly HarnessInput[]): void {
    for (const input of inputs) this.#push(input)
  }

  snapshot(): HarnessSnapshot {
    assert(!this.#flow.suspended, 'an operator that kept something for resume was asked for a snapshot')
    const snapshot = this.#operator.snapshot?.() ?? {}
    const { segments } = this.#options
    if (segments === undefined) return snapshot
    assert((snapshot.keyed ?? []).length === 0, 'keyed state that goes into segments was given as entries')
    this.#manifest = segments.finish(this.#state.freeze(), this.#manifest, this.clock.now())
    return { ...snapshot, manifest: encodeManifest(this.#manifest) }
  }

  /** Ends the operator and goes on with a fresh one, made from the bytes of its own snapshot or of those given. */
  restore(snapshots: readonly HarnessSnapshot[] = [this.snapshot()]): void {
    const bytes = encodeValue(snapshots)
    this.close()
    this.#flow = new HarnessFlow(this.#options.oneCredit ?? false)
    this.#operator = this.#create(decodeValue(bytes) as HarnessSnapshot[])
  }

  close(): void {
    this.#operator.close?.()
  }

  #create(snapshots: readonly HarnessSnapshot[]): Operator {
    const { subtask = 0, parallelism = 1 } = this.#options
    const { roomBytes, segments } = this.#options
    this.#spilledBefore = this.rowsSpilled
    this.#store = new MemorySpillStore()
    this.#state = new MemoryTier({
      ...(roomBytes === undefined ? {} : { room: new StateRoom(roomBytes, this.#store) }),
      maxParallelism: MAX_PARALLELISM,
      ownsKeyGroup: group => subtaskOfKeyGroup(group, MAX_PARALLELISM, parallelism) === subtask,
      clock: this.clock,
      inSegments: segments !== undefined,
    })
    const manifests = snapshots.flatMap(({ manifest }) => (manifest === undefined ? [] : [decodeManifest(manifest)]))
    this.#manifest = assignManifest(manifests, subtask, MAX_PARALLELISM, parallelism)
    if (segments !== undefined && snapshots.length > 0) this.#state.restoreChain(segments.load(this.#manifest))
    const flow = this.#flow
    const log = (message: string): void => void this.logged.push(message)
    const context: OperatorContext = {
      node: this.#node,
      functions: this.#functions(this.#options.answers),
      subtask: {
        jobId: 'job_00000000',
        jobName: 'harness',
        attempt: 0,
        subtask,
        parallelism,
        maxParallelism: MAX_PARALLELISM,
      },
      platform: { clock: this.clock, timers: this.clock, random: new SeededRandom(1) },
      output: {
        collect: (value, timestamp) => {
          freezeRecord(value)
          this.outputs.push({ type: 'record', value, timestamp })
          flow.emitted()
        },
        sideOutput: (tag, value, timestamp) => {
          freezeRecord(value)
          this.outputs.push({ type: 'side', tag, value, timestamp })
          flow.emitted()
        },
      },
      flow,
      keyedState: this.#state,
      counters: this.counters,
      logger: { info: log, warn: log, error: log },
      wakeUp: () => undefined,
      passWatermark: at => {
        this.#emitWatermark(at)
        return true
      },
    }
    const operator = this.#factory(context)
    if (snapshots.length > 0) operator.restore?.(snapshots)
    operator.open?.()
    return operator
  }

  #push(input: HarnessInput): void {
    this.#flow.makeRoom()
    switch (input.type) {
      case 'record':
        // It has left another operator: whoever writes to it is found.
        freezeRecord(input.value)
        this.#prefetch(input.value, input.input ?? 0)
        this.#operator.processElement(input.value, input.timestamp ?? NO_TIMESTAMP, input.input ?? 0)
        break
      case 'watermark':
        this.#advance(input.input ?? 0, input.watermark)
        break
      case 'end':
        this.#advance(input.input ?? 0, MAX_WATERMARK)
        break
      case 'time':
        this.clock.set(input.nowMs)
        break
    }
    this.#resume()
    // The subtask looks at the clock between any two elements.
    if ((this.#operator.nextProcessingTime?.() ?? Number.POSITIVE_INFINITY) <= this.clock.now()) {
      this.#repeat(() => this.#goesOn() && (this.#operator.processProcessingTime?.(this.clock.now()) ?? true))
      this.#resume()
    }
    this.#answer(input.type === 'end')
    if (!isWatermarking(this.#operator)) return
    this.#operator.onPeriodicEmit()
    this.#emitWatermark(this.#operator.currentWatermark())
  }

  /** Answers some calls that are under way, at the end all of them, and lets the operator go on after each. */
  #answer(all: boolean): void {
    const { answers } = this.#options
    if (answers === undefined) return
    for (let left = all ? CALLS_MAX : answers.some(); left > 0 && answers.one(); left--) {
      this.#resume()
      if ((this.#operator.nextProcessingTime?.() ?? Number.POSITIVE_INFINITY) <= this.clock.now())
        this.#repeat(() => this.#goesOn() && (this.#operator.processProcessingTime?.(this.clock.now()) ?? true))
    }
  }

  #prefetch(value: unknown, input: number): void {
    if (this.#options.prefetch !== true || !this.#state.mayHaveSpilled) return
    const selector = this.#functions()[keySelectorName(input)] as KeySelector | undefined
    if (selector !== undefined) this.#state.prefetch([canonicalKey(selector(value))], 1)
  }

  #advance(input: number, at: number): void {
    if (!this.#merger.advance(input, at)) return
    const merged = this.#merger.output()
    this.#repeat(() => this.#goesOn() && (this.#operator.processWatermark?.(merged) ?? true))
    this.#resume()
    if (!isWatermarking(this.#operator)) this.#emitWatermark(merged)
  }

  #emitWatermark(at: number): void {
    if (at === this.#emittedWatermark) return
    assert(at > this.#emittedWatermark, `the watermark went back from ${this.#emittedWatermark} to ${at}`)
    this.#emittedWatermark = at
    this.outputs.push({ type: 'watermark', watermark: at })
  }

  /** Lets the operator go on with what it kept until nothing is left. */
  #resume(): void {
    this.#repeat(() => this.#operator.resume?.() ?? true)
    assert(!this.#flow.suspended, 'the operator said that nothing is left, but the flow is suspended')
  }

  /** As in a subtask: what an operator kept comes before anything else. */
  #goesOn(): boolean {
    return !this.#flow.suspended || (this.#operator.resume?.() ?? true)
  }

  #repeat(step: () => boolean): void {
    for (let calls = 0; calls < CALLS_MAX; calls++) {
      this.#flow.makeRoom()
      if (step()) return
      // It may wait for an answer rather than for room.
      this.#options.answers?.one()
    }
    assert(false, `the operator did not come to an end within ${CALLS_MAX} calls`)
  }
}
