import type { WeirError } from '@weir/engine/base/errors'

/**
 * How the log of a job speaks of an error that fails an attempt: told in full once, and referred to afterwards. The
 * history in the database, of which each line is read by itself, says it in full every time.
 */
export class LogWords {
  #told = ''

  /** An error of a subtask was told by its TaskManager, with its stack and at that place. */
  exception(attempt: number, error: WeirError): string {
    this.#told = error.message
    const { operator, subtask } = error.place
    if (operator === undefined || subtask === undefined) return error.message
    return `attempt ${attempt} fails by this error of its subtask (${error.code})`
  }

  history(kind: string, message: string): string {
    if (this.#told === '') return message
    if (message === this.#told) return kind === 'FAILED' ? 'the job has failed by the error above' : 'the error above'
    const ending = `: ${this.#told}`
    return message.endsWith(ending) ? message.slice(0, -ending.length) : message
  }
}
