import type { OperatorMetrics, SubtaskMetrics } from '@weir/proto/metrics'
import { assert } from '../base/assert.ts'
import { WeirError } from '../base/errors.ts'
import type { Platform } from '../base/platform.ts'
import { describeThrown } from '../base/thrown.ts'
import { type ExecutionGraph, subtasksInSlot } from '../graph/execution-graph.ts'
import type { JobFunctions } from '../graph/job-functions.ts'
import type { ChannelSettings } from '../network/channel.ts'
import type { SlotNetwork } from '../network/slot-network.ts'
import type { OperatorFactory } from '../operators/operator.ts'
import type { Committable, Sink } from '../operators/sink.ts'
import type { Source, SourceSplit } from '../operators/source.ts'
import type { MemoryTier } from '../state/memory-tier.ts'
import type { StateRoom } from '../state/state-room.ts'
import type { Probe } from './chain-plan.ts'
import { SlotLoop } from './slot-loop.ts'
import type { Subtask } from './subtask.ts'
import { type BuiltSubtask, buildSubtask } from './subtask-builder.ts'

/** What happens in a slot, told to whoever runs it: the slot's worker, or the local runner. */
export interface SlotHost {
  onSplitRequested(operator: string, subtask: number): void
  /** A source whose watermarks are aligned says how far it is; MAX_WATERMARK: it holds nobody back. */
  onWatermarkReported(operator: string, subtask: number, watermark: number): void
  onSubtaskFinished(vertex: number, subtask: number, committables: ReadonlyMap<string, readonly Committable[]>): void
  /** The slot has stopped; its attempt is over. */
  onFailed(error: WeirError): void
  /** All subtasks of the slot are done. */
  onDone(): void
  /** A row of a print or collect sink. */
  onRow(operator: string, subtask: number, row: unknown): void
  log(level: 'info' | 'warn' | 'error', operator: string, subtask: number, message: string): void
  /** Calls back as soon as the event loop had a turn. */
  yieldToEventLoop(callback: () => void): void
}

export interface SlotRuntimeParts {
  readonly jobId: string
  readonly attempt: number
  readonly graph: ExecutionGraph
  /** The slots that run on this thread, each with the closures of its own evaluation. */
  readonly slots: readonly { readonly slot: number; readonly functions: JobFunctions }[]
  readonly sources: ReadonlyMap<string, Source>
  readonly sinks: ReadonlyMap<string, Sink>
  readonly platform: Platform
  readonly network: SlotNetwork
  readonly settings: ChannelSettings
  /** Absolute folder that relative paths start from. */
  readonly workdir: string
  /** How often watermarks are emitted where a strategy does not say; default 200 ms. */
  readonly watermarkIntervalMs?: number
  readonly probe: Probe
  /** How much memory the state of all subtasks here may take up together, and the way to disk; without it: any. */
  readonly room?: StateRoom
  /** Whether chains are compiled; the interpreter does the same, slower, where code may not be generated. */
  readonly compile: boolean
  /** Whether records are frozen when they leave an operator, so that one that is written to later is found. Default: no. */
  readonly freezeRecords?: boolean
  /** Makes what is neither source nor sink. Default: by its type; tests put something around it. */
  readonly createOperator?: OperatorFactory
  readonly host: SlotHost
}

/** Runs the subtasks of one slot (or, in one process, of all slots) on the thread that makes it. */
export class SlotRuntime {
  readonly #parts: SlotRuntimeParts
  readonly #built: readonly BuiltSubtask[]
  readonly #loop: SlotLoop
  #started = false
  #startedAtMs = 0

