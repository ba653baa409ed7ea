import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { type Bid, makeBid } from './bids.ts'

const BATCH = 256
/** Batches under way at once, so that neither side waits for the other. */
const AHEAD = 16

/** Records a second from this thread to another by postMessage, in batches of 256. */
export async function structuredCloneRate(ms: number): Promise<number> {
  const worker = new Worker(new URL(import.meta.url), { workerData: null })
  const bids: Bid[] = Array.from({ length: BATCH }, (_, i) => makeBid(i))
  let sent = 0
  let received = 0
  const began = performance.now()
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    const sendMore = (): void => {
      while (sent - received < AHEAD) {
        worker.postMessage(bids)
        sent++
      }
    }
    worker.on('message', () => {
      received++
      if (performance.now() - began >= ms) resolve()
      else sendMore()
    })
    sendMore()
  })
  const rate = (received * BATCH) / ((performance.now() - began) / 1000)
  await worker.terminate()
  return rate
}

if (!isMainThread) {
  let prices = 0
  parentPort?.on('message', (bids: Bid[]) => {
    for (const bid of bids) prices += bid.price
    parentPort?.postMessage(prices)
  })
}
