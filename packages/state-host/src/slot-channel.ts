import { SharedPipe } from '@weir/engine/state/shared-pipe'
import {
  SPILL_FAILED,
  SPILL_HEADER,
  SPILL_OK,
  SPILL_OP,
  type SpillMemory,
  VIEW_BYTES,
} from '@weir/engine/state/shared-spill-store'
import type { StorePart } from './store-part.ts'

const NOTHING = new Uint8Array(0)

function viewOf(request: Uint8Array): number {
  return new DataView(request.buffer, request.byteOffset, VIEW_BYTES).getUint32(0, true)
}

/**
 * The host's side of one slot: takes its requests in order, each through before the next is begun, so that a read sees
 * the writes before it. A slot may be gone at any moment, in the middle of a request too: `close` ends the wait for it.
 */
export class SlotChannel {
  readonly #requests: SharedPipe
  readonly #answers: SharedPipe
  readonly #status: Int32Array
  readonly #part: StorePart
  readonly #header = Buffer.alloc(SPILL_HEADER)
  #request = Buffer.alloc(64 * 1024)
  /** Of a write that nobody waited for. */
  #failure: unknown
  readonly #running: Promise<void>

  constructor(memory: SpillMemory, part: StorePart) {
    this.#requests = new SharedPipe(memory.requests)
    this.#answers = new SharedPipe(memory.answers)
    this.#status = new Int32Array(memory.status)
    this.#part = part
    this.#running = this.#serve()
  }

  /** No answer will come any more: a slot that waits for one is told at once. */
  abandon(): void {
    this.#requests.close()
    this.#answers.close()
  }

  /** Resolves when what was under way is through, and everything of the slot is gone from disk. */
  async close(): Promise<void> {
    this.abandon()
    await this.#running
    await this.#part.leave()
  }

  async #serve(): Promise<void> {
    for (;;) {
      if (!(await this.#receive(this.#header, SPILL_HEADER))) return
      const length = this.#header.readUInt32LE(0)
      const op = this.#header[4]
      if (length > this.#request.length) this.#request = Buffer.alloc(2 ** Math.ceil(Math.log2(length)))
      else if (this.#request.length > 4 << 20 && length < 1 << 20) this.#request = Buffer.alloc(1 << 20)
      if (!(await this.#receive(this.#request, length))) return
      const request = this.#request.subarray(0, length)
      if (op === SPILL_OP.write) {
        try {
          await this.#part.write(request)
        } catch (error) {
          this.#failure ??= error
          Atomics.store(this.#status, 0, 1)
        }
      } else if (!(await this.#answer(op, request))) return
    }
  }

  async #answer(op: number | undefined, request: Uint8Array): Promise<boolean> {
    let status: number = SPILL_OK
    let answer: Uint8Array
    try {
      // A read after a write that failed would find an older value, so the error comes first.
      if (this.#failure !== undefined) throw this.#failure
      answer = await this.#do(op, request)
    } catch (error) {
      status = SPILL_FAILED
      answer = new TextEncoder().encode(JSON.stringify(this.#part.failed(error).toJson()))
    }
    const header = Buffer.alloc(SPILL_HEADER)
    header.writeUInt32LE(answer.length)
    header[4] = status
    return (await this.#send(header)) && (await this.#send(answer))
  }

  async #do(op: number | undefined, request: Uint8Array): Promise<Uint8Array> {
    const part = this.#part
    switch (op) {
      case SPILL_OP.get:
        return await part.get(request)
      case SPILL_OP.scan:
        return await part.scan(request)
      case SPILL_OP.getIn:
        return await part.getIn(viewOf(request), request.subarray(VIEW_BYTES))
      case SPILL_OP.scanIn:
        return await part.scanIn(viewOf(request), request.subarray(VIEW_BYTES))
      case SPILL_OP.openView:
        await part.openView(viewOf(request))
        return NOTHING
      case SPILL_OP.closeView:
        await part.closeView(viewOf(request))
        return NOTHING
      default:
        return NOTHING
    }
  }

  /** False when the slot has gone. */
  async #receive(target: Uint8Array, length: number): Promise<boolean> {
    for (let at = 0; at < length; ) {
      if (this.#requests.isClosed) return false
      at += this.#requests.read(target, at, length)
      if (at < length) await this.#requests.bytesArrive()
    }
    return !this.#requests.isClosed
  }

  async #send(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#answers.isClosed) return false
      at += this.#answers.write(bytes, at, bytes.length)
      if (at < bytes.length) await this.#answers.roomArrives()
    }
    return true
  }
}
