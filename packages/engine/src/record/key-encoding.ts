import { type Key, keyRefusal, type PrimitiveKey, sortedFields } from './key-rules.ts'
import { malformed } from './value-reader.ts'

/**
 * The canonical bytes of keys. Equal keys have equal bytes and different keys different ones: this fixes both the key
 * group of a key and its place in a snapshot, so the encoding never changes.
 *
 *   string    0x01, then its code points in UTF-8, a lone surrogate as the three bytes of its number (WTF-8)
 *   number    0x02 and an int32, or 0x03 and a float64; the int32 wherever it is exact; -0 is 0
 *   bigint    0x04 (≥ 0) or 0x05 (< 0), varint number of bytes, magnitude
 *   boolean   0x06 false, 0x07 true
 *   object    0x08, varint count, then name and content by name in ascending order of UTF-16 units
 *   tuple     0x09, varint count, then the contents
 *
 * Numbers are big-endian. Names and strings inside of objects and tuples have their UTF-16 units as a varint before
 * their code points, so that each ends where it says.
 */
export const KEY_TAG = {
  string: 0x01,
  int32: 0x02,
  float64: 0x03,
  bigintPositive: 0x04,
  bigintNegative: 0x05,
  false: 0x06,
  true: 0x07,
  object: 0x08,
  tuple: 0x09,
} as const

/** Encodes keys one at a time into a buffer of its own, without allocating for strings and numbers. */
export class KeyEncoder {
  /** Holds the last key in [0, n); replaced when a key needs more room. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256)
  #view = new DataView(this.bytes.buffer)
  #position = 0

  /** Encodes `key` and returns its number of bytes. Throws KEY_TYPE, naming the field, for what cannot be a key. */
  encode(key: unknown): number {
    this.#position = 0
    if (typeof key === 'string') {
      this.#reserve(1 + 3 * key.length)
      this.bytes[this.#position++] = KEY_TAG.string
      this.#writeUnits(key)
    } else if (typeof key === 'object' && key !== null) {
      if (Array.isArray(key)) this.#writeTuple(key)
      else this.#writeFields(key)
    } else {
      this.#writePrimitive(key, undefined)
    }
    return this.#position
  }

  #writeTuple(key: readonly unknown[]): void {
    this.#writeTagAndCount(KEY_TAG.tuple, key.length)
    for (let i = 0; i < key.length; i++) this.#writePrimitive(key[i], `${i}`)
  }

