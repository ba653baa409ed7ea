/**
 * How text becomes bytes. The codecs of this folder gather all strings of a batch in one text and write it at once, so
 * this is called once per batch with a long text, not once per string. The portable implementation below runs
 * everywhere; a process may inject one that uses its runtime's native conversions.
 *
 * Offsets are in bytes and may be odd. `source` and `target` are never views on a SharedArrayBuffer (browsers'
 * TextDecoder refuses those). All four methods are exact for every string, lone surrogates included.
 */
export interface TextCodec {
  /**
   * Writes one byte per UTF-16 unit at target[offset, offset + text.length), which the caller has made room for.
   * Returns false when a unit is above 0xff; the range then holds nothing of use.
   */
  writeLatin1(target: Uint8Array, offset: number, text: string): boolean
  /** Writes two bytes per UTF-16 unit, little-endian, at target[offset, offset + 2 * text.length). */
  writeUtf16(target: Uint8Array, offset: number, text: string): void
  /** The text of `length` bytes, each one a UTF-16 unit. */
  readLatin1(source: Uint8Array, offset: number, length: number): string
  /** The text of `units` UTF-16 units, little-endian. */
  readUtf16(source: Uint8Array, offset: number, units: number): string
}

/** Below this many units a plain loop beats a call into the runtime. */
const SHORT_UNITS = 24
/** Units per call of String.fromCharCode: its arguments go over the stack. */
const CHUNK_UNITS = 4096

const encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const utf16Decoder = new TextDecoder('utf-16le', { ignoreBOM: true })
const windows1252Decoder = new TextDecoder('windows-1252')
const REPLACEMENT = '\ufffd'
const beyondLatin1 = /[\u0100-\uffff]/

class PortableTextCodec implements TextCodec {
  writeLatin1(target: Uint8Array, offset: number, text: string): boolean {
    if (text.length >= SHORT_UNITS) {
      // UTF-8 and latin1 agree exactly on ASCII, and only there does UTF-8 take one byte per unit. So this call
      // converts and tests in one pass, several times faster than a test by itself.
      const { read, written } = encoder.encodeInto(text, target.subarray(offset, offset + text.length))
      if (read === text.length && written === text.length) return true
      if (beyondLatin1.test(text)) return false
    }
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0xff) return false
      target[offset + i] = unit
    }
    return true
  }

  writeUtf16(target: Uint8Array, offset: number, text: string): void {
    let at = offset
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      target[at++] = unit & 0xff
      target[at++] = unit >>> 8
    }
  }

  readLatin1(source: Uint8Array, offset: number, length: number): string {
    const bytes = source.subarray(offset, offset + length)
    if (length < SHORT_UNITS) return fromUnits(bytes)
    // A byte that is not ASCII makes UTF-8 either shorter or replaced, so this decodes and tests in one pass.
    const text = utf8Decoder.decode(bytes)
    if (text.length === length && !text.includes(REPLACEMENT)) return text
    // What the web calls latin1 is windows-1252, which differs from it in 0x80 to 0x9f alone.
    return hasC1Control(bytes) ? fromUnits(bytes) : windows1252Decoder.decode(bytes)
  }

  readUtf16(source: Uint8Array, offset: number, units: number): string {
    const text = utf16Decoder.decode(source.subarray(offset, offset + 2 * units))
    if (!text.includes(REPLACEMENT)) return text
    // Perhaps a lone surrogate was replaced. An unaligned Uint16Array is not possible, so copy.
    return fromUnits(new Uint16Array(source.slice(offset, offset + 2 * units).buffer))
  }
}

function hasC1Control(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i]! & 0xe0) === 0x80) return true
  return false
}

function fromUnits(units: Uint8Array | Uint16Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += CHUNK_UNITS) {
    // The argument list of apply may be anything array-like; spreading would iterate, several times slower.
    text += String.fromCharCode.apply(null, units.subarray(at, at + CHUNK_UNITS) as unknown as number[])
  }
  return text
}

export const portableTextCodec: TextCodec = new PortableTextCodec()

/**
 * The same text in memory of its own. A string cut from a batch (13 units or longer) is a window on the text of the
 * whole batch and keeps all of it alive: call this on what outlives the batch, such as a key that goes into state.
 */
export function detachText(text: string): string {
  // Engines copy short substrings.
  if (text.length < 13) return text
  const half = text.length >> 1
  const joined = text.slice(0, half) + text.slice(half)
  // A look at one unit makes the engine write out what is only noted down as joined; a garbage collection then leaves just
  // that, where a slice of a longer text would keep a window and the text.
  return joined.charCodeAt(0) === text.charCodeAt(0) ? joined : text
}
