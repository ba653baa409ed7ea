import { WeirError } from '../base/errors.ts'
import type { RestartStrategy } from '../graph/job-graph.ts'

/** What happens when a job fails. All delays in ms. */

/** Fails the job at the first failure. */
export function noRestart(): RestartStrategy {
  return { type: 'none' }
}

/** So many restarts, each after the same delay. */
export function fixedDelay(attempts: number, delayMs: number): RestartStrategy {
  check('fixedDelay', 'attempts', attempts, 0, true)
  check('fixedDelay', 'delayMs', delayMs, 0)
  return { type: 'fixed-delay', attempts, delayMs }
}

export interface ExponentialDelayOptions {
  readonly initialMs?: number
  readonly maxMs?: number
  readonly multiplier?: number
  /** After so long without a failure the delay starts from `initialMs` again. */
  readonly resetAfterMs?: number
  /** 0 to 1: the share of the delay that is drawn at random. */
  readonly jitter?: number
}

/** Restarts without limit, with a growing delay: 1 s, 2 s, 4 s, … up to 1 min by default. */
export function exponentialDelay(options: ExponentialDelayOptions = {}): RestartStrategy {
  const { initialMs = 1_000, maxMs = 60_000, multiplier = 2, resetAfterMs = 300_000, jitter = 0.1 } = options
  check('exponentialDelay', 'initialMs', initialMs, 1)
  check('exponentialDelay', 'maxMs', maxMs, initialMs)
  check('exponentialDelay', 'multiplier', multiplier, 1)
  check('exponentialDelay', 'resetAfterMs', resetAfterMs, 0)
  check('exponentialDelay', 'jitter', jitter, 0)
  if (jitter > 1) throw invalid('exponentialDelay', 'jitter', jitter, 'a number from 0 to 1')
  return { type: 'exponential-delay', initialMs, maxMs, multiplier, resetAfterMs, jitter }
}

export interface FailureRateOptions {
  /** More failures than this within the interval fail the job. */
  readonly failures: number
  readonly intervalMs: number
  readonly delayMs: number
}

export function failureRate({ failures, intervalMs, delayMs }: FailureRateOptions): RestartStrategy {
  check('failureRate', 'failures', failures, 1, true)
  check('failureRate', 'intervalMs', intervalMs, 1)
  check('failureRate', 'delayMs', delayMs, 0)
  return { type: 'failure-rate', failures, intervalMs, delayMs }
}

function check(call: string, field: string, value: number, min: number, whole = false): void {
  if (typeof value === 'number' && value >= min && value <= 1e15 && (!whole || Number.isInteger(value))) return
  throw invalid(call, field, value, `a ${whole ? 'whole ' : ''}number from ${min} on`)
}

function invalid(call: string, field: string, value: unknown, wanted: string): WeirError {
  return new WeirError('JOB_GRAPH', `${call}(…): ${field} has to be ${wanted}, not ${String(value)}`)
}
