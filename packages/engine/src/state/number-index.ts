const FIRST_CAPACITY = 16

const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

/**
 * Whole numbers that follow one another, as ids do that were given out at about one time, stand together by fours: those
 * that are in use at one time are often so, and a quarter of the lines have to come into the processor's cache (measured
 * 26 to 20 ns a key; keys that all are multiples of four or more share homes, and take a third longer).
 */
const NEIGHBOUR_BITS = 2
const NEIGHBOURS = (1 << NEIGHBOUR_BITS) - 1

function hashOf(key: number): number {
  if ((key | 0) === key) {
    const hash = Math.imul(key >> NEIGHBOUR_BITS, 0x9e3779b1)
    return ((hash ^ (hash >>> 15)) << NEIGHBOUR_BITS) | (key & NEIGHBOURS)
  }
  double[0] = key
  const hash = Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/**
 * Finds the place of a number in a list that grows: open addressing with linear probing, at most half full, in typed
 * arrays, so that it neither allocates per key nor gives the garbage collector anything to look at. With each key there
 * is room for some numbers that belong to it, beside it: who has found the key has them in the processor's cache.
 */
export class NumberIndex {
  /** From one key to the next in `cells`. */
  readonly stride: number
  /** Place + 1; 0: empty. */
  #slots = new Int32Array(2 * FIRST_CAPACITY)
  #mask = 2 * FIRST_CAPACITY - 1
  #capacity = FIRST_CAPACITY
  #cells: Float64Array
  #count = 0

  /** `width`: numbers beside each key. */
  constructor(width = 0) {
    this.stride = width + 1
    this.#cells = new Float64Array(FIRST_CAPACITY * this.stride)
  }

  /** Keys by place, each with its numbers behind it. Another array after the next `add`. */
  get cells(): Float64Array {
    return this.#cells
  }

  /** -1 when the key is not there. No key is NaN, and -0 is 0. */
  find(key: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const { stride } = this
    const cells = this.#cells
    for (let at = hashOf(key) & mask; ; at = (at + 1) & mask) {
      const place = slots[at]! - 1
      if (place < 0) return -1
      if (cells[place * stride] === key) return place
    }
  }

  /** For a key that is not there. Places are below the highest number of keys that there were at once. */
  add(key: number, place: number): void {
    if (place >= this.#capacity || 2 * (this.#count + 1) > this.#slots.length) this.#grow(place + 1)
    this.#cells[place * this.stride] = key
    this.#count++
    this.#link(key, place)
  }

  /** Room for the numbers of a place whose key is looked after by others. */
  addUnnamed(place: number): void {
    if (place >= this.#capacity) this.#grow(place + 1)
  }

  keyAt(place: number): number {
    return this.#cells[place * this.stride]!
  }

  /** For a key that is there. */
  remove(key: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let at = hashOf(key) & mask
    while (this.keyAt(slots[at]! - 1) !== key) at = (at + 1) & mask
    this.#count--
    // Those after it move up, so that no search ends at the gap before it has found them.
    let gap = at
    for (;;) {
      at = (at + 1) & mask
      const place = slots[at]!
      if (place === 0) break
      const home = hashOf(this.keyAt(place - 1)) & mask
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        slots[gap] = place
        gap = at
      }
    }
    slots[gap] = 0
  }

  /** The key of `from`, which is there, is found at `to` from now on. */
  move(from: number, to: number): void {
    const key = this.keyAt(from)
    const slots = this.#slots
    let at = hashOf(key) & this.#mask
    while (slots[at] !== from + 1) at = (at + 1) & this.#mask
    slots[at] = to + 1
    this.#cells[to * this.stride] = key
  }

  #link(key: number, place: number): void {
    const slots = this.#slots
    let at = hashOf(key) & this.#mask
    while (slots[at] !== 0) at = (at + 1) & this.#mask
    slots[at] = place + 1
  }

  #grow(places: number): void {
    const capacity = Math.max(places, 2 * this.#capacity)
    const cells = new Float64Array(capacity * this.stride)
    cells.set(this.#cells)
    const linked = this.#slots
    this.#capacity = capacity
    this.#cells = cells
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity)))
    this.#mask = this.#slots.length - 1
    for (const place of linked) if (place !== 0) this.#link(this.keyAt(place - 1), place - 1)
  }
}
