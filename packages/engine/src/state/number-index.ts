const FIRST_CAPACITY = 16

const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

function hashOf(key: number): number {
  let hash: number
  if ((key | 0) === key) hash = Math.imul(key, 0x9e3779b1)
  else {
    double[0] = key
    hash = Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b), 0x9e3779b1)
  }
  return hash ^ (hash >>> 15)
}

/**
 * Finds the place of a number in a list that grows: open addressing with linear probing, at most half full, in typed
 * arrays, so that it neither allocates per key nor gives the garbage collector anything to look at.
 */
export class NumberIndex {
  /** Place + 1; 0: empty. */
  #slots = new Int32Array(2 * FIRST_CAPACITY)
  #mask = 2 * FIRST_CAPACITY - 1
  #keys = new Float64Array(FIRST_CAPACITY)
  #count = 0

  /** -1 when the key is not there. No key is NaN, and -0 is 0. */
  find(key: number): number {
    const slots = this.#slots
    const mask = this.#mask
    for (let at = hashOf(key) & mask; ; at = (at + 1) & mask) {
      const place = slots[at]!
      if (place === 0) return -1
      if (this.#keys[place - 1] === key) return place - 1
    }
  }

  /** For a key that is not there. Places are below the highest number of keys that there were at once. */
  add(key: number, place: number): void {
    if (place >= this.#keys.length || 2 * (this.#count + 1) > this.#slots.length) this.#grow(place + 1)
    this.#keys[place] = key
    this.#count++
    this.#link(key, place)
  }

  keyAt(place: number): number {
    return this.#keys[place]!
  }

  /** For a key that is there. */
  remove(key: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let at = hashOf(key) & mask
    while (this.#keys[slots[at]! - 1] !== key) at = (at + 1) & mask
    this.#count--
    // Those after it move up, so that no search ends at the gap before it has found them.
    let gap = at
    for (;;) {
      at = (at + 1) & mask
      const place = slots[at]!
      if (place === 0) break
      const home = hashOf(this.#keys[place - 1]!) & mask
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        slots[gap] = place
        gap = at
      }
    }
    slots[gap] = 0
  }

  #link(key: number, place: number): void {
    const slots = this.#slots
    let at = hashOf(key) & this.#mask
    while (slots[at] !== 0) at = (at + 1) & this.#mask
    slots[at] = place + 1
  }

  #grow(places: number): void {
    const capacity = Math.max(places, 2 * this.#keys.length)
    const keys = new Float64Array(capacity)
    keys.set(this.#keys)
    const linked = this.#slots
    this.#keys = keys
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity)))
    this.#mask = this.#slots.length - 1
    for (const place of linked) if (place !== 0) this.#link(keys[place - 1]!, place - 1)
  }
}
