import { format } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { sinks, sources } from '@weir/connectors/runtime'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { SharedNetwork } from '@weir/engine/network/shared-network'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { PROBE_OPERATOR } from '@weir/engine/task/chain-plan'
import { SlotRuntime } from '@weir/engine/task/slot-runtime'
import { collectGarbage } from '@weir/process/collect-garbage'
import { nodeCopyBytes } from '@weir/process/node-copy-bytes'
import { NodeTextCodec } from '@weir/process/node-text-codec'
import { nodePlatform } from '@weir/process/platform-node'
import { loadBundle } from '@weir/submission/load-job'
import { ErrorPlaces } from './error-places.ts'
import { RowPublisher } from './row-publisher.ts'
import type { FromSlot, SlotWorkerData, ToSlot } from './slot-protocol.ts'

/**
 * One slot: a thread and an isolate of its own for one attempt of one job. Nothing native lives here, so the TaskManager
 * may terminate it at any time.
 */

const METRICS_INTERVAL_MS = 1000
/** Whoever has just started a job waits for its first figures. */
const FIRST_METRICS_MS = 300

assert(parentPort, 'slot-worker runs as a worker thread')
const port = parentPort
const data = workerData as SlotWorkerData
const probe = new Int32Array(data.probe)

function send(message: FromSlot): void {
  port.postMessage(message)
}

const rows = new RowPublisher((operator, subtask, batch) => send({ type: 'rows', operator, subtask, rows: batch }))
let runtime: SlotRuntime | undefined
let places: ErrorPlaces | undefined
let failed = false
const room =
  data.state === undefined ? undefined : new StateRoom(data.state.roomBytes, new SharedSpillStore(data.state.memory))
/** What of its room the state keeps when memory is short. */
const SHRUNK_SHARE = 0.5

function fail(thrown: unknown): void {
  if (failed) return
  failed = true
  const error = WeirError.from(thrown, 'INTERNAL')
  const placed = places?.place(error) ?? error
  rows.flush()
  send({ type: 'failed', error: placed.toJson() })
}

function sendMetrics(): void {
  if (runtime !== undefined) send({ type: 'metrics', subtasks: runtime.metrics() })
}

/** What user code prints belongs to the job's log, with the operator that printed it. */
function captureConsole(): void {
  const print =
    (level: 'info' | 'warn' | 'error') =>
    (...values: unknown[]): void => {
      const running = runtime?.operatorOf(probe[PROBE_OPERATOR])
      send({ type: 'log', level, operator: running?.name, subtask: running?.subtask, message: format(...values) })
    }
  console.log = print('info')
  console.info = print('info')
  console.debug = print('info')
  console.warn = print('warn')
  console.error = print('error')
}

async function main(): Promise<void> {
  captureConsole()
  process.on('unhandledRejection', reason =>
    fail(places?.ofAsyncCode(reason, 'a promise was rejected and nobody handled it') ?? reason),
  )
  process.on('uncaughtException', error =>
    fail(places?.ofAsyncCode(error, 'an error was thrown outside of an operator call') ?? error),
  )

  const graph = JSON.parse(data.graph) as JobGraph
  const loaded = await loadBundle({
    file: data.bundleFile,
    instance: data.slot,
    graph,
    graphHash: data.graphHash,
  })
  places = new ErrorPlaces(data.bundleFile, data.sourceMap, graph)
  const created = new SlotRuntime({
    jobId: data.jobId,
    attempt: data.attempt,
    graph: executionGraph(graph),
    slots: [{ slot: data.slot, functions: loaded.functions }],
    sources,
    sinks,
    platform: nodePlatform,
    network: new SharedNetwork(data.memory, data.slot, () => ({ text: new NodeTextCodec(), copy: nodeCopyBytes })),
    settings: data.memory.settings,
    workdir: data.workdir,
    watermarkIntervalMs: data.watermarkIntervalMs,
    probe,
    ...(room === undefined ? {} : { room }),
    compile: true,
    host: {
      onSplitRequested: (operator, subtask) => send({ type: 'splitRequested', operator, subtask }),
      onWatermarkReported: (operator, subtask, watermark) => send({ type: 'watermark', operator, subtask, watermark }),
      onSubtaskFinished: (vertex, subtask, committables) =>
        send({ type: 'finished', vertex, subtask, committables: [...committables] }),
      onFailed: fail,
      onDone: () => {
        rows.flush()
        sendMetrics()
      },
      onRow: (operator, subtask, row) => rows.add(operator, subtask, row),
      log: (level, operator, subtask, message) => send({ type: 'log', level, operator, subtask, message }),
      yieldToEventLoop: callback => {
        setImmediate(callback)
      },
    },
  })
  runtime = created
  setInterval(sendMetrics, METRICS_INTERVAL_MS).unref()
  await created.open()
  if (!failed) send({ type: 'deployed', operators: created.operators() })
}

/** The slot's own calls in order: a message that comes while the slot is being made waits for it. */
const made = main().catch(fail)

port.on('message', (message: ToSlot) => {
  if (message.type === 'collect') {
    try {
      room?.makeRoom(room.limitBytes * SHRUNK_SHARE)
    } catch (error) {
      fail(error)
    }
    send({ type: 'heap', aliveBytes: collectGarbage() })
    return
  }
  void made.then(() => handle(message)).catch(fail)
})

async function handle(message: Exclude<ToSlot, { type: 'collect' }>): Promise<void> {
  switch (message.type) {
    case 'start':
      if (failed) return
      runtime?.start()
      setTimeout(sendMetrics, FIRST_METRICS_MS).unref()
      return
    case 'splits':
      if (!failed) {
        const { operator, subtask, splits, noMoreSplits, unreadSplits } = message
        runtime?.assignSplits(operator, subtask, splits, noMoreSplits, unreadSplits)
      }
      return
    case 'align':
      if (!failed) runtime?.alignSources(message.group, message.slowest)
      return
    case 'stop':
      rows.flush()
      sendMetrics()
      await runtime?.close()
      process.exit(0)
  }
}
