import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { DescriptorRing, newFrameDescriptor } from './descriptor-ring.ts'
import { Doorbell } from './doorbell.ts'
import type { EchoWorkerData } from './testing/echo-worker.ts'

it.each([
  { window: 1, frames: 5_000 },
  { window: 3, frames: 20_000 },
  { window: 64, frames: 200_000 },
])(
  'frames cross two threads and come back in order, $window under way, and no ring of a doorbell is lost',
  async ({ window, frames }) => {
    const there = DescriptorRing.allocate(window)
    const back = DescriptorRing.allocate(window)
    const ownDoorbell = Doorbell.allocate()
    const otherDoorbell = Doorbell.allocate()
    const workerData: EchoWorkerData = {
      inbound: there,
      outbound: back,
      ownDoorbell: otherDoorbell,
      otherDoorbell: ownDoorbell,
      frames,
    }
    const worker = new Worker(new URL('./testing/echo-worker.ts', import.meta.url), { workerData, execArgv: [] })
    const ended = once(worker, 'exit')
    const [outbound, inbound] = [new DescriptorRing(there), new DescriptorRing(back)]
    const [own, other] = [new Doorbell(ownDoorbell), new Doorbell(otherDoorbell)]
    const put = newFrameDescriptor()
    const got = newFrameDescriptor()
    let sent = 0
    let received = 0
    let wrong = 0
    while (received < frames) {
      const seen = own.rings
      let moved = false
      while (inbound.shift(got)) {
        if (got.sequence !== received || got.length !== (received * 7) % 1000) wrong++
        received++
        moved = true
      }
      while (sent < frames && sent - received < window) {
        put.sequence = sent
        put.length = (sent * 7) % 1000
        outbound.push(put)
        sent++
        moved = true
      }
      if (moved) other.ring()
      else await own.sleep(seen)
    }
    expect(wrong).toBe(0)
    expect(inbound.isEmpty && outbound.isEmpty).toBe(true)
    expect(await ended).toEqual([0])
  },
)
