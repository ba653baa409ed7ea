import { WeirError } from '@weir/engine/base/errors'

/**
 * What travels on a connection between two TaskManagers: a header of 32 bytes, little endian, then `length` bytes.
 *
 *   0 magic u32, 4 length u32, 8 kind u8, 9 flags u8, 10 reserved u16, 12 attempt key u32,
 *   16 channel u32, 20 records u32, 24 sequence u32, 28 backlog u32
 *
 * - HELLO: who dials; first on every connection. JSON { taskManagerId }.
 * - ATTACH: from here on `attempt key`, chosen by the sender, stands for an attempt. JSON of AttachBody.
 * - DATA: a frame of a channel, in the sender's numbering of attempts.
 * - CREDIT: for a channel whose records come the other way; `sequence` counts buffers, `records` records.
 * - DETACH: the attempt is over at the sender.
 */
export const HEADER_BYTES = 32
const MAGIC = 0x52494557

export const HELLO = 1
export const ATTACH = 2
export const DATA = 3
export const CREDIT = 4
export const DETACH = 5

/** Bodies of HELLO and ATTACH are small; thousands of them are kept of a peer that has not shown yet who it is. */
export const CONTROL_BYTES_MAX = 4 * 1024

export interface FrameHeader {
  length: number
  kind: number
  flags: number
  attemptKey: number
  channel: number
  records: number
  sequence: number
  backlog: number
}

export interface AttachBody {
  readonly jobId: string
  readonly attempt: number
  readonly token: string
  /** Both sides have to agree on these. */
  readonly bufferSize: number
  readonly recordCredit: number
}

export function emptyHeader(): FrameHeader {
  return { length: 0, kind: 0, flags: 0, attemptKey: 0, channel: 0, records: 0, sequence: 0, backlog: 0 }
}

export function writeHeader(header: FrameHeader): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt32LE(header.length, 4)
  bytes.writeUInt8(header.kind, 8)
  bytes.writeUInt8(header.flags, 9)
  bytes.writeUInt16LE(0, 10)
  bytes.writeUInt32LE(header.attemptKey, 12)
  bytes.writeUInt32LE(header.channel, 16)
  bytes.writeUInt32LE(header.records, 20)
  bytes.writeInt32LE(header.sequence, 24)
  bytes.writeUInt32LE(header.backlog, 28)
  return bytes
}

/** Reads a header; PROTOCOL for what is none, before anything is made of its lengths. */
export function readHeader(bytes: Buffer, at: number, header: FrameHeader, dataBytesMax: number): void {
  if (bytes.readUInt32LE(at) !== MAGIC) {
    throw new WeirError('PROTOCOL', 'a data connection sent something that is no frame')
  }
  header.length = bytes.readUInt32LE(at + 4)
  header.kind = bytes.readUInt8(at + 8)
  header.flags = bytes.readUInt8(at + 9)
  header.attemptKey = bytes.readUInt32LE(at + 12)
  header.channel = bytes.readUInt32LE(at + 16)
  header.records = bytes.readUInt32LE(at + 20)
  header.sequence = bytes.readInt32LE(at + 24)
  header.backlog = bytes.readUInt32LE(at + 28)
  const most =
    header.kind === DATA ? dataBytesMax : header.kind === HELLO || header.kind === ATTACH ? CONTROL_BYTES_MAX : 0
  if (header.kind < HELLO || header.kind > DETACH) {
    throw new WeirError('PROTOCOL', `a data connection sent a frame of unknown kind ${header.kind}`)
  }
  if (header.length > most) {
    throw new WeirError(
      'PROTOCOL',
      `a data connection sent a frame of ${header.length} bytes where ${most} are allowed`,
    )
  }
}
