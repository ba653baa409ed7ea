import { assert } from '../base/assert.ts'
import type { FlowControl } from '../operators/operator.ts'

/** The one object that tells the hot loops of a subtask to stop taking input. */
export class FlowState implements FlowControl {
  blocked = false
  #outputsFull = false
  #suspensions = 0

  setOutputsFull(full: boolean): void {
    this.#outputsFull = full
    this.blocked = full || this.#suspensions > 0
  }

  suspend(): void {
    this.#suspensions++
    this.blocked = true
  }

  unsuspend(): void {
    assert(this.#suspensions > 0, 'unsuspend without suspend')
    this.#suspensions--
    this.blocked = this.#outputsFull || this.#suspensions > 0
  }
}
