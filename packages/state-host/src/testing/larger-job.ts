import { parentPort, workerData } from 'node:worker_threads'
import type { Collector } from '@weir/engine/functions/collector'
import { type Context, KeyedProcessFunction, type RuntimeContext } from '@weir/engine/functions/process-function'
import type { ValueState } from '@weir/engine/functions/state'
import { valueState } from '@weir/engine/functions/state-descriptors'
import type { Sink } from '@weir/engine/operators/sink'
import type { Source } from '@weir/engine/operators/source'
import { SharedSpillStore, type SpillMemory } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { runTestJob } from '@weir/engine/task/testing/test-job'

/** A job that counts visits, in a thread with a bounded heap as slots are; tells what came of it. */

export interface LargerJobData {
  readonly memory: SpillMemory
  readonly roomBytes: number
  readonly keys: number
  readonly records: number
}

export interface LargerJobResult {
  readonly rows: number
  /** Rows whose count was not the one before, plus one. */
  readonly wrong: number
  readonly counts: Int32Array
  readonly stateBytes: number
  readonly usedBytes: number
  readonly counters: { readonly diskReads: number; readonly diskMisses: number }
  readonly reportedReads: number | undefined
  /** Resident memory of the process each time that a twentieth of the records was through. */
  readonly rss: readonly number[]
}

const { memory, roomBytes, keys: KEYS, records: RECORDS } = workerData as LargerJobData
const NOTE = 'x'.repeat(400)

/** The key of a record: each comes again and again, long after the last time. */
const keyOf = (record: number): number => (record * 7919) % KEYS

interface Visits {
  count: number
  note: string
}

/** Counts the records of a key, with a text of its own beside the count. */
class CountVisits extends KeyedProcessFunction<string, number, [number, number]> {
  #visits!: ValueState<Visits | undefined>

  override open(context: RuntimeContext): void {
    this.#visits = context.getState(valueState<Visits>('visits'))
  }

  override processElement(key: number, _context: Context<string>, out: Collector<[number, number]>): void {
    const held = this.#visits.value() ?? { count: 0, note: `${key} ${NOTE}` }
    if (!held.note.startsWith(`${key} `)) throw new Error(`the state of another key: ${held.note}`)
    held.count++
    this.#visits.update(held)
    out.collect([key, held.count])
  }
}

function numbers(onProgress: (emitted: number) => void): Source {
  return {
    type: 'numbers',
    isBounded: () => true,
    discoverSplits: async () => [{ id: 'all', state: null }],
    createReader: () => {
      let at = 0
      return {
        addSplits: () => undefined,
        noMoreSplits: () => undefined,
        poll: output => {
          const to = output.forSplit('all')
          for (let i = 0; i < 500 && at < RECORDS; i++) {
            if (output.blocked) return 'emitted'
            to.collect(keyOf(at++), 0)
            if (at % (RECORDS / 20) === 0) onProgress(at)
          }
          return at < RECORDS ? 'emitted' : 'finished'
        },
        wantsSplit: () => false,
        snapshot: () => [],
        close: () => undefined,
      }
    },
  }
}

const room = new StateRoom(roomBytes, new SharedSpillStore(memory))
const rss: number[] = []
const counts = new Int32Array(KEYS)
let wrong = 0
let rows = 0
const check: Sink = {
  type: 'check',
  createWriter: () => ({
    open: async () => undefined,
    write: value => {
      const [key, count] = value as [number, number]
      // Running counts come in order, so a state that was lost or read back too old shows at once.
      counts[key]!++
      if (count !== counts[key]) wrong++
      rows++
    },
    isReady: () => true,
    prepareCommit: async () => [],
    close: async () => undefined,
  }),
}
const run = await runTestJob(
  {
    graph: {
      name: 'larger than memory',
      nodes: [
        { uid: 'in', type: 'numbers', name: 'in' },
        { uid: 'visits', type: 'keyedProcess', name: 'visits', config: { fn: 'class CountVisits …' } },
        { uid: 'out', type: 'check', name: 'out' },
      ],
      edges: [
        { from: 'in', to: 'visits', partitioner: 'hash', key: 'key => …' },
        { from: 'visits', to: 'out', partitioner: 'forward' },
      ],
    },
    functions: () => ({ visits: { key0: (key: number) => `visitor number ${key}`, fn: new CountVisits() } }),
  },
  {
    network: 'local',
    compile: true,
    room,
    timeoutMs: 55_000,
    sources: [numbers(() => rss.push(process.memoryUsage.rss()))],
    sinks: [check],
  },
)
const operators = run.runtimes.flatMap(runtime => runtime.metrics()).flatMap(subtask => subtask.operators)
const result: LargerJobResult = {
  rows,
  wrong,
  counts,
  stateBytes: operators.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
  usedBytes: room.usedBytes,
  counters: room.counters,
  reportedReads: operators.find(({ uid }) => uid === 'visits')?.stateDisk?.reads,
  rss,
}
parentPort?.postMessage(result)
