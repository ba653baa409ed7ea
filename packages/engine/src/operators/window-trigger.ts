import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import type { Evictor, EvictorContext } from '../functions/evictor.ts'
import type { RuntimeContext } from '../functions/process-function.ts'
import type { OnMergeContext, Trigger } from '../functions/trigger.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { detachValue } from '../state/detach.ts'
import type { TimerService } from '../time/timer-service.ts'
import { createEvictor } from '../window/evictors.ts'
import { type Pane, PaneStates } from '../window/panes.ts'
import type { TriggerConfig } from '../window/trigger-config.ts'
import { createTrigger } from '../window/triggers.ts'
import type { OperatorContext } from './operator.ts'
import { requireFunction, userError } from './operator-errors.ts'
import type { WindowConfig } from './window-config.ts'
import type { Spans } from './window-spans.ts'

const TRIGGER_METHODS = ['onElement', 'onEventTime', 'onProcessingTime', 'clear'] as const

/** The trigger of a window operator; without one in its config, the windows' own end. */
export function windowTrigger(context: OperatorContext, config: WindowConfig, spans: Spans): Trigger<unknown> {
  const { assigner, trigger = defaultTrigger(assigner) } = config
  const custom = isCustom(trigger) ? customTrigger(context, spans) : undefined
  return createTrigger(trigger, spans, custom)
}

/** A global window ends with its input. */
export function defaultTrigger({ type, time }: WindowConfig['assigner']): TriggerConfig {
  return { type: time === 'event' || type === 'global' ? 'eventTime' : 'processingTime' }
}

export function windowEvictor(context: OperatorContext, { evictor }: WindowConfig): Evictor<unknown> | undefined {
  const { functions, node } = context
  if (evictor === undefined) return undefined
  switch (evictor.type) {
    case 'custom': {
      const given = madeOf(functions.evictorFn, context)
      const isEvictor = ['evictBefore', 'evictAfter'].some(name => typeof Reflect.get(given, name) === 'function')
      if (isEvictor) return given as Evictor<unknown>
      throw wrong(context, "an object with evictBefore or evictAfter as 'evictorFn'")
    }
    case 'delta':
      return createEvictor(evictor, requireFunction(functions, 'evictorFn', node))
    default:
      return createEvictor(evictor, undefined)
  }
}

function isCustom(trigger: TriggerConfig): boolean {
  return trigger.type === 'purging' ? isCustom(trigger.of) : trigger.type === 'custom'
}

function customTrigger(context: OperatorContext, { merging }: Spans): Trigger<unknown> {
  const trigger = madeOf(context.functions.triggerFn, context)
  const needed = merging ? [...TRIGGER_METHODS, 'onMerge'] : TRIGGER_METHODS
  const missing = needed.filter(name => typeof Reflect.get(trigger, name) !== 'function')
  if (missing.length === 0) return trigger as Trigger<unknown>
  const why = merging && missing.includes('onMerge') ? ' (sessions merge, so their triggers have to)' : ''
  throw wrong(context, `a trigger with ${needed.join(', ')} as 'triggerFn'${why}; missing: ${missing.join(', ')}`)
}

/** A class stands for an object of it. */
function madeOf(given: unknown, context: OperatorContext): object {
  if (typeof given === 'object' && given !== null) return given
  if (typeof given !== 'function') return {}
  try {
    return Reflect.construct(given, []) as object
  } catch (error) {
    throw userError(error, context.node)
  }
}

function wrong({ node }: OperatorContext, needs: string): WeirError {
  return new WeirError('JOB_GRAPH', `operator '${node.name}' (${node.type}) needs ${needs}`, {
    place: { operator: node.name },
  })
}

/** Context of trigger and evictor: one object, which the operator tells about the key and window at hand. */
export class TriggerRun implements OnMergeContext, EvictorContext {
  readonly #timers: TimerService<CanonicalKey>
  readonly #clock: Clock
  readonly #states: PaneStates
  readonly getState: RuntimeContext['getState']
  key: unknown = undefined
  canonicalKey: CanonicalKey = 0
  /** State of the windows that have become one, while `onMerge` runs. */
  merged: readonly (Map<string, unknown> | undefined)[] = []
  #end = 0

  constructor(timers: TimerService<CanonicalKey>, clock: Clock) {
    this.#timers = timers
    this.#clock = clock
    this.#states = new PaneStates()
    this.getState = this.#states.getState
  }

  select(pane: Pane<unknown>): void {
    this.#states.pane = pane
    this.#end = pane.end
  }

  currentWatermark(): number {
    return this.#timers.watermark
  }

  currentProcessingTime(): number {
    return this.#clock.now()
  }

  registerEventTimeTimer(timestamp: number): void {
    this.#timers.registerEventTime(detachValue(this.canonicalKey), detachValue(this.key), this.#end, timestamp)
  }

  registerProcessingTimeTimer(timestamp: number): void {
    this.#timers.registerProcessingTime(detachValue(this.canonicalKey), detachValue(this.key), this.#end, timestamp)
  }

  deleteEventTimeTimer(timestamp: number): void {
    this.#timers.deleteEventTime(this.canonicalKey, this.#end, timestamp)
  }

  deleteProcessingTimeTimer(timestamp: number): void {
    this.#timers.deleteProcessingTime(this.canonicalKey, this.#end, timestamp)
  }

  mergePartitionedState(descriptor: object): void {
    this.#states.merge(descriptor as Parameters<PaneStates['merge']>[0], this.merged)
  }
}
