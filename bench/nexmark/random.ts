/**
 * The numbers of GENERATOR.md: all in 32 bits, kept as signed integers, which is what V8 computes fastest. It computes in
 * integers where it can see that they are, so constants stand in the functions (a module's are variables to it), and what
 * is below 2^31 ends with `| 0`: a remainder would be a floating-point number otherwise, and a property that holds it an
 * object of its own. V8 inlines some 900 bytes of bytecode into one function, so these are small.
 */

const { imul } = Math

/** The state of the next draw. */
export function next(state: number): number {
  return (state + 0x9e3779b9) | 0
}

/** `mix` of the page; the result is signed here, `>>> 0` makes it the page's. */
export function mix(value: number): number {
  let z = imul(value ^ (value >>> 16), 0x85ebca6b)
  z = imul(z ^ (z >>> 13), 0xc2b2ae35)
  return z ^ (z >>> 16)
}

/** `below(bound)` of what `mix` gave; 1 ≤ bound < 2^31. */
export function below(mixed: number, bound: number): number {
  return ((mixed >>> 0) % (bound >>> 0)) | 0
}

/** What `seed` contributes to every start: to be computed once. */
export function mixedSeed(seed: number): number {
  return mix(next(seed))
}

/** `start(n)` for 0 ≤ n < 2^53. Draw k of event n, counted from 1, is `mix` of the k-th state behind it. */
export function startOf(seedMixed: number, n: number): number {
  const high = n < 0x1_0000_0000 ? MIXED_HIGH_ZERO : mixedHigh(Math.floor(n / 0x1_0000_0000))
  // Of a number beyond 32 bits `| 0` keeps the low ones.
  return mix(seedMixed ^ (n | 0)) ^ high
}

function mixedHigh(high: number): number {
  return mix((high + 0x7f4a7c15) | 0)
}

const MIXED_HIGH_ZERO = mixedHigh(0)

/** Draws in their order, for code where one more call per draw does not matter. */
export class Draws {
  #state = 0

  start(state: number): void {
    this.#state = state
  }

  draw(): number {
    this.#state = next(this.#state)
    return mix(this.#state) >>> 0
  }

  below(bound: number): number {
    return this.draw() % bound
  }
}
