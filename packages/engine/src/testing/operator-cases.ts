import { ASYNC_CASES, UNORDERED_ASYNC_CASES } from './cases/async-cases.ts'
import { CONNECTED_CASES } from './cases/connected-cases.ts'
import { INTERVAL_JOIN_CASES } from './cases/interval-join-cases.ts'
import { KEYED_PROCESS_CASES } from './cases/keyed-process-cases.ts'
import { RUNNING_CASES } from './cases/running-cases.ts'
import { STATELESS_CASES, TIMESTAMP_CASES } from './cases/stateless-cases.ts'
import { WINDOW_CASES } from './cases/window-cases.ts'
import { WINDOW_JOIN_CASES } from './cases/window-join-cases.ts'
import type { OperatorCase } from './operator-harness.ts'

/**
 * One or more cases per operator, for every mode in which operators are run: straight through the harness, with one
 * credit, restored after each element, at changing parallelism, and through chains and channels. What is expected is
 * computed by plain programs over the whole input, never by the engine.
 */
export const ONE_INPUT_CASES: readonly OperatorCase[] = [
  ...STATELESS_CASES,
  ...RUNNING_CASES,
  ...KEYED_PROCESS_CASES,
  ...WINDOW_CASES,
  ...TIMESTAMP_CASES,
  ...ASYNC_CASES,
]

/** Elements name the input that they are for. */
export const TWO_INPUT_CASES: readonly OperatorCase[] = [
  ...CONNECTED_CASES,
  ...INTERVAL_JOIN_CASES,
  ...WINDOW_JOIN_CASES,
]

export const OPERATOR_CASES: readonly OperatorCase[] = [
  ...ONE_INPUT_CASES,
  ...TWO_INPUT_CASES,
  ...UNORDERED_ASYNC_CASES,
]
