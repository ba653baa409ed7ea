/** Bits for each key, and how many of them a key sets: about one of a thousand absent keys passes for a present one. */
const BITS_PER_KEY = 14
const PROBES = 8
const FIRST_CAPACITY = 2048
/** The more, the fewer layers an absent key has to be looked up in; the less, the less room the latest layer wastes. */
const GROWTH = 1.5

/** A Bloom filter with room for a fixed number of keys. */
class Layer {
  readonly words: Uint32Array
  readonly #bits: number
  readonly capacity: number
  count = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.words = new Uint32Array(Math.ceil((capacity * BITS_PER_KEY) / 32))
    this.#bits = this.words.length * 32
  }

  has(hash: number, step: number): boolean {
    const { words } = this
    const bits = this.#bits
    let at = hash
    for (let i = 0; i < PROBES; i++) {
      const bit = (at >>> 0) % (bits >>> 0)
      if ((words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false
      at = (at + step) | 0
    }
    return true
  }

  add(hash: number, step: number): void {
    const { words } = this
    const bits = this.#bits
    let at = hash
    for (let i = 0; i < PROBES; i++) {
      const bit = (at >>> 0) % (bits >>> 0)
      words[bit >>> 5]! |= 1 << (bit & 31)
      at = (at + step) | 0
    }
    this.count++
  }
}

/**
 * Which keys may be on disk: never says no of one that was added. It spares new keys the question to the disk. It grows
 * with the keys by layers (as scalable Bloom filters do), and forgets none.
 */
export class KeyFilter {
  readonly #layers: Layer[] = []
  /** What the bits take up. */
  sizeBytes = 0

  /** `hash` is any 32 bits that depend on the whole key. */
  has(hash: number): boolean {
    const step = stepOf(hash)
    for (let i = this.#layers.length - 1; i >= 0; i--) if (this.#layers[i]!.has(hash, step)) return true
    return false
  }

  /** Answers by how many bytes the filter has grown. */
  add(hash: number): number {
    if (this.has(hash)) return 0
    let last = this.#layers[this.#layers.length - 1]
    let grown = 0
    if (last === undefined || last.count >= last.capacity) {
      last = new Layer(last === undefined ? FIRST_CAPACITY : Math.ceil(last.capacity * GROWTH))
      this.#layers.push(last)
      grown = last.words.byteLength
      this.sizeBytes += grown
    }
    last.add(hash, stepOf(hash))
    return grown
  }
}

/** A second hash from the first, odd so that the probes go over all bits. */
function stepOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) | 1
}
