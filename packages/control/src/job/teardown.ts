import type { AttemptRun } from './attempt-run.ts'
import type { JobContext } from './job-context.ts'
import type { JobEvent } from './job-event.ts'

/** A heartbeat that arrives so long after the cancellation was taken cannot have been sent before it. */
const HEARTBEAT_AGE_MS_MAX = 1_000

/**
 * Ends the slots of an attempt: asks their TaskManagers until every slot is released. A lost TaskManager's slots count as
 * released; so do all after `releaseTimeoutMs`, so that no job hangs on a TaskManager that lives and does not answer.
 */
export class Teardown {
  readonly run: AttemptRun
  readonly #graceMs: number
  readonly #deadlineMs: number
  /** TaskManagers that have taken the cancellation, and when, by monotonic ms. */
  readonly #takenMs = new Map<string, number>()
  #timer: number | null = null

  constructor(run: AttemptRun, graceMs: number, context: JobContext) {
    this.run = run
    this.#graceMs = graceMs
    this.#deadlineMs = context.at.monotonicMs + graceMs + context.timings.releaseTimeoutMs
    this.#ask(context)
    this.#settle(context)
  }

  get done(): boolean {
    return this.run.heldCount === 0
  }

  /** Whether the event was its own. */
  handle(event: JobEvent, context: JobContext): boolean {
    if (!this.#take(event, context)) return false
    this.#settle(context)
    return true
  }

  #take(event: JobEvent, context: JobContext): boolean {
    switch (event.type) {
      case 'slot-released':
        this.run.released(event.slot)
        return true
      case 'task-manager-lost':
      case 'deploy-refused':
        this.run.releasedAllOn(event.taskManager)
        return true
      case 'cancel-taken':
        if (!this.#takenMs.has(event.taskManager.id)) this.#takenMs.set(event.taskManager.id, context.at.monotonicMs)
        return true
      case 'attempt-not-held':
        if (context.at.monotonicMs - (this.#takenMs.get(event.taskManager.id) ?? Infinity) < HEARTBEAT_AGE_MS_MAX) {
          return true
        }
        this.run.releasedAllOn(event.taskManager)
        return true
      case 'timer':
        if (event.timer !== this.#timer) return false
        this.#timer = null
        if (context.at.monotonicMs >= this.#deadlineMs) this.#giveUp(context)
        else this.#ask(context)
        return true
      default:
        return false
    }
  }

  #ask(context: JobContext): void {
    if (this.done) return
    for (const taskManager of this.run.taskManagers()) {
      if (this.run.heldOn(taskManager).length === 0) continue
      context.emit({ type: 'cancel-slots', attempt: this.run.attempt, taskManager, graceMs: this.#graceMs })
    }
    this.#timer = context.timer(context.timings.cancelRepeatMs)
  }

  #giveUp(context: JobContext): void {
    const silent = this.run.taskManagers().filter(taskManager => this.run.heldOn(taskManager).length > 0)
    const names = silent.map(taskManager => taskManager.id).join(', ')
    context.history('SLOTS_NOT_RELEASED', `${names} did not say in time that the slots of the attempt have ended`)
    this.run.releasedAll()
  }

  #settle(context: JobContext): void {
    if (!this.done || this.#timer === null) return
    context.emit({ type: 'cancel-timer', timer: this.#timer })
    this.#timer = null
  }
}
