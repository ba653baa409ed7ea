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
  if (!firesAtEnd || evictor !== undefined) return new TriggeredWindowOperator(context)
  return new (operatorOf(assigner.type))(context)
}

/** A kind of window that has no operator yet does not compile. */
function operatorOf(type: WindowConfig['assigner']['type']): new (context: OperatorContext) => Operator {
  switch (type) {
    case 'tumbling':
    case 'sliding':
      return WindowOperator
    case 'session':
      return SessionWindowOperator
    case 'global':
      return TriggeredWindowOperator
  }
}