  constructor(parts: SlotRuntimeParts) {
    this.#parts = parts
    const built: BuiltSubtask[] = []
    let probeId = 1
    for (const { slot, functions } of parts.slots) {
      for (const ref of subtasksInSlot(parts.graph, slot)) {
        const one = buildSubtask(parts, ref, slot, functions, probeId)
        probeId += one.subtask.chain.length
        built.push(one)
      }
    }
    this.#built = built
    this.#loop = new SlotLoop({
      subtasks: built.map(({ subtask }) => subtask),
      clock: parts.platform.clock,
      timers: parts.platform.timers,
      doorbell: parts.network.doorbell,
      poll: () => parts.network.poll(),
      settle: () => parts.network.settle(),
      yieldToEventLoop: callback => parts.host.yieldToEventLoop(callback),
      onFailure: (error, subtask) =>
        parts.host.onFailed(subtask === undefined ? WeirError.from(error) : this.#placed(error, subtask)),
      onDone: () => parts.host.onDone(),
    })
  }

  /** Opens operators and sinks. Rejects with a WeirError that names the operator. */
  async open(): Promise<void> {
    for (const { subtask, asyncOpen } of this.#built) {
      try {
        for (const chained of subtask.chain) {
          try {
            chained.operator.open?.()
          } catch (error) {
            throw named(error, chained.name)
          }
        }
        for (const { name, open } of asyncOpen) {
          try {
            await open()
          } catch (error) {
            throw named(error, name)
          }
        }
      } catch (error) {
        throw this.#placed(error, subtask)
      }
    }
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#startedAtMs = this.#parts.platform.clock.monotonicMs()
    this.#loop.start()
  }

  /** What the operator with this probe id is called; undefined for an id that no operator has. */
  operatorOf(probeId: number): { readonly name: string; readonly subtask: number } | undefined {
    for (const { subtask } of this.#built) {
      const chained = subtask.chain.find(candidate => candidate.probeId === probeId)
      if (chained !== undefined) return { name: chained.name, subtask: subtask.ref.subtask }
    }
    return undefined
  }

  /** Every operator of the slot by its probe id. */
  operators(): { readonly probeId: number; readonly name: string; readonly subtask: number }[] {
    return this.#built.flatMap(({ subtask }) =>
      subtask.chain.map(({ probeId, name }) => ({ probeId, name, subtask: subtask.ref.subtask })),
    )
  }

  assignSplits(
    operator: string,
    subtask: number,
    splits: readonly SourceSplit[],
    noMoreSplits: boolean,
    unreadSplits: boolean,
  ): void {
    const found = this.#built.find(one => one.source?.uid === operator && one.subtask.ref.subtask === subtask)
    assert(found?.source, `splits for '${operator}' [${subtask}], which does not run in this slot`)
    if (splits.length > 0) found.source.operator.addSplits(splits)
    // After the splits: the last one holds the watermark back as one that is read, not as an unread one.
    found.source.operator.setUnreadSplits(unreadSplits)
    if (noMoreSplits) found.source.operator.noMoreSplits()
    this.#parts.network.doorbell.ring()
  }

  /** How far the slowest source of an alignment group is; MAX_WATERMARK: nobody holds the others back. */
  alignSources(group: string, slowest: number): void {
    let resumed = false
    for (const { source } of this.#built) if (source?.operator.align(group, slowest)) resumed = true
    if (resumed) this.#parts.network.doorbell.ring()
  }

  metrics(): SubtaskMetrics[] {
    const ran = this.#started ? { ranMs: this.#parts.platform.clock.monotonicMs() - this.#startedAtMs } : {}
    return this.#built.map(({ subtask, source, keyedState }) => {
      const { chain } = subtask
      const times = this.#loop.times(subtask)
      const watermark = subtask.time.watermark
      const alignment = source?.operator.alignment()
      const operators = chain.map((chained, index) => ({
        uid: chained.uid,
        name: chained.name,
        recordsIn: chained.counters.recordsIn,
        recordsOut: chained.counters.recordsOut,
        lateRecords: chained.counters.lateRecords,
        stateBytes: keyedState[index].sizeBytes(),
        ...diskCounters(keyedState[index]),
      }))
      const sent = subtask.outputs.sent()
      return {
        vertex: subtask.ref.vertex,
        subtask: subtask.ref.subtask,
        status: subtask.isDone ? 'finished' : this.#started ? 'running' : 'deployed',
        recordsIn: operators[0].recordsIn,
        recordsOut: chain.reduce(
          (sum, chained, index) => sum + (isLast(subtask, index) ? chained.counters.recordsOut : 0),
          0,
        ),
        ...times,
        ...ran,
        watermark: Number.isFinite(watermark) ? watermark : null,
        stateBytes: operators.reduce((sum, operator) => sum + operator.stateBytes, 0),
        overdraftBytesMax: subtask.outputs.overdraftBytesMax,
        latency: { counts: [...subtask.latency.counts], sumSeconds: subtask.latency.sumSeconds },
        sent,
        operators,
        ...(alignment === undefined ? {} : { alignment }),
      }
    })
  }

  /** Stops the loop and closes everything, also after a failure. Never rejects: what fails in closing is logged. */
  async close(): Promise<void> {
    this.#loop.stop()
    for (const { subtask, asyncClose } of this.#built) {
      for (const chained of subtask.chain) {
        try {
          chained.operator.close?.()
        } catch (error) {
          this.#logClose(chained.name, subtask, error)
        }
      }
      for (const { name, close } of asyncClose) {
        try {
          await close()
        } catch (error) {
          this.#logClose(name, subtask, error)
        }
      }
    }
  }

  #logClose(operator: string, subtask: Subtask, error: unknown): void {
    const { message } = describeThrown(error)
    this.#parts.host.log('warn', operator, subtask.ref.subtask, `closing failed: ${message}`)
  }

  #placed(error: unknown, subtask: Subtask): WeirError {
    const weir = WeirError.from(error, 'INTERNAL', {})
    const placed = new WeirError(weir.code, weir.message, {
      cause: weir.cause,
      place: { operator: subtask.chain[0].name, ...weir.place, subtask: subtask.ref.subtask },
      problems: weir.problems,
    })
    if (weir.stack !== undefined) placed.stack = weir.stack
    return placed
  }
}

/** Absent where the operator has never had to do with the disk. */
function diskCounters(state: MemoryTier): Pick<OperatorMetrics, 'stateDisk'> {
  const { reads, writes, bytes } = state.disk
  return reads + writes === 0 ? {} : { stateDisk: { reads, writes, bytes } }
}

/** Whether results of the operator leave the subtask. */
function isLast(subtask: Subtask, index: number): boolean {
  const { main, sides } = subtask.chain[index]
  return [main, ...sides.values()].some(targets => targets.writers.length > 0)
}

function named(error: unknown, operator: string): WeirError {
  const weir = WeirError.from(error, 'USER_FUNCTION', { operator })
  if (weir.place.operator !== undefined) return weir
  const placed = new WeirError(weir.code, weir.message, { cause: weir.cause, place: { ...weir.place, operator } })
  if (weir.stack !== undefined) placed.stack = weir.stack
  return placed
}
