import type { WeirError } from '@weir/engine/base/errors'
import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import type { JobEffect } from './job-effect.ts'
import type { EventTime } from './job-event.ts'
import type { RestartPolicy } from './restart-policy.ts'

/** Bounds of a job's life, ms. */
export interface JobTimings {
  /** From asking for splits until every slot is deployed. */
  readonly deployTimeoutMs: number
  /** How long a worker may take to end by itself when its job is cancelled. */
  readonly cancelGraceMs: number
  /** The same after a failure, when there is nothing to wait for. */
  readonly failureGraceMs: number
  /** How often an unanswered cancellation is sent again. */
  readonly cancelRepeatMs: number
  /** After that slots count as released, whatever their TaskManager says. */
  readonly releaseTimeoutMs: number
  /** How long removing leftovers may hold up the end of a job, per try. */
  readonly cleanTimeoutMs: number
  readonly cleanTries: number
  readonly cleanRetryMs: number
  /** Between tries to commit; doubles up to `commitRetryMaxMs`. */
  readonly commitRetryMs: number
  readonly commitRetryMaxMs: number
}

export const DEFAULT_TIMINGS: JobTimings = {
  deployTimeoutMs: 60_000,
  cancelGraceMs: 3_000,
  failureGraceMs: 500,
  cancelRepeatMs: 2_000,
  releaseTimeoutMs: 12_000,
  cleanTimeoutMs: 5_000,
  cleanTries: 3,
  cleanRetryMs: 300,
  commitRetryMs: 100,
  commitRetryMaxMs: 10_000,
}

/** Why an event was not taken. */
export type IgnoredWhy = 'stale-attempt' | 'stale-incarnation' | 'stale-timer' | 'ended' | 'not-expected'

/** What the handlers of all states share. Handlers change nothing else but the state they answer. */
export interface JobContext {
  readonly graph: ExecutionGraph
  readonly timings: JobTimings
  readonly restartPolicy: RestartPolicy
  /** Of the event being handled. */
  readonly at: EventTime
  emit(effect: JobEffect): void
  /** Sets a timer and gives its number; the state keeps it and compares. */
  timer(delayMs: number): number
  history(kind: string, message: string): void
  exception(attempt: number, error: WeirError): void
  ignored(why: IgnoredWhy): void
  /** All subtasks run. */
  started(): void
}
