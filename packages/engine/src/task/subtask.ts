import type { SubtaskRef } from '../graph/execution-graph.ts'
import type { InputGate } from '../network/input-gate.ts'
import { RecordBatch } from '../network/record-batch.ts'
import type { SubtaskOutputs } from '../network/subtask-outputs.ts'
import type { Committable } from '../operators/sink.ts'
import type { SinkOperator } from '../operators/sink-operator.ts'
import type { SourceOperator } from '../operators/source-operator.ts'
import { MAX_WATERMARK } from '../record/stream-element.ts'
import { WatermarkMerger } from '../time/watermark-merger.ts'
import { type ChainDriver, type ChainedOperator, PROBE_OPERATOR, PROBE_STEPS, type Probe } from './chain-plan.ts'
import type { ChainTime } from './chain-time.ts'
import type { FlowState } from './flow-state.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { locateError } from './locate-error.ts'

/**
 * What one step of a subtask came to.
 * - `progress`: it did something, and may have more to do at once.
 * - `idle`: it waits for input, for a timer or for its source.
 * - `backpressured`: it has something to do, and waits for room in an output.
 * - `done`: it has given everything on and will never do anything again.
 */
export type StepResult = 'progress' | 'idle' | 'backpressured' | 'done'

/** A slice should take about this long, so that the other subtasks of the slot and its event loop get their turn. */
const SLICE_TARGET_MS = 2
const SLICE_RECORDS_MAX = 4096

/** Fetches state for the records `from` to `to` of an input, by one question to the disk. */
export type Prefetch = (values: readonly unknown[], from: number, to: number, input: number) => void

export interface SubtaskParts {
  readonly ref: SubtaskRef
  readonly chain: readonly ChainedOperator[]
  readonly driver: ChainDriver
  readonly time: ChainTime
  readonly flow: FlowState
  readonly outputs: SubtaskOutputs
  /** Empty for a source. */
  readonly gates: readonly InputGate[]
  readonly source: SourceOperator | undefined
  /** Sinks of the chain, with their uids. */
  readonly sinks: readonly { readonly uid: string; readonly sink: SinkOperator }[]
  readonly probe: Probe
  /** Where state may be on disk: called with records that are about to be processed. */
  readonly prefetch: Prefetch | undefined
  /** The subtask has ended well, with what its sinks made ready to commit. */
  readonly onFinished: (committables: ReadonlyMap<string, readonly Committable[]>) => void
  /** Something that the subtask waits for, outside of channels, has happened. */
  readonly wakeUp: () => void
}

/**
 * One parallel instance of a chain of operators. It never waits: `step` does a little and says how it went.
 *
 * Invariants: an element is taken only while outputs have room and nothing that an operator kept is left; what an element
 * sets off (results, watermarks, timers) is through before the next one is taken.
 */
export class Subtask {
  readonly ref: SubtaskRef
  readonly chain: readonly ChainedOperator[]
  readonly outputs: SubtaskOutputs
  readonly time: ChainTime
  readonly latency = new LatencyHistogram()
  readonly #parts: SubtaskParts
  /** Records whose time is in `latency`. */
  #recordsTimed = 0
  readonly #inputTime = new WatermarkMerger()
  /** Number of the first channel of each gate in `#inputTime`. */
  readonly #firstChannel: number[] = []
  #channelsOpen = 0
  #nextGate = 0
  #batch: RecordBatch | undefined
  #batchFrom = 0
  #batchInput = 0
  #sliceRecords = 32
  #nextEmission = 0
  #ending: 'no' | 'preparing' | 'prepared' | 'done' = 'no'
  #failure: unknown

  constructor(parts: SubtaskParts) {
    this.#parts = parts
    this.ref = parts.ref
    this.chain = parts.chain
    this.outputs = parts.outputs
    this.time = parts.time
    for (const gate of parts.gates) {
      this.#firstChannel.push(this.#channelsOpen)
      for (let i = 0; i < gate.channelCount; i++) this.#inputTime.addInput()
      this.#channelsOpen += gate.channelCount
    }
  }

