import { setImmediate as nextTurn } from 'node:timers/promises'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import type { SegmentHandle } from '@weir/engine/state/segments/manifest'
import { LocalSegmentService } from '@weir/engine/state/segments/segment-service'
import { FolderSegmentStore } from './folder-segment-store.ts'
import type { SegmentAnswer, SegmentRequest, SegmentWorkerData, ToSegmentHost } from './segment-protocol.ts'
import { zstdCodec } from './zstd-codec.ts'

/**
 * The thread that compresses, writes and merges the segments of all slots of a TaskManager. What it makes garbage of is not
 * in the heap of any task, so nobody's state is gone through for it.
 */

assert(parentPort, 'segment-worker runs as a worker thread')
const main = parentPort
const { folder, writer } = workerData as SegmentWorkerData
const store = new FolderSegmentStore(folder, writer)
// Where that is not possible writing is not either, and says so to who wants something written.
await Promise.allSettled([store.removeUnfinished()])
const service = new LocalSegmentService(store, zstdCodec, () => nextTurn())
const ports = new Set<MessagePort>()
const writing = new Set<Promise<void>>()

async function work(request: SegmentRequest): Promise<readonly SegmentHandle[]> {
  if (request.type === 'merge') return await service.merge(request.order)
  return [await service.write(request.draft, request.identity)]
}

async function serve(port: MessagePort, request: SegmentRequest): Promise<void> {
  const { id } = request
  let answer: SegmentAnswer
  try {
    answer = { type: 'done', id, handles: await work(request) }
  } catch (error) {
    answer = { type: 'failed', id, error: WeirError.from(error).toJson() }
  }
  // To a slot that has gone it goes nowhere.
  port.postMessage(answer)
}

function take(port: MessagePort, request: SegmentRequest): void {
  const served = serve(port, request)
  if (request.type === 'merge') return
  writing.add(served)
  void served.finally(() => writing.delete(served))
}

async function stop(): Promise<void> {
  // What slots have asked for until now may not have been taken in yet.
  for (const port of ports) {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      take(port, next.message as SegmentRequest)
    }
  }
  await Promise.all(writing)
  await store.end()
  process.exit()
}

main.on('message', (message: ToSegmentHost) => {
  if (message.type === 'stop') void stop()
  else {
    const { port } = message
    ports.add(port)
    port.on('message', (request: SegmentRequest) => take(port, request))
    port.on('close', () => ports.delete(port))
  }
})
