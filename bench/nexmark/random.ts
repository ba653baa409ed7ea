/** The numbers of GENERATOR.md: all in 32 bits, kept as signed integers, which is what the engine computes fastest. */

/** What is added before each draw. */
export const GOLDEN = 0x9e3779b9 | 0
const HIGH_SALT = 0x7f4a7c15
const TWO_TO_32 = 0x1_0000_0000

/** `mix` of the page; the result is signed here, `>>> 0` makes it the page's. */
export function mix(value: number): number {
  let z = value ^ (value >>> 16)
  z = Math.imul(z, 0x85ebca6b)
  z ^= z >>> 13
  z = Math.imul(z, 0xc2b2ae35)
  return z ^ (z >>> 16)
}

/** What `seed` contributes to every start: to be computed once. */
export function mixedSeed(seed: number): number {
  return mix((seed + GOLDEN) | 0)
}

/** `start(n)` for 0 ≤ n < 2^53. Draw k of event n, counted from 1, is `mix(start + k * GOLDEN)`. */
export function startOf(seedMixed: number, n: number): number {
  const high = n < TWO_TO_32 ? 0 : Math.floor(n / TWO_TO_32)
  // Of a number beyond 32 bits `| 0` keeps the low ones.
  return mix(seedMixed ^ (n | 0)) ^ mix((high + HIGH_SALT) | 0)
}

/** Draws in their order, for code where one more call per draw does not matter. */
export class Draws {
  #state = 0

  start(state: number): void {
    this.#state = state
  }

  draw(): number {
    this.#state = (this.#state + GOLDEN) | 0
    return mix(this.#state) >>> 0
  }

  below(bound: number): number {
    return this.draw() % bound
  }
}
