import type { Platform } from '../../base/platform.ts'
import { executionGraph } from '../../graph/execution-graph.ts'
import type { JobFunctions } from '../../graph/job-functions.ts'
import { type JobGraph, jobGraphSchema } from '../../graph/job-graph.ts'
import { allocateAttemptMemory } from '../../network/attempt-memory.ts'
import { type ChannelSettings, DEFAULT_CHANNEL_SETTINGS } from '../../network/channel.ts'
import { Doorbell } from '../../network/doorbell.ts'
import { LocalNetwork } from '../../network/local-network.ts'
import { SharedNetwork } from '../../network/shared-network.ts'
import type { OperatorFactory } from '../../operators/operator.ts'
import type { Sink } from '../../operators/sink.ts'
import type { Source, SourceSplit } from '../../operators/source.ts'
import { NO_TIMESTAMP } from '../../record/stream-element.ts'
import type { StateRoom } from '../../state/state-room.ts'
import { type SlotHost, SlotRuntime } from '../slot-runtime.ts'

/** A platform on the real clocks of the test's thread. */
export const testPlatform: Platform = {
  clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
  timers: {
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs)
      return { cancel: () => clearTimeout(timer) }
    },
  },
  random: { next: () => 0.5 },
}

/** `records: [value, timestamp?][]` in the config, dealt to the subtasks in turn; each subtask is one split. */
export const listSource: Source<{ records: [unknown, number?][] }> = {
  type: 'list',
  isBounded: () => true,
  discoverSplits: async (config, { parallelism }) =>
    Array.from({ length: parallelism }, (_, index) => ({
      id: String(index),
      state: config.records.filter((_record, at) => at % parallelism === index),
    })),
  createReader: () => {
    const queue: { id: string; records: [unknown, number?][]; at: number }[] = []
    let last = false
    return {
      addSplits: splits => {
        for (const { id, state } of splits) queue.push({ id, records: state as [unknown, number?][], at: 0 })
      },
      noMoreSplits: () => {
        last = true
      },
      poll: output => {
        let emitted = 0
        while (queue.length > 0) {
          const split = queue[0]
          const to = output.forSplit(split.id)
          while (split.at < split.records.length) {
            if (output.blocked || emitted === 100) return 'emitted'
            const [value, timestamp] = split.records[split.at++]
            to.collect(value, timestamp ?? NO_TIMESTAMP)
            emitted++
          }
          output.splitFinished(split.id)
          queue.shift()
        }
        return emitted > 0 ? 'emitted' : last ? 'finished' : 'nothing'
      },
      wantsSplit: () => queue.length === 0 && !last,
      snapshot: () => [],
      close: () => undefined,
    }
  },
}

export interface KeptRow {
  /** uid of the sink. */
  readonly operator: string
  readonly subtask: number
  readonly value: unknown
  readonly timestamp: number
}

/** Keeps every record with its timestamp. */
export function listSink(into: KeptRow[]): Sink {
  return {
    type: 'keep',
    createWriter: (_config, { operator, subtask }) => ({
      open: async () => undefined,
      write: (value, timestamp) => {
        into.push({ operator, value, timestamp, subtask: subtask.subtask })
      },
      isReady: () => true,
      prepareCommit: async () => [{ count: into.length }],
      close: async () => undefined,
    }),
  }
}

export interface TestJob {
  readonly graph: Parameters<typeof jobGraphSchema.parse>[0]
  /** By uid; called for each slot where function objects keep fields, as each slot evaluates a job for itself. */
  readonly functions: Closures | (() => Closures)
}

type Closures = Record<string, Record<string, unknown>>

export interface TestRunOptions {
  /** All slots in one thread by reference, or frames over rings between slots. */
  readonly network: 'local' | 'rings'
  readonly compile: boolean
  readonly freezeRecords?: boolean
  readonly settings?: Partial<ChannelSettings>
  readonly buffersPerSlot?: number
  /** Beside the list source and the keeping sink. */
  readonly sources?: readonly Source[]
  readonly sinks?: readonly Sink[]
  readonly platform?: Platform
  /** Room for the state of all slots. */
  readonly room?: StateRoom
  /** Default 20 s. */
  readonly timeoutMs?: number
  readonly createOperator?: OperatorFactory
  /** Called with the slots before they start. */
  readonly onDeployed?: (runtimes: readonly SlotRuntime[]) => void
  /** Called each time that a slot gives its event loop a turn; may hold it up by calling back later. */
  readonly onYield?: (callback: () => void) => void
}

