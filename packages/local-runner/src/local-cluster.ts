import { sinks, sources } from '@weir/connectors/runtime'
import type { JobEffect } from '@weir/control/job/job-effect'
import type { JobEventBody, SlotAllocation, TaskManagerRef } from '@weir/control/job/job-event'
import { JobMaster } from '@weir/control/job/job-master'
import type { PublicStatus } from '@weir/control/job/public-status'
import { WeirError } from '@weir/engine/base/errors'
import type { JobId } from '@weir/engine/base/ids'
import type { Platform, TimerHandle } from '@weir/engine/base/platform'
import type { JobFunctions } from '@weir/engine/graph/job-functions'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { DEFAULT_CHANNEL_SETTINGS } from '@weir/engine/network/channel'
import { LocalNetwork } from '@weir/engine/network/local-network'
import type { ChannelPlace } from '@weir/engine/network/slot-network'
import type { Sink, SinkWriter, WriterContext } from '@weir/engine/operators/sink'
import type { StateRoom } from '@weir/engine/state/state-room'
import { SlotRuntime } from '@weir/engine/task/slot-runtime'
import { NodeTextCodec } from '@weir/process/node-text-codec'
import { nodePlatform } from '@weir/process/platform-node'

export interface LocalClusterOptions {
  readonly jobId: JobId
  readonly graph: JobGraph
  /** Evaluates the job anew for one slot of one attempt: slots share no closures. */
  readonly load: (instance: number) => Promise<JobFunctions>
  /** Absolute folder that relative paths start from. */
  readonly workdir: string
  /** Clock, timers and random numbers of job and JobMaster. Default: the machine's. */
  readonly platform?: Platform
  /** Room for the state of one attempt; without it all stays in memory. */
  readonly room?: () => StateRoom
  /** Puts an error of user code on the user's line. */
  readonly place: (error: WeirError) => WeirError
  /** Rows of print and collect sinks, and of every other sink what it is given to write. */
  readonly onRow: (operator: string, subtask: number, row: unknown) => void
  /** See engine/task/chain-plan.ts: what the thread is doing. */
  readonly probe: Int32Array
  readonly onOperators: (operators: readonly LocalOperator[]) => void
  readonly onStatus: (status: PublicStatus, reason: string | null) => void
  readonly log: (level: 'info' | 'warn' | 'error', operator: string, subtask: number, message: string) => void
}

/** Their writers publish rows by themselves. */
const PUBLISHING = new Set(['print', 'collect', 'blackhole', 'customSink'])

/** Finds an operator by what the probe shows. */
export interface LocalOperator {
  readonly probeId: number
  readonly name: string
  readonly subtask: number
}

const HERE: TaskManagerRef = { id: 'local', incarnation: 'local' }

/**
 * A cluster for one job in one thread: the JobMaster of packages/control decides, and this carries its effects out, with
 * all slots of the job as one SlotRuntime whose channels pass records by reference. Records that could be sent between
 * slots on a cluster have to be such as can be sent, at whatever parallelism the job runs here.
 */
export class LocalCluster {
  readonly #options: LocalClusterOptions
  readonly #platform: Platform
  readonly #master: JobMaster
  readonly #timers = new Map<number, TimerHandle>()
  readonly #ended = Promise.withResolvers<void>()
  #runtime: SlotRuntime | undefined
  #slots: readonly SlotAllocation[] = []
  #instances = 0
  /** Events that came while one was being handled. */
  readonly #queue: JobEventBody[] = []
  #handling = false

  constructor(options: LocalClusterOptions) {
    this.#options = options
    this.#platform = options.platform ?? nodePlatform
    // A person waits in front of this job: what a cluster would sit out, a missing file say, fails it at once.
    const graph: JobGraph = { ...options.graph, restart: options.graph.restart ?? { type: 'none' } }
    this.#master = new JobMaster({ jobId: options.jobId, graph, random: this.#platform.random })
  }

  /** Runs the job to its end. Rejects with the error that failed it. */
  async run(): Promise<'FINISHED' | 'CANCELED'> {
    this.#dispatch({ type: 'start' })
    // What runs waits without holding Node's event loop open.
    const keepAlive = setInterval(() => undefined, 60_000)
    try {
      await this.#ended.promise
    } finally {
      clearInterval(keepAlive)
    }
    const { status, error } = this.#master.record
    if (status === 'FAILED') throw error?.error ?? new WeirError('INTERNAL', 'the job failed without a reason')
    return status === 'CANCELED' ? 'CANCELED' : 'FINISHED'
  }

