import type { Operator, OperatorContext } from './operator.ts'
import { WindowOperator } from './window.ts'
import type { WindowConfig } from './window-config.ts'
import { SessionWindowOperator } from './window-session.ts'
import { defaultTrigger } from './window-trigger.ts'
import { TriggeredWindowOperator } from './window-triggered.ts'

/** The operator for a window's kind: where a trigger is the windows' own end, all keys of one need no timers each. */
export function createWindowOperator(context: OperatorContext): Operator {
  const { assigner, trigger, evictor } = context.node.config as unknown as WindowConfig
  const firesAtEnd = trigger === undefined || trigger.type === defaultTrigger(assigner).type
  if (!firesAtEnd || evictor !== undefined || assigner.type === 'global') return new TriggeredWindowOperator(context)
  return assigner.type === 'session' ? new SessionWindowOperator(context) : new WindowOperator(context)
}
