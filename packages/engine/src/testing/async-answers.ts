import { SeededRandom } from './seeded-random.ts'

type Answer = () => void

/**
 * Answers the calls of asynchronous functions in an order that a seed picks, one at a time and only when it is told to: so
 * what happens between a call and its answer is in the test's hands, without promises of the runtime.
 */
export class AsyncAnswers {
  readonly #random: SeededRandom
  readonly #open: Answer[] = []

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
  }

  /** Calls that have not been answered. */
  get open(): number {
    return this.#open.length
  }

  /** What an asynchronous function returns: `make` runs when it is answered, and may throw. */
  call<T>(make: () => T): PromiseLike<T> {
    const later = {
      // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
      then: (onDone?: ((value: T) => unknown) | null, onFailed?: ((error: unknown) => unknown) | null): unknown => {
        this.#open.push(() => {
          let value: T
          try {
            value = make()
          } catch (error) {
            onFailed?.(error)
            return
          }
          onDone?.(value)
        })
        return later
      },
    }
    return later as PromiseLike<T>
  }

  /** How many to answer this time: mostly none. */
  some(): number {
    return Math.max(0, this.#random.below(5) - 2)
  }

  /** Answers any one; false when there is none. */
  one(): boolean {
    if (this.#open.length === 0) return false
    const [answer] = this.#open.splice(this.#random.below(this.#open.length), 1)
    answer()
    return true
  }

  /** Answers the call that was made at this place among those that are open. */
  at(index: number): void {
    const [answer] = this.#open.splice(index, 1)
    answer()
  }
}

/** The same outside of a harness: real promises, which come to their end after a few turns that the value decides. */
export function answerSoon<T>(answers: AsyncAnswers | undefined, turns: number, make: () => T): PromiseLike<T> {
  if (answers !== undefined) return answers.call(make)
  return (async () => {
    for (let i = 0; i < turns; i++) await undefined
    return make()
  })()
}
