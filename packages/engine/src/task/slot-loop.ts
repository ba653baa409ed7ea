import type { Clock, TimerHandle, Timers } from '../base/platform.ts'
import type { Doorbell } from '../network/doorbell.ts'
import type { StepResult, Subtask } from './subtask.ts'

/** After so long the event loop gets its turn: messages, files, sockets and timers of user code live there. */
const TURN_MS = 8
/** Longest sleep, so that a ring that was missed for a reason nobody thought of costs a second, not the job. */
const SLEEP_MS_MAX = 1000

export interface SlotLoopParts {
  readonly subtasks: readonly Subtask[]
  readonly clock: Clock
  readonly timers: Timers
  /** Rings when something arrives, when credit comes, and when an asynchronous source or sink goes on. */
  readonly doorbell: Doorbell
  /** Takes what has arrived from other slots into the gates. */
  readonly poll: () => void
  /** Wakes the threads that something waits for. */
  readonly settle: () => void
  /** Calls back after the event loop had a turn, as soon as it can. */
  readonly yieldToEventLoop: (callback: () => void) => void
  /** A subtask failed, or what arrived from other slots is wrong (no subtask); the loop has stopped. */
  readonly onFailure: (error: unknown, subtask: Subtask | undefined) => void
  /** All subtasks are done; the loop has stopped. */
  readonly onDone: () => void
}

/** Where the time of one subtask went, ms. What is missing to the wall clock, it waited for its thread. */
export interface SubtaskTimes {
  busyMs: number
  backpressuredMs: number
  idleMs: number
}

/**
 * Runs the subtasks of one slot on one thread: a step each in turn, until nobody makes progress; then it sleeps on its
 * doorbell. No polling, no spinning.
 */
export class SlotLoop {
  readonly #parts: SlotLoopParts
  readonly #times: Map<Subtask, SubtaskTimes>
  /** The latest answer of each subtask and when it was given: the time until its next step counts to that. */
  readonly #answers: Map<Subtask, { result: StepResult; at: number }>
  #alarm: TimerHandle | undefined
  /** Monotonic time at which it rings, ms. */
  #alarmAt = 0
  #stopped = false
  #started = false

  constructor(parts: SlotLoopParts) {
    this.#parts = parts
    this.#times = new Map(parts.subtasks.map(subtask => [subtask, { busyMs: 0, backpressuredMs: 0, idleMs: 0 }]))
    this.#answers = new Map()
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    const now = this.#parts.clock.monotonicMs()
    for (const subtask of this.#parts.subtasks) this.#answers.set(subtask, { result: 'idle', at: now })
    this.#turn()
  }

  stop(): void {
    this.#halt()
    this.#parts.doorbell.ring()
  }

  /** As of now: a long wait counts while it lasts. */
  times(subtask: Subtask): SubtaskTimes {
    const times = { ...(this.#times.get(subtask) as SubtaskTimes) }
    const answer = this.#answers.get(subtask)
    if (answer !== undefined) addTime(times, answer.result, this.#parts.clock.monotonicMs() - answer.at)
    return times
  }

  #turn(): void {
    if (this.#stopped) return
    const { clock, doorbell } = this.#parts
    const began = clock.monotonicMs()
    let seen: number
    let flushed = false
    for (;;) {
      seen = doorbell.rings
      if (!this.#poll()) return
      const progress = this.#round()
      if (progress === undefined) return
      if (progress) {
        flushed = false
        if (clock.monotonicMs() - began < TURN_MS) continue
      }
      // Nobody has more to do, or it is time for the others: batches that are not full go now.
      if (!this.#flush()) return
      if (progress) {
        this.#parts.yieldToEventLoop(() => this.#turn())
        return
      }
      // Flushing may have given something to a subtask of this slot, so look once more before sleeping.
      if (flushed) break
      flushed = true
    }
    this.#sleep(seen)
  }

  /** False when the loop is over. */
  #poll(): boolean {
    try {
      this.#parts.poll()
      return true
    } catch (error) {
      this.#fail(error, undefined)
      return false
    }
  }

  /** False when the loop is over: a batch is encoded here, and may hold a record that cannot be sent. */
  #flush(): boolean {
    for (const subtask of this.#parts.subtasks) {
      try {
        subtask.outputs.flush()
      } catch (error) {
        this.#fail(error, subtask)
        return false
      }
    }
    this.#parts.settle()
    return true
  }

  #fail(error: unknown, subtask: Subtask | undefined): void {
    this.#halt()
    this.#parts.onFailure(error, subtask)
  }

  #halt(): void {
    this.#stopped = true
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  /** One step of each subtask. Undefined when the loop is over. */
  #round(): boolean | undefined {
    const { clock, subtasks } = this.#parts
    let progress = false
    let done = 0
    for (const subtask of subtasks) {
      if (subtask.isDone) {
        done++
        continue
      }
      const began = clock.monotonicMs()
      const answer = this.#answers.get(subtask) as { result: StepResult; at: number }
      const times = this.#times.get(subtask) as SubtaskTimes
      addTime(times, answer.result, began - answer.at)
      let result: StepResult
      try {
        result = subtask.step(clock.now())
      } catch (error) {
        this.#fail(error, subtask)
        return undefined
      }
      const ended = clock.monotonicMs()
      if (result === 'progress') {
        progress = true
        times.busyMs += ended - began
        subtask.onStepTook(ended - began)
      } else {
        addTime(times, result, ended - began)
      }
      if (result === 'done') progress = true
      // It did something until an output was full: from now on it waits for room, whoever has the thread.
      answer.result = result === 'progress' && subtask.outputs.isFull ? 'backpressured' : result
      answer.at = ended
    }
    if (done === subtasks.length) {
      this.#halt()
      this.#parts.settle()
      this.#parts.onDone()
      return undefined
    }
    return progress
  }

  #sleep(seen: number): void {
    const { clock, doorbell, subtasks } = this.#parts
    let wakeUp = Number.POSITIVE_INFINITY
    for (const subtask of subtasks) wakeUp = Math.min(wakeUp, subtask.nextWakeUp())
    const timeoutMs = Math.max(0, Math.min(SLEEP_MS_MAX, Math.ceil(wakeUp - clock.now())))
    const sleeping = timeoutMs === 0 ? undefined : doorbell.sleep(seen)
    if (sleeping === undefined) {
      this.#parts.yieldToEventLoop(() => this.#turn())
    } else {
      this.#ringWithin(timeoutMs)
      sleeping.then(() => this.#turn())
    }
  }

  /** An alarm that is set already may ring too early: to look once more costs less than to set one for each sleep. */
  #ringWithin(timeoutMs: number): void {
    const { clock, doorbell, timers } = this.#parts
    const at = clock.monotonicMs() + timeoutMs
    if (this.#alarm !== undefined) {
      if (this.#alarmAt <= at) return
      this.#alarm.cancel()
    }
    this.#alarmAt = at
    this.#alarm = timers.after(timeoutMs, () => {
      this.#alarm = undefined
      doorbell.ring()
    })
  }
}

function addTime(times: SubtaskTimes, result: StepResult, ms: number): void {
  if (result === 'backpressured') times.backpressuredMs += ms
  else if (result === 'idle') times.idleMs += ms
}
