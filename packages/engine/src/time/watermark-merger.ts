import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'

/**
 * One watermark of several inputs (channels of a gate, splits of a source).
 *
 * Invariant: the output is the minimum over the inputs that are neither idle nor ended, but never lower than before. When
 * every input that has not ended is idle, the output stands still and the merged stream is idle. It is MAX_WATERMARK once
 * every input has ended, and not before: an idle input may still wake up, so an end beside it must not fire everything.
 */
export class WatermarkMerger {
  readonly #watermarks: number[] = []
  readonly #idle: boolean[] = []
  readonly #removed: boolean[] = []
  readonly #freeSlots: number[] = []
  #inputs = 0
  #ended = 0
  #idleCount = 0
  /** Minimum over the inputs that count, without the promise never to go back. */
  #minimum = MAX_WATERMARK
  #output = MIN_WATERMARK

  constructor(inputs = 0) {
    for (let i = 0; i < inputs; i++) this.addInput()
  }

  /** A new input, which has seen nothing yet and so holds the output where it is. Answers its number. */
  addInput(): number {
    const input = this.#freeSlots.pop() ?? this.#watermarks.length
    this.#watermarks[input] = MIN_WATERMARK
    this.#idle[input] = false
    this.#removed[input] = false
    this.#inputs++
    this.#recompute()
    return input
  }

  /** As if the input had never been there. Its number may be given to a later one. */
  removeInput(input: number): void {
    if (this.#removed[input]) return
    if (this.#watermarks[input] === MAX_WATERMARK) this.#ended--
    if (this.#idle[input]) this.#idleCount--
    this.#removed[input] = true
    this.#freeSlots.push(input)
    this.#inputs--
    this.#recompute()
  }

  /** True when the output rose. A watermark lower than the input's last is passed over; MAX_WATERMARK ends the input. */
  advance(input: number, watermark: number): boolean {
    const before = this.#watermarks[input]
    if (!(watermark > before)) return false
    this.#watermarks[input] = watermark
    if (watermark === MAX_WATERMARK) {
      this.#ended++
      // An ended input waits for nothing any more.
      if (this.#idle[input]) this.#idleCount--
      this.#idle[input] = false
    } else if (this.#idle[input] || before > this.#minimum) {
      return false
    }
    return this.#recompute()
  }

  /** Whether the input is idle from here on. True when the output rose because nobody waits for it any more. */
  setIdle(input: number, idle: boolean): boolean {
    if (this.#idle[input] === idle || this.#watermarks[input] === MAX_WATERMARK) return false
    this.#idle[input] = idle
    this.#idleCount += idle ? 1 : -1
    return this.#recompute()
  }

  output(): number {
    return this.#output
  }

  /** Whether all inputs that have not ended are idle (and there is one). */
  isIdle(): boolean {
    return this.#idleCount > 0 && this.#idleCount + this.#ended === this.#inputs
  }

  #recompute(): boolean {
    let minimum = MAX_WATERMARK
    for (let i = 0; i < this.#watermarks.length; i++) {
      if (!this.#removed[i] && !this.#idle[i] && this.#watermarks[i] < minimum) minimum = this.#watermarks[i]
    }
    this.#minimum = minimum
    if (this.#inputs === 0 || (minimum === MAX_WATERMARK && this.#ended < this.#inputs)) return false
    if (minimum <= this.#output) return false
    this.#output = minimum
    return true
  }
}
