import { assert } from '../base/assert.ts'
import type { FlowControl, Operator } from '../operators/operator.ts'

/** The one object that tells the hot loops of a subtask to stop taking input. */
export class FlowState implements FlowControl {
  blocked = false
  #outputsFull = false
  #suspensions = 0
  /** Suspensions that do not count at the moment. */
  #passedOver = 0
  /** Whether the operator that goes on had kept something. */
  #hadKept = false

  setOutputsFull(full: boolean): void {
    this.#outputsFull = full
    this.#update()
  }

  suspend(): void {
    this.#suspensions++
    this.blocked = true
  }

  unsuspend(): void {
    assert(this.#suspensions > 0, 'unsuspend without suspend')
    this.#suspensions--
    this.#hadKept = true
    this.#update()
  }

  /**
   * Lets an operator go on with what it kept. Those behind it in the chain keep nothing then; what those before it keep
   * must not hold it up, or of two flatMaps in a row the second would stop after every record. True when those before it
   * may go on: with its last result it may have made one behind it keep some, which must get no more then.
   */
  resume(operator: Operator): boolean {
    if (operator.resume === undefined) return true
    this.#passedOver = Math.max(0, this.#suspensions - 1)
    this.#hadKept = false
    this.#update()
    try {
      return operator.resume() && !(this.#hadKept && this.blocked)
    } finally {
      this.#passedOver = 0
      this.#update()
    }
  }

  #update(): void {
    this.blocked = this.#outputsFull || this.#suspensions > this.#passedOver
  }
}
