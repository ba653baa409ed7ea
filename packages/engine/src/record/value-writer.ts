import { ByteBuffer } from './byte-buffer.ts'
import { Unsendable } from './unsendable.ts'
import { BINARY_VIEWS, classOf, DEPTH_MAX, OPAQUE_CLASSES, SHAPE_FIELDS_MAX, TAG } from './value-tags.ts'

/** The trie of shapes is dropped when it has this many nodes: field names can come from data. */
const SHAPE_NODES_MAX = 4096

/** The field names on the way from the root to a node, in order, are a shape. */
class ShapeNode {
  /** The block in which this shape has the number `shape`; other blocks do not know it. */
  block = 0
  shape = 0
  // The child that was taken last, so that records of one shape find their way without hashing.
  #lastName: string | undefined
  #lastChild: ShapeNode | undefined
  #children: Map<string, ShapeNode> | undefined

  child(name: string, trie: { nodes: number }): ShapeNode {
    if (name === this.#lastName) return this.#lastChild!
    this.#children ??= new Map()
    let child = this.#children.get(name)
    if (child === undefined) {
      child = new ShapeNode()
      this.#children.set(name, child)
      trie.nodes++
    }
    this.#lastName = name
    this.#lastChild = child
    return child
  }
}

/**
 * Encodes arbitrary values one after the other into a block: bytes in `out` and the strings, joined, in `text`. A block
 * is self-contained: shapes are numbered anew in each. Every value that structuredClone copies comes back equal, down
 * to -0, lone surrogates, empty places of arrays and the order of fields, but for these: a class instance comes back
 * as a plain object of its own enumerable fields, as does one with a null prototype; two references to one object
 * become two objects; fields of arrays beside their elements, symbol-named fields, and fields of errors other than
 * name, message, stack and cause are left out.
 *
 * (msgpackr, which was tried for this, turns -0 into 0, replaces lone surrogates, renames fields called `__proto__`,
 * fills empty places and writes functions as undefined.)
 */
export class ValueWriter {
  readonly out = new ByteBuffer()
  text = ''
  #block = 0
  #shapes = 0
  #trie = { root: new ShapeNode(), nodes: 1 }

  /** Begins a new block. */
  begin(): void {
    this.out.reset()
    this.text = ''
    this.#block++
    this.#shapes = 0
    if (this.#trie.nodes > SHAPE_NODES_MAX) this.#trie = { root: new ShapeNode(), nodes: 1 }
  }

  /** Throws Unsendable for what cannot be encoded; the block is then to be thrown away. */
  write(value: unknown): void {
    this.#write(value, 0)
  }

  #write(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.#tagAndCount(TAG.string, value.length)
        this.text += value
        break
      case 'number':
        this.#writeNumber(value)
        break
      case 'boolean':
        this.#byte(value ? TAG.true : TAG.false)
        break
      case 'undefined':
        this.#byte(TAG.undefined)
        break
      case 'bigint':
        this.#writeBigint(value)
        break
      case 'object':
        if (depth > DEPTH_MAX) throw new Unsendable()
        if (value === null) this.#byte(TAG.null)
        else this.#writeObject(value, depth + 1)
        break
      default:
        throw new Unsendable()
    }
  }

