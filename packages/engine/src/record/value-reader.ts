import { WeirError } from '../base/errors.ts'
import { BINARY_VIEWS, DEPTH_MAX, TAG } from './value-tags.ts'

/** The error for bytes that no encoder of this folder has written. */
export function malformed(what: string, cause?: unknown): WeirError {
  return new WeirError(
    'PROTOCOL',
    `Encoded records or state are malformed: ${what}. They were damaged on their way, or written by another version.`,
    cause === undefined ? {} : { cause },
  )
}

const STANDARD_ERRORS: ReadonlyMap<string, new (message: string) => Error> = new Map<
  string,
  new (
    message: string,
  ) => Error
>([
  ['EvalError', EvalError],
  ['RangeError', RangeError],
  ['ReferenceError', ReferenceError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
  ['URIError', URIError],
])

/**
 * Reads a block of ValueWriter. Every count is bounded by the bytes or the text that are left, so a block never makes
 * the reader build more than a small multiple of its own size. Throws PROTOCOL for anything else.
 */
export class ValueReader {
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #position = 0
  #end = 0
  #text = ''
  #textPosition = 0
  readonly #shapes: (readonly string[])[] = []

  /** Begins with the block of bytes[start, end) and its text. The bytes must not change until the last value is read. */
  begin(bytes: Uint8Array, start: number, end: number, text: string): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.#position = start
    this.#end = end
    this.#text = text
    this.#textPosition = 0
    this.#shapes.length = 0
  }

  read(): unknown {
    try {
      return this.#read(0)
    } catch (error) {
      throw error instanceof WeirError ? error : malformed('a value cannot be built', error)
    }
  }

  /** To be called after the last value: nothing may be left. Lets go of the text. */
  end(): void {
    const left = this.#end - this.#position + (this.#text.length - this.#textPosition)
    this.#text = ''
    this.#shapes.length = 0
    if (left !== 0) throw malformed('something follows the last value')
  }

  #read(depth: number): unknown {
    const tag = this.#byte()
    if (tag < 0x80) return tag
    switch (tag) {
      case TAG.string:
        return this.#string(this.#count())
      case TAG.int32:
        return this.#view.getInt32(this.#take(4), true)
      case TAG.float64:
        return this.#view.getFloat64(this.#take(8), true)
      case TAG.null:
        return null
      case TAG.undefined:
        return undefined
      case TAG.false:
        return false
      case TAG.true:
        return true
      case TAG.bigintPositive:
        return this.#bigint()
      case TAG.bigintNegative:
        return -this.#bigint()
      case TAG.date:
        return new Date(this.#view.getFloat64(this.#take(8), true))
      default:
        if (depth > DEPTH_MAX) throw malformed(`values are nested more than ${DEPTH_MAX} levels deep`)
        return this.#readObject(tag, depth + 1)
    }
  }

  #readObject(tag: number, depth: number): unknown {
    switch (tag) {
      case TAG.objectWithShape: {
        const names = this.#shapes[this.#count()]
        if (names === undefined) throw malformed('a shape is not defined')
        return this.#fields(names, depth)
      }
      case TAG.objectWithNewShape:
        return this.#fields(this.#defineShape(), depth)
      case TAG.dictionary:
        return this.#dictionary(depth)
      case TAG.array:
        return this.#array(depth)
      case TAG.map: {
        const map = new Map<unknown, unknown>()
        for (let left = this.#boundedCount(2); left > 0; left--) map.set(this.#read(depth), this.#read(depth))
        return map
      }
      case TAG.set: {
        const set = new Set<unknown>()
        for (let left = this.#boundedCount(1); left > 0; left--) set.add(this.#read(depth))
        return set
      }
      case TAG.regExp: {
        const sourceUnits = this.#count()
        const flagsUnits = this.#count()
        return new RegExp(this.#string(sourceUnits), this.#string(flagsUnits))
      }
      case TAG.error:
        return this.#error(depth)
      case TAG.arrayBuffer:
        return this.#copyOfBytes()
      case TAG.dataView:
        return new DataView(this.#copyOfBytes())
      case TAG.typedArray: {
        const View = BINARY_VIEWS[this.#byte()]
        if (View === undefined) throw malformed('a typed array is of an unknown kind')
        return new View(this.#copyOfBytes())
      }
      default:
        throw malformed(`there is no value with tag ${tag}`)
    }
  }

  #defineShape(): readonly string[] {
    const count = this.#boundedCount(1)
    const names = new Array<string>(count)
    for (let i = 0; i < count; i++) names[i] = this.#string(this.#count())
    this.#shapes.push(names)
    return names
  }

  #fields(names: readonly string[], depth: number): object {
    const record: Record<string, unknown> = {}
    for (let i = 0; i < names.length; i++) setField(record, names[i]!, this.#read(depth))
    return record
  }

  #dictionary(depth: number): object {
    const record: Record<string, unknown> = {}
    for (let left = this.#boundedCount(2); left > 0; left--) {
      const name = this.#string(this.#count())
      setField(record, name, this.#read(depth))
    }
    return record
  }

  #array(depth: number): unknown[] {
    const count = this.#boundedCount(1)
    const array: unknown[] = []
    for (let i = 0; i < count; i++) {
      if (this.#bytes[this.#position] === TAG.hole) {
        this.#position++
        array.length = i + 1
      } else {
        array.push(this.#read(depth))
      }
    }
    return array
  }

  #error(depth: number): Error {
    const name = this.#read(depth)
    const message = this.#read(depth)
    const stack = this.#read(depth)
    if (typeof name !== 'string' || typeof message !== 'string') throw malformed('an error has no name or message')
    const error = new (STANDARD_ERRORS.get(name) ?? Error)(message)
    const define = (field: string, value: unknown) =>
      Object.defineProperty(error, field, { value, configurable: true, enumerable: false, writable: true })
    if (error.name !== name) define('name', name)
    define('stack', stack)
    if (this.#bytes[this.#position] === TAG.hole) this.#take(1)
    else define('cause', this.#read(depth))
    return error
  }

  #bigint(): bigint {
    const count = this.#boundedCount(1)
    const at = this.#take(count)
    let digits = '0x0'
    for (let i = count - 1; i >= 0; i--) digits += this.#bytes[at + i]!.toString(16).padStart(2, '0')
    return BigInt(digits)
  }

  #copyOfBytes(): ArrayBuffer {
    const count = this.#count()
    const at = this.#take(count)
    return this.#bytes.slice(at, at + count).buffer as ArrayBuffer
  }

  #string(units: number): string {
    const start = this.#textPosition
    const end = start + units
    if (end > this.#text.length) throw malformed('a string is longer than the text that is left')
    this.#textPosition = end
    return this.#text.substring(start, end)
  }

  #byte(): number {
    if (this.#position >= this.#end) throw malformed('the bytes end within a value')
    return this.#bytes[this.#position++]!
  }

  #take(count: number): number {
    const at = this.#position
    if (count > this.#end - at) throw malformed('the bytes end within a value')
    this.#position = at + count
    return at
  }

  /** A count of things that take at least `bytesEach` bytes each. */
  #boundedCount(bytesEach: number): number {
    const count = this.#count()
    if (count > (this.#end - this.#position) / bytesEach)
      throw malformed('a count is larger than the bytes that are left')
    return count
  }

  #count(): number {
    let count = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      count += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return count
    }
    throw malformed('a count has too many bytes')
  }
}

/** Sets an own field whatever its name: assignment to `__proto__` would change the prototype instead. */
function setField(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(record, name, { value, configurable: true, enumerable: true, writable: true })
  } else {
    record[name] = value
  }
}
