import type { Operator, OperatorContext } from './operator.ts'
import { WindowOperator } from './window.ts'
import type { WindowConfig } from './window-config.ts'
import { SessionWindowOperator } from './window-session.ts'

/** The operator for a window's kind and trigger. */
export function createWindowOperator(context: OperatorContext): Operator {
  const { assigner } = context.node.config as unknown as WindowConfig
  if (assigner.type === 'session') return new SessionWindowOperator(context)
  return new WindowOperator(context)
}