  #writeNumber(value: number): void {
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.#writeFloat64(TAG.float64, value)
    } else if (value >= 0 && value < 0x80) {
      this.#byte(value)
    } else {
      const at = this.#advance(5)
      this.out.bytes[at] = TAG.int32
      this.out.view.setInt32(at + 1, value, true)
    }
  }

  #writeFloat64(tag: number, value: number): void {
    const at = this.#advance(9)
    this.out.bytes[at] = tag
    this.out.view.setFloat64(at + 1, value, true)
  }

  #writeBigint(value: bigint): void {
    let digits = (value < 0n ? -value : value).toString(16)
    if (digits.length % 2 === 1) digits = `0${digits}`
    const count = digits.length / 2
    this.#tagAndCount(value < 0n ? TAG.bigintNegative : TAG.bigintPositive, count)
    const at = this.#advance(count)
    for (let i = 0; i < count; i++) {
      this.out.bytes[at + i] = Number.parseInt(digits.substring(2 * (count - i - 1), 2 * (count - i)), 16)
    }
  }

  #writeObject(value: object, depth: number): void {
    const prototype = Object.getPrototypeOf(value)
    if (Array.isArray(value)) this.#writeArray(value, depth)
    else if (prototype === Object.prototype || prototype === null) this.#writeFields(value, depth)
    else if (ArrayBuffer.isView(value)) this.#writeView(value)
    // Classes may name themselves (Symbol.toStringTag): what a value is by its internals goes first.
    else if (value instanceof Map) this.#writeMap(value, depth)
    else if (value instanceof Set) this.#writeSet(value, depth)
    else if (value instanceof Date) this.#writeFloat64(TAG.date, value.getTime())
    else if (value instanceof Error) this.#writeError(value, depth)
    else if (value instanceof RegExp) this.#writeRegExp(value)
    else if (value instanceof ArrayBuffer) this.#writeBytes(TAG.arrayBuffer, new Uint8Array(value))
    else if (OPAQUE_CLASSES.has(classOf(value))) throw new Unsendable()
    else this.#writeFields(value, depth)
  }

  #writeArray(value: readonly unknown[], depth: number): void {
    const count = value.length
    this.#tagAndCount(TAG.array, count)
    for (let i = 0; i < count; i++) {
      const element = value[i]
      if (element === undefined && !(i in value)) this.#byte(TAG.hole)
      else this.#write(element, depth)
    }
  }

  #writeFields(value: object, depth: number): void {
    const record = value as Record<string, unknown>
    const names = Object.keys(value)
    if (names.length > SHAPE_FIELDS_MAX) {
      this.#tagAndCount(TAG.dictionary, names.length)
      for (const name of names) {
        this.#writeName(name)
        this.#write(record[name], depth)
      }
      return
    }
    let node = this.#trie.root
    for (let i = 0; i < names.length; i++) node = node.child(names[i]!, this.#trie)
    if (node.block === this.#block) {
      this.#tagAndCount(TAG.objectWithShape, node.shape)
    } else {
      node.block = this.#block
      node.shape = this.#shapes++
      this.#tagAndCount(TAG.objectWithNewShape, names.length)
      for (const name of names) this.#writeName(name)
    }
    for (let i = 0; i < names.length; i++) this.#write(record[names[i]!], depth)
  }

  #writeName(name: string): void {
    this.#count(name.length)
    this.text += name
  }

  #writeMap(value: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.#tagAndCount(TAG.map, value.size)
    for (const [key, content] of value) {
      this.#write(key, depth)
      this.#write(content, depth)
    }
  }

  #writeSet(value: ReadonlySet<unknown>, depth: number): void {
    this.#tagAndCount(TAG.set, value.size)
    for (const element of value) this.#write(element, depth)
  }

  #writeError(value: Error, depth: number): void {
    this.#byte(TAG.error)
    this.#write(String(value.name), depth)
    this.#write(String(value.message), depth)
    this.#write(typeof value.stack === 'string' ? value.stack : undefined, depth)
    if ('cause' in value) this.#write(value.cause, depth)
    else this.#byte(TAG.hole)
  }

  #writeRegExp(value: RegExp): void {
    this.#tagAndCount(TAG.regExp, value.source.length)
    this.#count(value.flags.length)
    this.text += value.source
    this.text += value.flags
  }

  #writeView(value: ArrayBufferView): void {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    if (value instanceof DataView) {
      this.#writeBytes(TAG.dataView, bytes)
      return
    }
    const index = BINARY_VIEWS.findIndex(View => value instanceof View)
    if (index < 0) throw new Unsendable()
    this.#byte(TAG.typedArray)
    this.#writeBytes(index, bytes)
  }

  #writeBytes(tag: number, bytes: Uint8Array): void {
    this.#tagAndCount(tag, bytes.length)
    const at = this.#advance(bytes.length)
    this.out.bytes.set(bytes, at)
  }

  #byte(value: number): void {
    const at = this.#advance(1)
    this.out.bytes[at] = value
  }

  #tagAndCount(tag: number, count: number): void {
    this.#byte(tag)
    this.#count(count)
  }

  /** A varint. */
  #count(count: number): void {
    let rest = count
    while (rest >= 0x80) {
      this.#byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.#byte(rest)
  }

  #advance(count: number): number {
    const at = this.out.position
    this.out.reserve(count)
    this.out.position = at + count
    return at
  }
}
