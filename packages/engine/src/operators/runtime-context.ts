import { WeirError } from '../base/errors.ts'
import type { RuntimeContext } from '../functions/process-function.ts'
import type { OperatorContext } from './operator.ts'

/** What a user's function learns in `open`. `keyed` says whether it may have state. */
export function runtimeContext(context: OperatorContext, keyed: boolean): RuntimeContext {
  const { subtask, node, keyedState } = context
  const refuse = (): never => {
    throw new WeirError(
      'USER_FUNCTION',
      'keyed state needs a keyed stream: call keyBy(…) before process(…) and give it a KeyedProcessFunction',
    )
  }
  return {
    jobName: subtask.jobName,
    operatorName: node.name,
    attempt: subtask.attempt,
    subtask: subtask.subtask,
    parallelism: subtask.parallelism,
    getState: keyed ? keyedState.getState : refuse,
  }
}

/** A function given as an instance, as a class, or as a plain function that stands for `processElement`. */
export function instanceOf<F extends object>(given: unknown, fromPlain: (fn: (...args: never[]) => void) => F): F {
  if (typeof given !== 'function') return given as F
  if (typeof given.prototype?.processElement === 'function') return new (given as new () => F)()
  return fromPlain(given as (...args: never[]) => void)
}
