import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { WeirError } from '@weir/engine/base/errors'
import { MAX_POOL_BUFFERS } from '@weir/engine/network/buffer-pool'
import type { OutputBufferQuota } from '@weir/engine/network/credit'
import { type FrameDescriptor, newFrameDescriptor } from '@weir/engine/network/descriptor-ring'
import type { Doorbell } from '@weir/engine/network/doorbell'
import type { AttemptLink, IncomingChannel } from './attempt-link.ts'
import {
  ATTACH,
  type AttachBody,
  CREDIT,
  DATA,
  DETACH,
  emptyHeader,
  HEADER_BYTES,
  HELLO,
  readHeader,
  writeHeader,
} from './frame-format.ts'

export interface PeerConnectionListener {
  /** The other side has shown the token of an attempt that both have slots of: it is who it says. */
  onProven(connection: PeerConnection, link: AttemptLink): void
  /** The attempt that the other side means, if it has slots here. */
  findAttempt(jobId: string, attempt: number): AttemptLink | undefined
  /** The socket is gone; `error` says why if the peer broke the protocol. */
  onClose(connection: PeerConnection, error: WeirError | undefined): void
}

/** Attempts that a peer may have attached at a time; it detaches those that are over. */
const THEIR_ATTEMPTS_MAX = 4096
/** Far more than all buffers of a pool bring with them, and far from where the shared counter would overflow. */
const RECORD_CREDIT_MAX = 2 ** 28
/** A connection that was accepted says who it is at once. */
const HELLO_TIMEOUT_MS = 10_000

/**
 * One connection between two TaskManagers, used by all attempts that both have slots of.
 *
 * Anybody may connect and claim to be some TaskManager. So the side that accepted a connection neither uses it nor shows
 * a token of its own before the other side has shown the token of that very attempt; the side that dialed has the address
 * from the JobManager.
 */
export class PeerConnection {
  readonly #socket: Socket
  readonly #listener: PeerConnectionListener
  readonly #bufferSize: number
  /** The other side's names for attempts. Null: an attempt that is over here; what still comes is passed over. */
  readonly #theirAttempts = new Map<number, AttemptLink | null>()
  /** What was attached for attempts that are not known here: not yet, or not any more. */
  readonly #unknown = new Map<number, Partial<AttachBody>>()
  readonly #attached = new Set<AttemptLink>()
  readonly #proven = new WeakSet<AttemptLink>()
  readonly #dialed: boolean
  readonly #descriptor: FrameDescriptor = newFrameDescriptor()
  peerId: string | undefined

  // State of the parser: a header is collected, then its body.
  readonly #header = emptyHeader()
  readonly #headerBytes = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0
  #bodyLeft = 0
  #body: Uint8Array | undefined
  #bodyAt = 0
  #target: { link: AttemptLink; channel: IncomingChannel; buffer: number } | undefined
  #error: WeirError | undefined
  /** Slots for which something came in the chunk at hand: each is woken once for all of it. */
  readonly #toWake = new Set<Doorbell>()

