import { assert } from '../base/assert.ts'
import { WeirError, type WeirErrorJson } from '../base/errors.ts'
import { SharedPipe } from './shared-pipe.ts'
import type { LaterAnswer, SpillStore } from './spill-store.ts'

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
  readonly #answerHeader = new Uint8Array(SPILL_HEADER)
  readonly #answerHeaderView = new DataView(this.#answerHeader.buffer)
  readonly #answer = new AnswerBuffer()
  /** Answers that nobody waits for yet, in the order in which they come. */
  readonly #owed: Owed[] = []
  readonly #views = new Map<number, { readonly opened: Owed; readonly buffer: AnswerBuffer }>()
  /** Of what nobody takes an answer of. */
  #failure: WeirError | undefined

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
    const opened = this.#askLater(SPILL_OP.openView, ofView(view), new AnswerBuffer())
    this.#views.set(view, { opened, buffer: new AnswerBuffer() })
  }

  closeView(view: number): void {
    this.#views.delete(view)
    const closed = this.#askLater(SPILL_OP.closeView, ofView(view), new AnswerBuffer())
    closed.unwatched = true
  }

  getIn(view: number, request: Uint8Array): LaterAnswer {
    return this.#askView(SPILL_OP.getIn, view, request)
  }

  scanIn(view: number, request: Uint8Array): LaterAnswer {
    return this.#askView(SPILL_OP.scanIn, view, request)
  }

  #askView(op: SpillOp, view: number, request: Uint8Array): LaterAnswer {
    const known = this.#views.get(view)
    assert(known !== undefined, `view ${view} is not open`)
    const owed = this.#askLater(op, ofView(view, request), known.buffer)
    const isThere = (): boolean => this.#isThere(owed)
    return {
      get isThere() {
        return isThere()
      },
      take: () => {
        this.#taken(known.opened)
        return this.#taken(owed)
      },
    }
  }

  #ask(op: SpillOp, request: Uint8Array): Uint8Array {
    this.#send(op, request)
    while (this.#owed.length > 0) this.#receiveOwed()
    const { ok, bytes } = this.#receiveAnswer(this.#answer)
    if (ok) return bytes
    throw errorOf(bytes)
  }

  /** As `#ask`, and the answer comes to the buffer when somebody looks for it, or for one that comes behind it. */
  #askLater(op: SpillOp, request: Uint8Array, buffer: AnswerBuffer): Owed {
    this.#send(op, request)
    const owed: Owed = { buffer, answer: undefined, unwatched: false }
    this.#owed.push(owed)
    return owed
  }

  #isThere(owed: Owed): boolean {
    // What follows the header is on its way when the header is there.
    while (owed.answer === undefined && this.#answers.filled >= SPILL_HEADER) this.#receiveOwed()
    return owed.answer !== undefined
  }

  #taken(owed: Owed): Uint8Array {
    while (owed.answer === undefined) this.#receiveOwed()
    const { ok, bytes } = owed.answer
    if (ok) return bytes
    throw errorOf(bytes)
  }

  #receiveOwed(): void {
    const owed = this.#owed.shift() as Owed
    owed.answer = this.#receiveAnswer(owed.buffer)
    if (owed.unwatched && !owed.answer.ok) this.#failure ??= errorOf(owed.answer.bytes)
  }

  #receiveAnswer(buffer: AnswerBuffer): Answer {
    this.#receive(this.#answerHeader, SPILL_HEADER)
    const bytes = buffer.take(this.#answerHeaderView.getUint32(0, true))
    const ok = this.#answerHeader[4] === SPILL_OK
    this.#receive(bytes, bytes.length)
    return { ok, bytes }
  }

  #send(op: SpillOp, request: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure
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
      if (count > 0) waits = 0
      // The other side may wait itself, for room for an answer that nobody has asked for yet.
      else if (this.#owed.length > 0) this.#receiveOwed()
      else this.#requests.waitForRoom(this.#patience(waits++))
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

interface Answer {
  readonly ok: boolean
  readonly bytes: Uint8Array
}

interface Owed {
  readonly buffer: AnswerBuffer
  answer: Answer | undefined
  /** Nobody will take it: an error is thrown by whatever is asked next. */
  unwatched: boolean
}

const ANSWER_BYTES_MIN = 1024

/** Memory for one answer after the other. */
class AnswerBuffer {
  #bytes = new Uint8Array(0)

  take(length: number): Uint8Array {
    if (length > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(ANSWER_BYTES_MIN, 2 ** Math.ceil(Math.log2(length))))
    }
    // A buffer that one large answer needed is not kept for small ones.
    else if (this.#bytes.length > 4 << 20 && length < 1 << 20) this.#bytes = new Uint8Array(1 << 20)
    return this.#bytes.subarray(0, length)
  }
}

function errorOf(answer: Uint8Array): WeirError {
  return WeirError.fromJson(JSON.parse(new TextDecoder().decode(answer)) as WeirErrorJson)
}

function ofView(view: number, request: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(VIEW_BYTES + request.length)
  new DataView(bytes.buffer).setUint32(0, view, true)
  bytes.set(request, VIEW_BYTES)
  return bytes
}