  #writeFields(key: object): void {
    const names = sortedFields(key)
    this.#writeTagAndCount(KEY_TAG.object, names.length)
    for (const name of names) {
      this.#reserve(5 + 3 * name.length)
      this.#writeCount(name.length)
      this.#writeUnits(name)
      this.#writePrimitive((key as Record<string, unknown>)[name], name)
    }
  }

  #writePrimitive(value: unknown, field: string | undefined): void {
    switch (typeof value) {
      case 'string':
        this.#reserve(6 + 3 * value.length)
        this.bytes[this.#position++] = KEY_TAG.string
        this.#writeCount(value.length)
        this.#writeUnits(value)
        return
      case 'number':
        if (!Number.isFinite(value)) throw keyRefusal(value, field)
        this.#writeNumber(value)
        return
      case 'bigint':
        this.#writeBigint(value)
        return
      case 'boolean':
        this.#reserve(1)
        this.bytes[this.#position++] = value ? KEY_TAG.true : KEY_TAG.false
        return
      default:
        throw keyRefusal(value, field)
    }
  }

  #writeNumber(value: number): void {
    this.#reserve(9)
    const at = this.#position
    if ((value | 0) === value) {
      this.bytes[at] = KEY_TAG.int32
      this.#view.setInt32(at + 1, value)
      this.#position = at + 5
    } else {
      this.bytes[at] = KEY_TAG.float64
      this.#view.setFloat64(at + 1, value)
      this.#position = at + 9
    }
  }

  #writeBigint(value: bigint): void {
    let digits = (value < 0n ? -value : value).toString(16)
    if (digits.length % 2 === 1) digits = `0${digits}`
    this.#writeTagAndCount(value < 0n ? KEY_TAG.bigintNegative : KEY_TAG.bigintPositive, digits.length / 2)
    this.#reserve(digits.length / 2)
    for (let i = 0; i < digits.length; i += 2) {
      this.bytes[this.#position++] = Number.parseInt(digits.substring(i, i + 2), 16)
    }
  }

  /** The code points of `text`; there must be room for 3 bytes per unit. */
  #writeUnits(text: string): void {
    const bytes = this.bytes
    let at = this.#position
    for (let i = 0; i < text.length; i++) {
      let point = text.charCodeAt(i)
      if (point < 0x80) {
        bytes[at++] = point
        continue
      }
      if (point < 0x800) {
        bytes[at++] = 0xc0 | (point >>> 6)
      } else {
        if (point >= 0xd800 && point < 0xdc00 && i + 1 < text.length) {
          const low = text.charCodeAt(i + 1)
          if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
            i++
          }
        }
        if (point < 0x10000) {
          bytes[at++] = 0xe0 | (point >>> 12)
        } else {
          bytes[at++] = 0xf0 | (point >>> 18)
          bytes[at++] = 0x80 | ((point >>> 12) & 0x3f)
        }
        bytes[at++] = 0x80 | ((point >>> 6) & 0x3f)
      }
      bytes[at++] = 0x80 | (point & 0x3f)
    }
    this.#position = at
  }

  #writeTagAndCount(tag: number, count: number): void {
    this.#reserve(6)
    this.bytes[this.#position++] = tag
    this.#writeCount(count)
  }

  #writeCount(count: number): void {
    let rest = count
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.#position++] = (rest & 0x7f) | 0x80
    this.bytes[this.#position++] = rest
  }

  #reserve(count: number): void {
    if (this.#position + count <= this.bytes.length) return
    const old = this.bytes
    this.bytes = new Uint8Array(Math.max(2 * old.length, this.#position + count))
    this.bytes.set(old.subarray(0, this.#position))
    this.#view = new DataView(this.bytes.buffer)
  }
}

const shared = new KeyEncoder()

/** The canonical bytes of `key`, in memory of their own. Throws KEY_TYPE for what cannot be a key. */
export function encodeKey(key: unknown): Uint8Array<ArrayBuffer> {
  const length = shared.encode(key)
  return shared.bytes.slice(0, length)
}

/**
 * The key that has these canonical bytes. An object comes back with its fields in ascending order. Throws PROTOCOL for
 * bytes that `encodeKey` does not write.
 */
export function decodeKey(bytes: Uint8Array): Key {
  return new KeyParser(bytes).key()
}

class KeyParser {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  key(): Key {
    const key = this.#key()
    if (this.#position !== this.#bytes.length) throw malformed('something follows a key')
    return key
  }

  #key(): Key {
    switch (this.#bytes[0]) {
      case KEY_TAG.string:
        this.#position = 1
        return this.#units(Number.POSITIVE_INFINITY)
      case KEY_TAG.tuple: {
        this.#position = 1
        const tuple: PrimitiveKey[] = []
        for (let left = this.#count(); left > 0; left--) tuple.push(this.#primitive())
        return tuple
      }
      case KEY_TAG.object: {
        this.#position = 1
        const object: Record<string, PrimitiveKey> = {}
        for (let left = this.#count(); left > 0; left--) {
          const name = this.#units(this.#count())
          const value = this.#primitive()
          Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true })
        }
        return object
      }
      default:
        return this.#primitive()
    }
  }

  #primitive(): PrimitiveKey {
    switch (this.#byte()) {
      case KEY_TAG.string:
        return this.#units(this.#count())
      case KEY_TAG.int32:
        return this.#view.getInt32(this.#take(4))
      case KEY_TAG.float64:
        return this.#view.getFloat64(this.#take(8))
      case KEY_TAG.bigintPositive:
        return this.#bigint()
      case KEY_TAG.bigintNegative:
        return -this.#bigint()
      case KEY_TAG.false:
        return false
      case KEY_TAG.true:
        return true
      default:
        throw malformed('a key has an unknown tag')
    }
  }

  #bigint(): bigint {
    const count = this.#count()
    const at = this.#take(count)
    let digits = '0x0'
    for (let i = 0; i < count; i++) digits += this.#bytes[at + i]!.toString(16).padStart(2, '0')
    return BigInt(digits)
  }

  /** `count` units, or with Infinity all to the end of the bytes. */
  #units(count: number): string {
    let text = ''
    while (text.length < count && (count !== Number.POSITIVE_INFINITY || this.#position < this.#bytes.length)) {
      text += String.fromCodePoint(this.#codePoint())
    }
    return text
  }

  #codePoint(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    let point = first & (0x3f >> more)
    for (let i = 0; i < more; i++) point = (point << 6) | (this.#byte() & 0x3f)
    if (point > 0x10ffff) throw malformed('a key has an invalid code point')
    return point
  }

  #count(): number {
    let count = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      count += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return count
    }
    throw malformed('a count in a key has too many bytes')
  }

  #byte(): number {
    return this.#bytes[this.#take(1)]!
  }

  #take(count: number): number {
    const at = this.#position
    if (count > this.#bytes.length - at) throw malformed('a key ends too early')
    this.#position = at + count
    return at
  }
}