  /** `dialedPeerId`: the TaskManager at the address that this side dialed; undefined on a connection that was accepted. */
  constructor(socket: Socket, bufferSize: number, listener: PeerConnectionListener, dialedPeerId?: string) {
    this.#socket = socket
    this.#dialed = dialedPeerId !== undefined
    this.peerId = dialedPeerId
    this.#listener = listener
    this.#bufferSize = bufferSize
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#onData(chunk))
    socket.on('error', error => {
      const to = this.peerId === undefined ? '' : ` to TaskManager ${this.peerId}`
      this.#error ??= new WeirError('CONNECTION_LOST', `the data connection${to} broke: ${error.message}`, {
        cause: error,
      })
    })
    const helloTimer = setTimeout(() => {
      if (this.peerId === undefined) {
        this.destroy(new WeirError('PROTOCOL', `a data connection did not say who it is within ${HELLO_TIMEOUT_MS} ms`))
      }
    }, HELLO_TIMEOUT_MS)
    socket.on('close', () => {
      clearTimeout(helloTimer)
      // A frame that was cut off holds a buffer.
      if (this.#target !== undefined) this.#target.link.pool.release(this.#target.buffer)
      this.#target = undefined
      listener.onClose(this, this.#error)
    })
  }

  hello(taskManagerId: string): void {
    this.#control(HELLO, 0, { taskManagerId })
  }

  /** From now on frames of the attempt may be sent, if the other side has a right to them. Idempotent. */
  attach(link: AttemptLink): void {
    if (this.#attached.has(link) || !(this.#dialed || this.#proven.has(link))) return
    this.#attached.add(link)
    const body: AttachBody = {
      jobId: link.jobId,
      attempt: link.attempt,
      token: link.token,
      bufferSize: link.memory.settings.bufferSize,
      recordCredit: link.memory.settings.recordCredit,
    }
    this.#control(ATTACH, link.key, body)
  }

  /** The attempt is over here. */
  detach(link: AttemptLink): void {
    for (const [key, theirs] of this.#theirAttempts) {
      if (theirs === link) this.#theirAttempts.set(key, null)
    }
    if (this.#attached.delete(link))
      this.#socket.write(writeHeader({ ...emptyHeader(), kind: DETACH, attemptKey: link.key }))
  }

  isAttached(link: AttemptLink): boolean {
    return this.#attached.has(link)
  }

  /** Whether both sides have attached the attempt: credit that is sent before would not be understood over there. */
  isJoined(link: AttemptLink): boolean {
    return this.#attached.has(link) && this.#proven.has(link)
  }

  /** The attempt has become known here; the other side may have been faster. */
  recognise(link: AttemptLink): void {
    for (const [key, body] of this.#unknown) {
      if (!link.is(String(body.jobId), Number(body.attempt))) continue
      this.#unknown.delete(key)
      try {
        this.#accept(key, body, link)
      } catch (error) {
        this.destroy(WeirError.from(error, 'PROTOCOL'))
      }
    }
  }

  /** Sends a frame straight from the pool's memory, and gives its buffer back when the socket has taken it. */
  sendData(link: AttemptLink, frame: FrameDescriptor, quota: OutputBufferQuota, doorbell: Doorbell): void {
    const { buffer, length } = frame
    this.#socket.write(
      writeHeader({
        length,
        kind: DATA,
        flags: frame.flags,
        attemptKey: link.key,
        channel: frame.channel,
        records: frame.records,
        sequence: frame.sequence,
        backlog: frame.backlog,
      }),
    )
    const bytes = Buffer.from(link.memory.pool.data, link.pool.offsetOf(buffer), length)
    // Called after a failed write too: the buffer is free either way.
    this.#socket.write(bytes, () => {
      link.pool.release(buffer)
      if (quota.giveBack()) doorbell.ring()
    })
  }

  sendCredit(link: AttemptLink, channel: number, buffers: number, records: number): void {
    const header = { ...emptyHeader(), kind: CREDIT, attemptKey: link.key, channel, sequence: buffers, records }
    this.#socket.write(writeHeader(header))
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  destroy(error?: WeirError): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  #control(kind: number, attemptKey: number, body: object): void {
    const bytes = Buffer.from(JSON.stringify(body))
    this.#socket.write(writeHeader({ ...emptyHeader(), kind, attemptKey, length: bytes.length }))
    this.#socket.write(bytes)
  }

  #onData(chunk: Buffer): void {
    try {
      this.#parse(chunk)
    } catch (error) {
      this.destroy(WeirError.from(error, 'PROTOCOL'))
    }
    for (const doorbell of this.#toWake) doorbell.ring()
    this.#toWake.clear()
  }

  #parse(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#headerFilled < HEADER_BYTES) {
        const take = Math.min(HEADER_BYTES - this.#headerFilled, chunk.length - at)
        chunk.copy(this.#headerBytes, this.#headerFilled, at, at + take)
        this.#headerFilled += take
        at += take
        if (this.#headerFilled < HEADER_BYTES) return
        readHeader(this.#headerBytes, 0, this.#header, this.#bufferSize)
        this.#beginBody()
      }
      const take = Math.min(this.#bodyLeft, chunk.length - at)
      if (take > 0) {
        // Node's copy: a typed array's own goes byte by byte to shared memory where the alignment differs.
        if (this.#body !== undefined) chunk.copy(this.#body, this.#bodyAt, at, at + take)
        this.#bodyAt += take
        this.#bodyLeft -= take
        at += take
      }
      if (this.#bodyLeft === 0) {
        this.#headerFilled = 0
        this.#endBody()
      }
    }
  }

  #beginBody(): void {
    const { kind, length, attemptKey, channel } = this.#header
    this.#bodyLeft = length
    this.#bodyAt = 0
    this.#body = undefined
    if (this.peerId === undefined && kind !== HELLO) {
      throw new WeirError('PROTOCOL', 'a data connection began without HELLO')
    }
    if (kind === HELLO || kind === ATTACH) this.#body = new Uint8Array(length)
    if (kind !== DATA) return
    const link = this.#theirAttempt(attemptKey)
    if (link === null) return
    if (length === 0) throw new WeirError('PROTOCOL', `TaskManager ${this.peerId} sent an empty frame`)
    const incoming = link.incoming.get(channel)
    if (incoming === undefined || incoming.peer !== this.peerId) {
      throw new WeirError(
        'PROTOCOL',
        `TaskManager ${this.peerId} sent a frame for channel ${channel}, which is not its own`,
      )
    }
    if (incoming.creditGiven <= 0) {
      throw new WeirError('PROTOCOL', `TaskManager ${this.peerId} sent a frame without credit in channel ${channel}`)
    }
    incoming.creditGiven--
    const buffer = link.pool.acquire()
    if (buffer < 0) throw new WeirError('ASSERTION', 'the buffer pool is empty though credit was given')
    const offset = link.pool.offsetOf(buffer)
    this.#target = { link, channel: incoming, buffer }
    this.#body = link.pool.bytes.subarray(offset, offset + length)
  }

  #endBody(): void {
    const { kind, attemptKey, channel, records, sequence, flags, backlog, length } = this.#header
    switch (kind) {
      case HELLO: {
        const { taskManagerId } = this.#json() as { taskManagerId?: unknown }
        if (typeof taskManagerId !== 'string' || this.peerId !== undefined) {
          throw new WeirError('PROTOCOL', 'a data connection sent a HELLO that is none')
        }
        this.peerId = taskManagerId
        return
      }
      case ATTACH:
        this.#onAttach(attemptKey, this.#json() as Partial<AttachBody>)
        return
      case DETACH:
        this.#theirAttempts.delete(attemptKey)
        this.#unknown.delete(attemptKey)
        return
      case CREDIT: {
        const link = this.#theirAttempt(attemptKey)
        if (link === null) return
        if (link.outgoing.get(channel) !== this.peerId) {
          throw new WeirError(
            'PROTOCOL',
            `TaskManager ${this.peerId} gave credit for channel ${channel}, which does not lead to it`,
          )
        }
        if (sequence < 0 || sequence > MAX_POOL_BUFFERS || records > RECORD_CREDIT_MAX) {
          throw new WeirError(
            'PROTOCOL',
            `TaskManager ${this.peerId} gave credit for ${sequence} buffers and ${records} records in channel ${channel}, more than there is`,
          )
        }
        link.credits.give(channel, sequence, records)
        const waiting = link.wakes.get(channel)
        if (waiting !== undefined) this.#toWake.add(waiting)
        return
      }
      case DATA: {
        const target = this.#target
        this.#target = undefined
        if (target === undefined) return
        const descriptor = this.#descriptor
        descriptor.channel = channel
        descriptor.buffer = target.buffer
        descriptor.length = length
        descriptor.flags = flags
        descriptor.records = records
        descriptor.sequence = sequence
        descriptor.backlog = backlog
        target.channel.ring.push(descriptor)
        this.#toWake.add(target.channel.doorbell)
      }
    }
  }

  #onAttach(key: number, body: Partial<AttachBody>): void {
    if (this.#theirAttempts.size >= THEIR_ATTEMPTS_MAX) {
      throw new WeirError('PROTOCOL', `TaskManager ${this.peerId} attached more than ${THEIR_ATTEMPTS_MAX} attempts`)
    }
    const link = this.#listener.findAttempt(String(body.jobId), Number(body.attempt))
    if (link === undefined) {
      // Not here yet, or over already: then its frames are passed over until the other side notices.
      this.#theirAttempts.set(key, null)
      this.#unknown.set(key, body)
      return
    }
    this.#accept(key, body, link)
  }

  #accept(key: number, body: Partial<AttachBody>, link: AttemptLink): void {
    if (!link.peers.has(this.peerId as string) || !sameToken(String(body.token), link.token)) {
      throw new WeirError('PROTOCOL', `TaskManager ${this.peerId} showed a wrong token for job ${link.jobId}`)
    }
    const { bufferSize, recordCredit } = link.memory.settings
    if (body.bufferSize !== bufferSize || body.recordCredit !== recordCredit) {
      throw new WeirError(
        'SETTING_INVALID',
        `TaskManager ${this.peerId} runs with BUFFER_SIZE=${body.bufferSize} and CREDIT_INITIAL=${body.recordCredit}, this one with ${bufferSize} and ${recordCredit}; set them alike on all TaskManagers`,
      )
    }
    this.#theirAttempts.set(key, link)
    this.#proven.add(link)
    this.#listener.onProven(this, link)
  }

  #theirAttempt(key: number): AttemptLink | null {
    const link = this.#theirAttempts.get(key)
    if (link === undefined) {
      throw new WeirError('PROTOCOL', `TaskManager ${this.peerId} sent a frame of an attempt that it did not attach`)
    }
    return link
  }

  #json(): unknown {
    try {
      return JSON.parse(Buffer.from(this.#body as Uint8Array).toString('utf8')) ?? {}
    } catch (error) {
      throw new WeirError('PROTOCOL', 'a data connection sent a control frame that is no JSON', { cause: error })
    }
  }
}

function sameToken(shown: string, expected: string): boolean {
  const a = Buffer.from(shown)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
