import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { RocksStore } from './rocks-store.ts'
import { SlotChannel } from './slot-channel.ts'
import type { FromStateHost, StateHostWorkerData, ToStateHost } from './state-host-protocol.ts'

/**
 * The state-host thread: the one place where RocksDB lives. It is never terminated, since a native call under way would
 * take the whole process down with it; slots, which may be terminated at any moment, reach it by shared memory alone.
 */

assert(parentPort, 'state-host-worker runs as a worker thread')
const main = parentPort
const store = new RocksStore(workerData as StateHostWorkerData)
const channels = new Map<number, SlotChannel>()

function send(message: FromStateHost): void {
  main.postMessage(message)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

// What the binding rejects beside the promises that it gave out. The requests themselves have their errors.
process.on('unhandledRejection', reason =>
  send({ type: 'log', level: 'error', message: `state on disk: ${textOf(reason)}` }),
)

// The thread ends by an error of its own. Slots wait in threads that may hear nothing of it, as may the thread of our owner.
process.on('uncaughtExceptionMonitor', () => {
  for (const channel of channels.values()) channel.abandon()
})

async function close(slot: number): Promise<void> {
  const channel = channels.get(slot)
  channels.delete(slot)
  try {
    await channel?.close()
  } catch (error) {
    send({ type: 'log', level: 'warn', message: `state on disk of a slot was not removed: ${textOf(error)}` })
  }
  send({ type: 'closed', slot })
}

async function stop(): Promise<void> {
  await Promise.all([...channels.keys()].map(close))
  try {
    await store.close()
  } catch (error) {
    send({ type: 'log', level: 'warn', message: `state on disk was not closed: ${textOf(error)}` })
  }
  main.close()
}

main.on('message', (message: ToStateHost) => {
  switch (message.type) {
    case 'open':
      channels.set(message.slot, new SlotChannel(message.memory, store.part(message.slot)))
      return
    case 'close':
      void close(message.slot)
      return
    case 'stop':
      void stop()
  }
})