  get isDone(): boolean {
    return this.#ending === 'done'
  }

  /** Does a little. `nowMs` is wall-clock time. Throws a WeirError that names the operator; the attempt is over then. */
  step(nowMs: number): StepResult {
    const { probe } = this.#parts
    probe[PROBE_STEPS]++
    const before = this.#activity()
    try {
      const result = this.#step(nowMs)
      probe[PROBE_OPERATOR] = 0
      // A step that fired timers or went on with what was kept may have more of it to do, or have fed the next subtask.
      if (result !== 'done' && this.#activity() !== before) return 'progress'
      return result
    } catch (error) {
      throw locateError(error, this.chain, probe)
    }
  }

  /** Grows with every record and event that is handed on. */
  #activity(): number {
    let activity = this.outputs.events
    for (const { counters } of this.chain) activity += counters.recordsIn + counters.recordsOut
    return activity
  }

  /** How long the latest step took: the size of the slices follows it, and the latency of its records. */
  onStepTook(ms: number): void {
    const { counters } = this.chain[0]
    const records = this.#parts.source === undefined ? counters.recordsIn : counters.recordsOut
    this.latency.add(ms / 1000, records - this.#recordsTimed)
    this.#recordsTimed = records
    if (ms > SLICE_TARGET_MS) this.#sliceRecords = Math.max(1, this.#sliceRecords >> 1)
    else if (ms < SLICE_TARGET_MS / 4) this.#sliceRecords = Math.min(SLICE_RECORDS_MAX, this.#sliceRecords << 1)
  }

  /** Wall-clock time at which it wants a step though nothing arrives; Infinity: never. */
  nextWakeUp(): number {
    // Until there is room again nothing can be emitted, however long it is due; then the doorbell rings.
    if (this.#ending !== 'no' || this.#parts.flow.blocked) return Number.POSITIVE_INFINITY
    const emission =
      this.time.emissionIntervalMs === Number.POSITIVE_INFINITY ? this.time.emissionIntervalMs : this.#nextEmission
    return Math.min(this.time.nextProcessingTime(), emission)
  }

  #step(nowMs: number): StepResult {
    if (this.#failure !== undefined) throw this.#failure
    const { outputs, flow, time } = this.#parts
    if (!outputs.drain()) return 'backpressured'
    if (this.#ending !== 'no') return this.#finish()
    if (flow.blocked && !this.#resume()) return 'backpressured'
    if (time.isPending && !time.advance()) return 'backpressured'
    if (time.nextProcessingTime() <= nowMs) {
      time.fireProcessingTime(nowMs)
      if (!time.advance()) return 'backpressured'
    }
    this.#emitWatermarks(nowMs)
    if (flow.blocked) return 'backpressured'
    const result = this.#parts.source === undefined ? this.#takeInput() : this.#pollSource(this.#parts.source)
    if (result === 'idle' && !flow.blocked && this.#inputIsThrough && time.isAtEnd && !time.isPending)
      return this.#end()
    return result
  }

  /** Lets operators go on with what they kept, the last of the chain first, since it stops those before it. */
  #resume(): boolean {
    const { chain, flow, probe } = this.#parts
    for (let k = chain.length - 1; k >= 0; k--) {
      const { operator, probeId } = chain[k]
      if (operator.resume === undefined) continue
      probe[PROBE_OPERATOR] = probeId
      if (!flow.resume(operator)) return false
    }
    return !flow.blocked
  }

  #emitWatermarks(nowMs: number): void {
    const { time } = this.#parts
    const { emissionIntervalMs } = time
    if (emissionIntervalMs === Number.POSITIVE_INFINITY) return
    // A clock that was set back must not hold emission up.
    if (nowMs < this.#nextEmission && nowMs >= this.#nextEmission - emissionIntervalMs) return
    this.#nextEmission = nowMs + emissionIntervalMs
    time.periodicEmit()
    if (time.isPending) time.advance()
  }

  #takeInput(): StepResult {
    const { gates, flow, time } = this.#parts
    if (this.#batch !== undefined) return this.#runBatch(this.#batch)
    for (let tried = 0; tried < gates.length; tried++) {
      const gateNumber = this.#nextGate
      this.#nextGate = (gateNumber + 1) % gates.length
      const gate = gates[gateNumber]
      const element = gate.poll()
      if (element === undefined) continue
      const channel = this.#firstChannel[gateNumber] + gate.lastChannel
      if (element instanceof RecordBatch) {
        // A record makes its channel active; the sender may say so only after the batch.
        this.#inputTime.setIdle(channel, false)
        time.inputIdle(this.#inputTime.isIdle())
        this.#batch = element
        this.#batchFrom = 0
        this.#batchInput = gate.input
        return this.#runBatch(element)
      }
      switch (element.type) {
        case 'watermark':
          this.#inputTime.advance(channel, element.watermark)
          break
        case 'idle':
          this.#inputTime.setIdle(channel, true)
          break
        case 'active':
          this.#inputTime.setIdle(channel, false)
          break
        case 'end':
          this.#channelsOpen--
          this.#inputTime.advance(channel, MAX_WATERMARK)
          break
      }
      time.inputIdle(this.#inputTime.isIdle())
      time.inputWatermark(this.#inputTime.output())
      if (time.isPending && !time.advance()) return flow.blocked ? 'backpressured' : 'progress'
      return 'progress'
    }
    return 'idle'
  }

  #runBatch(batch: RecordBatch): StepResult {
    const { driver, prefetch } = this.#parts
    const to = Math.min(batch.count, this.#batchFrom + this.#sliceRecords)
    if (prefetch !== undefined) {
      this.#parts.probe[PROBE_OPERATOR] = this.chain[0].probeId
      prefetch(batch.values, this.#batchFrom, to, this.#batchInput)
    }
    this.#batchFrom = driver(batch.values, batch.timestamps, this.#batchFrom, to, this.#batchInput)
    if (this.#batchFrom >= batch.count) this.#batch = undefined
    this.#advanceOwnTime()
    return 'progress'
  }

  /** A new watermark of the chain's own. While an operator keeps results it waits, since it must not overtake them. */
  #advanceOwnTime(): void {
    const { flow, time } = this.#parts
    if (flow.blocked) return
    time.collectWatermarks()
    if (time.isPending) time.advance()
  }

  #pollSource(source: SourceOperator): StepResult {
    const { probe, chain } = this.#parts
    probe[PROBE_OPERATOR] = chain[0].probeId
    const polled = source.poll(this.#sliceRecords)
    this.#advanceOwnTime()
    return polled === 'emitted' ? 'progress' : 'idle'
  }

  /** The last watermark comes before the end of its channel. */
  get #inputIsThrough(): boolean {
    return this.#channelsOpen === 0
  }

  /** Everything has been taken and fired: tell those downstream, and make the sinks ready to commit. */
  #end(): StepResult {
    const { outputs, sinks, wakeUp } = this.#parts
    outputs.event({ type: 'end' })
    if (sinks.length === 0) {
      this.#ending = 'prepared'
      return 'progress'
    }
    this.#ending = 'preparing'
    this.#prepareCommit().then(
      committables => {
        this.#committables = committables
        this.#ending = 'prepared'
        wakeUp()
      },
      error => {
        this.#failure = error ?? new Error('a sink could not finish')
        wakeUp()
      },
    )
    return 'progress'
  }

  #committables: ReadonlyMap<string, readonly Committable[]> = new Map()

  async #prepareCommit(): Promise<ReadonlyMap<string, readonly Committable[]>> {
    const prepared = new Map<string, readonly Committable[]>()
    for (const { uid, sink } of this.#parts.sinks) {
      const committables = await sink.prepareCommit()
      if (committables.length > 0) prepared.set(uid, committables)
    }
    return prepared
  }

  #finish(): StepResult {
    const { outputs, onFinished } = this.#parts
    if (this.#ending === 'done') return 'done'
    outputs.flush()
    if (!outputs.drain()) return 'backpressured'
    if (this.#ending === 'preparing') return 'idle'
    this.#ending = 'done'
    onFinished(this.#committables)
    return 'done'
  }
}
