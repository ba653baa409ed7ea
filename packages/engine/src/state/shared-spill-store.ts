import { WeirError, type WeirErrorJson } from '../base/errors.ts'
import { SharedPipe } from './shared-pipe.ts'
import type { SpillStore } from './spill-store.ts'

/** What a slot and the state host share. */
export interface SpillMemory {
  readonly requests: SharedArrayBuffer
  readonly answers: SharedArrayBuffer
  /** Word 0: not 0 since a write has failed. */
  readonly status: SharedArrayBuffer
}

/** Requests about a view begin with its number, a u32. */
export const SPILL_OP = { write: 1, get: 2, scan: 3, error: 4, openView: 5, closeView: 6, getIn: 7, scanIn: 8 } as const
export type SpillOp = (typeof SPILL_OP)[keyof typeof SPILL_OP]
export const SPILL_OK = 0
export const SPILL_FAILED = 1
/** u32 length of the rest, little-endian, and one byte that says what it is. */
export const SPILL_HEADER = 5
export const VIEW_BYTES = 4

const PIPE_BYTES = 1 << 20
/** A disk that does not answer for so long is broken. */
const ANSWER_MS_MAX = 60_000
const WAIT_MS = 1_000

export function allocateSpillMemory(): SpillMemory {
  return {
    requests: SharedPipe.allocate(PIPE_BYTES),
    answers: SharedPipe.allocate(PIPE_BYTES),
    status: new SharedArrayBuffer(4),
  }
}

/**
 * The slot's side of the state on disk: sends requests to the state host, and blocks its thread until the answer is
 * there. Nothing native is in reach of the slot, so its thread may be ended at any moment, in a wait too.
 */
export class SharedSpillStore implements SpillStore {
  readonly #requests: SharedPipe
  readonly #answers: SharedPipe
  readonly #status: Int32Array
  readonly #header = new Uint8Array(SPILL_HEADER)
  readonly #headerView = new DataView(this.#header.buffer)
  #answer = new Uint8Array(64 * 1024)

  constructor(memory: SpillMemory) {
    this.#requests = new SharedPipe(memory.requests)
    this.#answers = new SharedPipe(memory.answers)
    this.#status = new Int32Array(memory.status)
  }

  write(request: Uint8Array): void {
    if (Atomics.load(this.#status, 0) !== 0) this.#ask(SPILL_OP.error, new Uint8Array(0))
    this.#send(SPILL_OP.write, request)
  }

  get(request: Uint8Array): Uint8Array {
    return this.#ask(SPILL_OP.get, request)
  }

  scan(request: Uint8Array): Uint8Array {
    return this.#ask(SPILL_OP.scan, request)
  }

  openView(view: number): void {
    this.#ask(SPILL_OP.openView, ofView(view))
  }

  closeView(view: number): void {
    this.#ask(SPILL_OP.closeView, ofView(view))
  }

  getIn(view: number, request: Uint8Array): Uint8Array {
    return this.#ask(SPILL_OP.getIn, ofView(view, request))
  }

  scanIn(view: number, request: Uint8Array): Uint8Array {
    return this.#ask(SPILL_OP.scanIn, ofView(view, request))
  }

  #ask(op: SpillOp, request: Uint8Array): Uint8Array {
    this.#send(op, request)
    this.#receive(this.#header, SPILL_HEADER)
    const length = this.#headerView.getUint32(0, true)
    if (length > this.#answer.length) this.#answer = new Uint8Array(2 ** Math.ceil(Math.log2(length)))
    // A buffer that one large answer needed is not kept for small ones.
    else if (this.#answer.length > 4 << 20 && length < 1 << 20) this.#answer = new Uint8Array(1 << 20)
    this.#receive(this.#answer, length)
    const answer = this.#answer.subarray(0, length)
    if (this.#header[4] === SPILL_OK) return answer
    throw WeirError.fromJson(JSON.parse(new TextDecoder().decode(answer)) as WeirErrorJson)
  }

  #send(op: SpillOp, request: Uint8Array): void {
    this.#headerView.setUint32(0, request.length, true)
    this.#header[4] = op
    this.#sendBytes(this.#header)
    this.#sendBytes(request)
  }

  #sendBytes(bytes: Uint8Array): void {
    let waits = 0
    for (let at = 0; at < bytes.length; ) {
      const count = this.#requests.write(bytes, at, bytes.length)
      at += count
      if (count === 0) this.#requests.waitForRoom(this.#patience(waits++))
      else waits = 0
    }
  }

  #receive(target: Uint8Array, length: number): void {
    let waits = 0
    for (let at = 0; at < length; ) {
      const count = this.#answers.read(target, at, length)
      at += count
      if (count === 0) this.#answers.waitForBytes(this.#patience(waits++))
      else waits = 0
    }
  }

  #patience(waits: number): number {
    if (this.#requests.isClosed) throw new WeirError('STATE_DISK', 'the state on disk was closed: its thread has ended')
    if (waits * WAIT_MS < ANSWER_MS_MAX) return WAIT_MS
    throw new WeirError(
      'STATE_DISK',
      `the state on disk did not answer for ${ANSWER_MS_MAX / 1000} s; look at the load of the disk that WEIR_HOME is on`,
    )
  }
}

function ofView(view: number, request: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(VIEW_BYTES + request.length)
  new DataView(bytes.buffer).setUint32(0, view, true)
  bytes.set(request, VIEW_BYTES)
  return bytes
}
