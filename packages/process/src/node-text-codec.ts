import { Buffer } from 'node:buffer'
import { portableTextCodec, type TextCodec } from '@weir/engine/record/text-codec'

/** Below this many units a plain loop beats a call into the runtime. */
const SHORT_UNITS = 24

const encoder = new TextEncoder()
const beyondLatin1 = /[\u0100-\uffff]/

/**
 * TextCodec with Node's native conversions. The portable one is nearly as fast for ASCII; this one is several times
 * faster for latin1 beyond ASCII and for UTF-16. Give one to each BatchEncoder and BatchDecoder: it keeps a view of the scratch
 * buffer that it was last called with.
 */
export class NodeTextCodec implements TextCodec {
  #buffer: Buffer = Buffer.alloc(0)
  #of: Uint8Array | undefined

  writeLatin1(target: Uint8Array, offset: number, text: string): boolean {
    if (text.length < SHORT_UNITS) return portableTextCodec.writeLatin1(target, offset, text)
    // UTF-8 and latin1 agree exactly on ASCII, so this converts and tests in one pass. A native latin1 write would
    // quietly cut wider units in two, so beyond ASCII they are looked for first.
    const { read, written } = encoder.encodeInto(text, target.subarray(offset, offset + text.length))
    if (read === text.length && written === text.length) return true
    if (beyondLatin1.test(text)) return false
    this.#on(target).write(text, offset, text.length, 'latin1')
    return true
  }

  writeUtf16(target: Uint8Array, offset: number, text: string): void {
    this.#on(target).write(text, offset, 2 * text.length, 'utf16le')
  }

  readLatin1(source: Uint8Array, offset: number, length: number): string {
    if (length < SHORT_UNITS) return portableTextCodec.readLatin1(source, offset, length)
    return this.#on(source).toString('latin1', offset, offset + length)
  }

  readUtf16(source: Uint8Array, offset: number, units: number): string {
    return this.#on(source).toString('utf16le', offset, offset + 2 * units)
  }

  #on(bytes: Uint8Array): Buffer {
    if (this.#of !== bytes) {
      this.#of = bytes
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this.#buffer
  }
}
