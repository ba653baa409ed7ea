import { workerData } from 'node:worker_threads'
import { DescriptorRing, newFrameDescriptor } from '../descriptor-ring.ts'
import { Doorbell } from '../doorbell.ts'

/** Sends every frame back that comes in, and sleeps on its doorbell while none does. */

export interface EchoWorkerData {
  readonly inbound: SharedArrayBuffer
  readonly outbound: SharedArrayBuffer
  readonly ownDoorbell: SharedArrayBuffer
  readonly otherDoorbell: SharedArrayBuffer
  readonly frames: number
}

const data = workerData as EchoWorkerData
const inbound = new DescriptorRing(data.inbound)
const outbound = new DescriptorRing(data.outbound)
const own = new Doorbell(data.ownDoorbell)
const other = new Doorbell(data.otherDoorbell)
const frame = newFrameDescriptor()

async function main(): Promise<void> {
  // A wait on a doorbell does not keep a thread alive.
  const alive = setInterval(() => undefined, 60_000)
  let echoed = 0
  while (echoed < data.frames) {
    const seen = own.rings
    let moved = 0
    while (inbound.shift(frame)) {
      outbound.push(frame)
      moved++
    }
    echoed += moved
    if (moved > 0) other.ring()
    else await own.sleep(seen)
  }
  clearInterval(alive)
}

void main()
