import type { MessagePort } from 'node:worker_threads'
import { WeirError } from '@weir/engine/base/errors'
import type { SegmentHandle } from '@weir/engine/state/segments/manifest'
import type { MergeOrder } from '@weir/engine/state/segments/merge-segments'
import type { SegmentDraft } from '@weir/engine/state/segments/segment-builder'
import type { SegmentIdentity } from '@weir/engine/state/segments/segment-io'
import type { SegmentService } from '@weir/engine/state/segments/segment-service'
import type { SegmentAnswer, SegmentRequest } from './segment-protocol.ts'

type Waiting = ReturnType<typeof Promise.withResolvers<readonly SegmentHandle[]>>

/**
 * The slot's side of the thread that writes segments, by the port of a lease. Where that thread has ended every call is
 * rejected with FILE_ACCESS.
 */
export class SegmentClient implements SegmentService {
  readonly #port: MessagePort
  readonly #waiting = new Map<number, Waiting>()
  #requests = 0
  #ended = false

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (answer: SegmentAnswer) => this.#answered(answer))
    port.on('close', () => this.#end())
    // It keeps the thread of the slot running while something is under way, and not beyond that.
    port.unref()
  }

  async write(draft: SegmentDraft, identity: SegmentIdentity): Promise<SegmentHandle> {
    const [handle] = await this.#ask(id => ({ type: 'write', id, draft, identity }))
    return handle as SegmentHandle
  }

  async merge(order: MergeOrder): Promise<SegmentHandle[]> {
    return [...(await this.#ask(id => ({ type: 'merge', id, order })))]
  }

  close(): void {
    this.#port.close()
  }

  #ask(requestOf: (id: number) => SegmentRequest): Promise<readonly SegmentHandle[]> {
    if (this.#ended) return Promise.reject(gone())
    const id = this.#requests++
    const waiting = Promise.withResolvers<readonly SegmentHandle[]>()
    this.#waiting.set(id, waiting)
    this.#port.ref()
    this.#port.postMessage(requestOf(id))
    return waiting.promise
  }

  #answered(answer: SegmentAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.#port.unref()
    if (answer.type === 'done') waiting?.resolve(answer.handles)
    else waiting?.reject(WeirError.fromJson(answer.error))
  }

  #end(): void {
    this.#ended = true
    for (const waiting of this.#waiting.values()) waiting.reject(gone())
    this.#waiting.clear()
  }
}

function gone(): WeirError {
  return new WeirError(
    'FILE_ACCESS',
    'a snapshot of state could not be written: the thread that writes segments has ended. Look for its error in the log of this process.',
  )
}
