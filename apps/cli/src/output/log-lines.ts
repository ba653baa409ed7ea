import type { LogTail } from '../client/api-bodies.ts'

export type LogLine = LogTail['lines'][number]

/** So many errors are remembered: what the JobManager says of one follows soon. */
const REMEMBERED_MAX = 50

/**
 * The lines of a job's log for a person. One failure is told by several: by the TaskManager with the stack, and by the
 * JobManager when it hears of it, when it decides what follows, and when the job is over. Each of the latter is shown
 * with what it adds alone, and not at all where it adds nothing. Programs get the lines as they are.
 */
export class LogLines {
  readonly #errors: string[] = []

  /** The message to show for the next line; null where it says nothing new. */
  message({ level, process, msg }: LogLine): string | null {
    const isError = level === 'error' || level === 'fatal'
    if (process === 'jobmanager') {
      if (this.#isTold(msg)) return isError ? null : 'the job has failed'
      const shorter = this.#withoutTold(msg)
      if (shorter !== null) return shorter
    }
    if (isError) this.#remember(msg)
    return msg
  }

  /** Whether this is the message of an error that stands above, there perhaps with a stack behind it. */
  #isTold(message: string): boolean {
    return this.#errors.some(error => error === message || error.startsWith(`${message}\n`))
  }

  /** `attempt 1 failed: <an error that stands above>` without the error; null where there is none. */
  #withoutTold(message: string): string | null {
    for (let at = message.indexOf(': '); at >= 0; at = message.indexOf(': ', at + 1)) {
      if (this.#isTold(message.slice(at + 2))) return message.slice(0, at)
    }
    return null
  }

  /** TaskManagers put the error's code before its message. */
  #remember(message: string): void {
    this.#errors.push(message.replace(/^[A-Z][A-Z_]+: /, ''))
    if (this.#errors.length > REMEMBERED_MAX) this.#errors.shift()
  }
}