export interface TestRun {
  readonly rows: readonly KeptRow[]
  readonly runtimes: readonly SlotRuntime[]
  readonly sent: { local: number; ring: number; tcp: number }
}

/** Runs a bounded job to its end in this thread. Rejects with the error that failed it. */
export async function runTestJob(job: TestJob, options: TestRunOptions): Promise<TestRun> {
  const parsed: JobGraph = jobGraphSchema.parse(job.graph)
  const graph = executionGraph(parsed)
  const functionsOfSlot = (): JobFunctions =>
    new Map(Object.entries(typeof job.functions === 'function' ? job.functions() : job.functions))
  const settings = { ...DEFAULT_CHANNEL_SETTINGS, ...options.settings }
  const rows: KeptRow[] = []
  const slots = Array.from({ length: graph.slotCount }, (_, slot) => slot)
  const failed = Promise.withResolvers<never>()
  const sources = new Map([listSource as Source, ...(options.sources ?? [])].map(source => [source.type, source]))
  const sinks = new Map([listSink(rows), ...(options.sinks ?? [])].map(sink => [sink.type, sink]))

  const memory =
    options.network === 'rings'
      ? allocateAttemptMemory(graph, slots, options.buffersPerSlot ?? 64, settings, Doorbell.allocate())
      : undefined
  const doneSlots: Promise<void>[] = []
  const make = (numbers: readonly number[], network: LocalNetwork | SharedNetwork): SlotRuntime => {
    const done = Promise.withResolvers<void>()
    doneSlots.push(done.promise)
    const host: SlotHost = {
      onSplitRequested: () => undefined,
      onWatermarkReported: () => undefined,
      onSubtaskFinished: () => undefined,
      onFailed: error => failed.reject(error),
      onDone: () => done.resolve(),
      onRow: () => undefined,
      log: () => undefined,
      yieldToEventLoop: callback => {
        if (options.onYield === undefined) setImmediate(callback)
        else options.onYield(callback)
      },
    }
    return new SlotRuntime({
      jobId: 'job_test',
      attempt: 1,
      graph,
      slots: numbers.map(slot => ({ slot, functions: functionsOfSlot() })),
      sources,
      sinks,
      platform: options.platform ?? testPlatform,
      network,
      settings,
      workdir: '/',
      probe: new Int32Array(2),
      compile: options.compile,
      ...(options.room === undefined ? {} : { room: options.room }),
      freezeRecords: options.freezeRecords,
      ...(options.createOperator === undefined ? {} : { createOperator: options.createOperator }),
      host,
    })
  }
  const runtimes =
    memory === undefined
      ? [make(slots, new LocalNetwork(settings))]
      : slots.map(slot => make([slot], new SharedNetwork(memory, slot)))
  const runtimeOf = (slot: number): SlotRuntime => runtimes[memory === undefined ? 0 : slot]
  for (const runtime of runtimes) await runtime.open()
  for (const vertex of graph.vertices) {
    const head = vertex.nodes[0]
    const source = sources.get(head.type)
    if (source === undefined) continue
    const splits: readonly SourceSplit[] = await source.discoverSplits(head.config, {
      parallelism: vertex.parallelism,
      workdir: '/',
    })
    splits.forEach((split, subtask) => {
      runtimeOf(vertex.firstSlot + subtask).assignSplits(head.uid, subtask, [split], true, false)
    })
  }
  options.onDeployed?.(runtimes)
  for (const runtime of runtimes) runtime.start()
  const timeoutMs = options.timeoutMs ?? 20_000
  const timeout = setTimeout(() => failed.reject(new Error(`the job did not end within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([Promise.all(doneSlots), failed.promise])
  } finally {
    clearTimeout(timeout)
    for (const runtime of runtimes) await runtime.close()
  }
  const sent = { local: 0, ring: 0, tcp: 0 }
  for (const runtime of runtimes) {
    for (const subtask of runtime.metrics()) {
      sent.local += subtask.sent.local
      sent.ring += subtask.sent.ring
      sent.tcp += subtask.sent.tcp
    }
  }
  return { rows, runtimes, sent }
}
