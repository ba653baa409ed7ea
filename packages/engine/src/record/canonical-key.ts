import { type Key, keyRefusal, type PrimitiveKey, sortedFields } from './key-rules.ts'
import { malformed } from './value-reader.ts'

/** What stands for a key in a JS Map: Map's equality (SameValueZero) holds exactly for keys with equal canonical bytes. */
export type CanonicalKey = string | number | bigint | boolean

/**
 * Canonical keys that begin with this are not the string that they look like: next comes 's' and a string key that
 * begins with it itself, 'o' and an object, or 't' and a tuple.
 */
const ESCAPE = '\u0000'

/**
 * Primitive keys stand for themselves (-0 for 0), without a copy: use `detachText` on one that is kept. An object or a
 * tuple becomes a string that no string key has. Throws KEY_TYPE, naming the field, for what cannot be a key.
 */
export function canonicalKey(key: unknown): CanonicalKey {
  switch (typeof key) {
    case 'string':
      return key.length > 0 && key.charCodeAt(0) === 0 ? `${ESCAPE}s${key}` : key
    case 'number':
      // NaN - NaN and Infinity - Infinity are NaN; adding 0 turns -0 into 0.
      if (key - key !== 0) throw keyRefusal(key)
      return key + 0
    case 'bigint':
    case 'boolean':
      return key
    case 'object':
      if (key === null) throw keyRefusal(key)
      return Array.isArray(key) ? canonicalTuple(key) : canonicalObject(key)
    default:
      throw keyRefusal(key)
  }
}

function canonicalTuple(key: readonly unknown[]): string {
  let text = `${ESCAPE}t`
  for (let i = 0; i < key.length; i++) text += content(key[i], i)
  return text
}

function canonicalObject(key: object): string {
  let text = `${ESCAPE}o`
  for (const name of sortedFields(key)) {
    text += `${name.length}:${name}`
    text += content((key as Record<string, unknown>)[name], name)
  }
  return text
}

/** One content says its kind and where it ends. */
function content(value: unknown, field: string | number): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
      if (value - value !== 0) throw keyRefusal(value, `${field}`)
      // Numbers have one shortest text each, and -0 has that of 0.
      return `n${value};`
    case 'bigint':
      return `i${value};`
    case 'boolean':
      return value ? 'b1;' : 'b0;'
    default:
      throw keyRefusal(value, `${field}`)
  }
}

/** The key that has this canonical form; an object comes back with its fields in ascending order. */
export function keyFromCanonical(canonical: CanonicalKey): Key {
  if (typeof canonical !== 'string' || !canonical.startsWith(ESCAPE)) return canonical
  const form = canonical[1]
  if (form === 's') return canonical.slice(2)
  const contents = new ContentParser(canonical, 2)
  if (form === 't') {
    const tuple: PrimitiveKey[] = []
    while (!contents.atEnd) tuple.push(contents.next())
    return tuple
  }
  if (form !== 'o') throw malformed('a canonical key is of an unknown form')
  const object: Record<string, PrimitiveKey> = {}
  while (!contents.atEnd) {
    const name = contents.counted()
    const value = contents.next()
    Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true })
  }
  return object
}

class ContentParser {
  readonly #text: string
  #position: number

  constructor(text: string, position: number) {
    this.#text = text
    this.#position = position
  }

  get atEnd(): boolean {
    return this.#position >= this.#text.length
  }

  next(): PrimitiveKey {
    const kind = this.#text[this.#position++]
    switch (kind) {
      case 's':
        return this.counted()
      case 'n':
        return Number(this.#upTo(';'))
      case 'i':
        return BigInt(this.#upTo(';'))
      case 'b':
        return this.#upTo(';') === '1'
      default:
        throw malformed('a canonical key has a content of an unknown kind')
    }
  }

  /** A text with its number of units and a colon before it. */
  counted(): string {
    const units = Number(this.#upTo(':'))
    const start = this.#position
    this.#position += units
    return this.#text.substring(start, start + units)
  }

  #upTo(mark: string): string {
    const end = this.#text.indexOf(mark, this.#position)
    if (end < 0) throw malformed('a canonical key ends too early')
    const found = this.#text.substring(this.#position, end)
    this.#position = end + 1
    return found
  }
}