  cancel(): void {
    this.#dispatch({ type: 'cancel-requested' })
  }

  /** Of every subtask of the attempt that runs; none while there is none. */
  metrics(): ReturnType<SlotRuntime['metrics']> {
    return this.#runtime?.metrics() ?? []
  }

  #dispatch(event: JobEventBody): void {
    this.#queue.push(event)
    if (this.#handling) return
    this.#handling = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { clock } = this.#platform
        const effects = this.#master.handle({
          ...next,
          at: { wallMs: clock.now(), monotonicMs: clock.monotonicMs() },
        })
        for (const effect of effects) this.#carryOut(effect)
      }
    } catch (error) {
      this.#ended.reject(error)
    } finally {
      this.#handling = false
    }
  }

  /** Effects with an answer answer later, never within the call. */
  #carryOut(effect: JobEffect): void {
    switch (effect.type) {
      case 'request-slots':
        this.#slots = Array.from({ length: effect.count }, (_, slot) => ({
          slot,
          taskManager: HERE,
          taskManagerSlot: slot,
        }))
        this.#dispatch({ type: 'slots-allocated', attempt: effect.attempt, slots: this.#slots })
        return
      case 'discover-splits':
        void this.#discover(effect.attempt, effect.operator, effect.parallelism)
        return
      case 'deploy':
        void this.#deploy(effect.attempt)
        return
      case 'start-slots':
        this.#runtime?.start()
        return
      case 'assign-splits': {
        const { subtask, splits, noMoreSplits, unreadSplits } = effect.assignment
        this.#runtime?.assignSplits(effect.operator, subtask, splits, noMoreSplits, unreadSplits)
        return
      }
      case 'align-sources':
        this.#runtime?.alignSources(effect.group, effect.slowest)
        return
      case 'cancel-slots':
        void this.#release(effect.attempt)
        return
      case 'record-commit':
        // In one process nothing outlives the job that could need the record.
        this.#dispatch({ type: 'commit-recorded', attempt: effect.attempt })
        return
      case 'commit':
        void this.#commit(effect)
        return
      case 'abort-leftovers':
        void this.#abortLeftovers(effect.attempt)
        return
      case 'set-timer':
        this.#timers.set(
          effect.timer,
          this.#platform.timers.after(effect.delayMs, () => this.#dispatch({ type: 'timer', timer: effect.timer })),
        )
        return
      case 'cancel-timer':
        this.#timers.get(effect.timer)?.cancel()
        this.#timers.delete(effect.timer)
        return
      case 'exception': {
        // The last one is what `run` rejects with.
        const { place, message } = effect.error
        const willRestart = (this.#options.graph.restart?.type ?? 'none') !== 'none'
        if (willRestart) this.#options.log('error', place.operator ?? '', place.subtask ?? 0, message)
        return
      }
      case 'record-changed': {
        const { status, reason } = effect.record
        this.#options.onStatus(status, reason)
        if (status === 'FINISHED' || status === 'FAILED' || status === 'CANCELED') this.#end()
        return
      }
      case 'release-slots':
      case 'attempt-started':
      case 'attempt-ended':
      case 'history':
        return
    }
  }

  async #discover(attempt: number, operator: string, parallelism: number): Promise<void> {
    try {
      const node = this.#options.graph.nodes.find(candidate => candidate.uid === operator)
      const source = node === undefined ? undefined : sources.get(node.type)
      if (node === undefined || source === undefined) throw new WeirError('INTERNAL', `'${operator}' is no source`)
      const context = { parallelism, workdir: this.#options.workdir }
      const splits = await source.discoverSplits(node.config, context)
      this.#dispatch({ type: 'splits-discovered', attempt, operator, splits })
    } catch (error) {
      this.#dispatch({ type: 'splits-failed', attempt, operator, error: WeirError.from(error) })
    }
  }

  async #deploy(attempt: number): Promise<void> {
    const options = this.#options
    const fail = (thrown: unknown): void => {
      const error = options.place(WeirError.from(thrown))
      this.#dispatch({ type: 'slot-failed', attempt, slot: 0, taskManager: HERE, error })
    }
    try {
      const slots = []
      for (const { slot } of this.#slots) slots.push({ slot, functions: await options.load(this.#instances++) })
      const runtime = new SlotRuntime({
        jobId: options.jobId,
        attempt,
        graph: this.#master.graph,
        slots,
        sources,
        sinks: this.#watchedSinks(),
        platform: this.#platform,
        network: new LocalNetwork(DEFAULT_CHANNEL_SETTINGS, {
          mayPart: place => this.#mayPart(place),
          codec: () => ({ text: new NodeTextCodec() }),
        }),
        settings: DEFAULT_CHANNEL_SETTINGS,
        workdir: options.workdir,
        probe: options.probe,
        ...(options.room === undefined ? {} : { room: options.room() }),
        compile: true,
        freezeRecords: true,
        host: {
          onSplitRequested: (operator, subtask) =>
            this.#dispatch({ type: 'split-requested', attempt, slot: 0, taskManager: HERE, operator, subtask }),
          onWatermarkReported: (operator, subtask, watermark) =>
            this.#dispatch({
              type: 'watermark-reported',
              attempt,
              slot: 0,
              taskManager: HERE,
              operator,
              subtask,
              watermark,
            }),
          onSubtaskFinished: (vertex, subtask, committables) =>
            this.#dispatch({
              type: 'subtask-finished',
              attempt,
              slot: 0,
              taskManager: HERE,
              vertex,
              subtask,
              committables: [...committables].map(([operator, list]) => ({ operator, committables: list })),
            }),
          onFailed: fail,
          onDone: () => undefined,
          onRow: options.onRow,
          log: options.log,
          yieldToEventLoop: callback => {
            setImmediate(callback)
          },
        },
      })
      this.#runtime = runtime
      options.onOperators(runtime.operators())
      await runtime.open()
      for (const { slot } of this.#slots) this.#dispatch({ type: 'slot-deployed', attempt, slot, taskManager: HERE })
    } catch (error) {
      fail(error)
    }
  }

  #mayPart({ edge, fromSlot, toSlot }: ChannelPlace): boolean {
    return fromSlot !== toSlot || this.#master.graph.edges[edge].partitioner !== 'forward'
  }

  async #release(attempt: number): Promise<void> {
    const runtime = this.#runtime
    this.#runtime = undefined
    await runtime?.close()
    this.#dispatch({ type: 'cancel-taken', attempt, taskManager: HERE })
    for (const { slot } of this.#slots) this.#dispatch({ type: 'slot-released', attempt, slot, taskManager: HERE })
  }

  async #commit(effect: Extract<JobEffect, { type: 'commit' }>): Promise<void> {
    const { attempt, token } = effect
    try {
      for (const { operator, committables } of token.record.committables) {
        await this.#committer(operator)?.commit(committables)
      }
      this.#dispatch({ type: 'committed', attempt })
    } catch (error) {
      this.#dispatch({ type: 'commit-failed', attempt, error: WeirError.from(error) })
    }
  }

  async #abortLeftovers(attempt: number): Promise<void> {
    try {
      for (const node of this.#options.graph.nodes) await this.#committer(node.uid)?.abortLeftovers()
      this.#dispatch({ type: 'leftovers-aborted', attempt })
    } catch (error) {
      this.#dispatch({ type: 'leftovers-failed', attempt, error: WeirError.from(error) })
    }
  }

  #committer(operator: string) {
    const { graph, jobId, workdir, log } = this.#options
    const node = graph.nodes.find(candidate => candidate.uid === operator)
    if (node === undefined) return undefined
    return sinks.get(node.type)?.createCommitter?.(node.config, {
      jobId,
      operator,
      workdir,
      logger: {
        info: message => log('info', node.name, 0, message),
        warn: message => log('warn', node.name, 0, message),
        error: message => log('error', node.name, 0, message),
      },
    })
  }

  /** The sinks, with those that do not publish their rows made to show what they write. */
  #watchedSinks(): ReadonlyMap<string, Sink> {
    return new Map(
      [...sinks].map(([type, sink]) => [
        type,
        PUBLISHING.has(type) ? sink : { ...sink, createWriter: (config, context) => watched(sink, config, context) },
      ]),
    )
  }

  #end(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.#ended.resolve()
  }
}

function watched(sink: Sink, config: unknown, context: WriterContext): SinkWriter {
  const writer = sink.createWriter(config, context)
  return {
    open: () => writer.open(),
    write: (value, timestamp) => {
      writer.write(value, timestamp)
      context.publish(value)
    },
    isReady: () => writer.isReady(),
    prepareCommit: () => writer.prepareCommit(),
    close: () => writer.close(),
  }
}
