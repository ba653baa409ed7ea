/**
 * Random numbers that follow from a seed and an index alone: whichever subtask makes record i, its numbers are the same.
 * Each index starts a stream of its own (splitmix32 over a mixed start).
 */
export class IndexedRandom {
  readonly #seed: number
  #index = 0
  #started = true
  #state = 0

  constructor(seed: number) {
    this.#seed = mix((seed | 0) ^ mix(Math.floor(seed / 0x1_0000_0000) | 0))
  }

  /** Starts the stream of one record. Costs nothing for a record that asks for no numbers. */
  startAt(index: number): void {
    this.#index = index
    this.#started = false
  }

  /** Uniform in [0, 1), with 32 bits. */
  readonly next = (): number => {
    if (!this.#started) this.#start()
    this.#state = (this.#state + 0x9e37_79b9) | 0
    return (mix(this.#state) >>> 0) / 0x1_0000_0000
  }

  #start(): void {
    this.#started = true
    const index = this.#index
    this.#state = mix(this.#seed ^ mix(index | 0) ^ Math.imul(Math.floor(index / 0x1_0000_0000) | 0, 0x85eb_ca6b))
  }
}

/** Finaliser of murmur3: every bit of the input reaches every bit of the result. */
function mix(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
  return bits ^ (bits >>> 16)
}
