import type { Trigger } from '../functions/trigger.ts'
import type { TriggerConfig } from '../window/trigger-config.ts'
import { checkNumber, checkObject, misuse, shown } from './checks.ts'
import { functionText, functionTexts } from './function-text.ts'

const NAME = 'window'
const METHODS = ['onElement', 'onEventTime', 'onProcessingTime', 'clear'] as const

/** A trigger as it stands in a window operator's config, with the user's own inside, where there is one. */
export interface TriggerParts {
  readonly config: TriggerConfig
  readonly custom?: Trigger<never>
}

/** What `trigger(…)` takes: one of these, or an object of one's own with the functions of `Trigger`. */
export type WindowTrigger<T> = BuiltInTrigger<T> | Trigger<T>

/** What `of` and `create` of the triggers here give. */
export class BuiltInTrigger<T> {
  readonly #config: TriggerConfig
  readonly #custom: Trigger<T> | undefined

  constructor(config: TriggerConfig, custom?: Trigger<T>) {
    this.#config = config
    this.#custom = custom
  }

  toParts(): TriggerParts {
    return { config: this.#config, ...(this.#custom === undefined ? {} : { custom: this.#custom }) }
  }
}

/** Fires when the watermark has passed the window's end, and again for each late record. The default in event time. */
export const EventTimeTrigger = {
  create: (): BuiltInTrigger<unknown> => new BuiltInTrigger({ type: 'eventTime' }),
}

/** Fires when the wall clock has reached the window's end. The default in processing time. */
export const ProcessingTimeTrigger = {
  create: (): BuiltInTrigger<unknown> => new BuiltInTrigger({ type: 'processingTime' }),
}

/** Fires each time that so many records have come. What is left when the window ends gives no result. */
export const CountTrigger = {
  of(count: number): BuiltInTrigger<unknown> {
    checkNumber('CountTrigger.of', count, NAME, { min: 1, whole: true, what: 'the number of records' })
    return new BuiltInTrigger({ type: 'count', count })
  },
}

/** Fires at every multiple of the interval that the watermark passes, and at the window's end. */
export const ContinuousEventTimeTrigger = {
  of(intervalMs: number): BuiltInTrigger<unknown> {
    checkNumber('ContinuousEventTimeTrigger.of', intervalMs, NAME, { min: 1, what: 'the interval' })
    return new BuiltInTrigger({ type: 'continuousEventTime', intervalMs })
  },
}

/**
 * Fires at every multiple of the interval on the wall clock. In a processing-time window at its end, too; the end of an
 * event-time window is nothing to it.
 */
export const ContinuousProcessingTimeTrigger = {
  of(intervalMs: number): BuiltInTrigger<unknown> {
    checkNumber('ContinuousProcessingTimeTrigger.of', intervalMs, NAME, { min: 1, what: 'the interval' })
    return new BuiltInTrigger({ type: 'continuousProcessingTime', intervalMs })
  },
}

/** Another trigger, after each firing of which the window forgets its records. */
export const PurgingTrigger = {
  of<T>(trigger: WindowTrigger<T>): BuiltInTrigger<T> {
    const { config, custom } = triggerParts('PurgingTrigger.of', trigger)
    if (config.type === 'purging') return trigger as BuiltInTrigger<T>
    return new BuiltInTrigger<T>({ type: 'purging', of: config }, custom as Trigger<T> | undefined)
  },
}

/** `call` is for the message of what is no trigger. */
export function triggerParts<T>(call: string, trigger: WindowTrigger<T>): TriggerParts {
  if (trigger instanceof BuiltInTrigger) return trigger.toParts()
  if (typeof trigger === 'function') {
    throw misuse(
      NAME,
      `${call}(${shown(trigger)}): the argument has to be a trigger, e.g. CountTrigger.of(100), or an object of a class: new …()`,
    )
  }
  checkObject(call, trigger, METHODS, NAME)
  return { config: { type: 'custom' }, custom: trigger as Trigger<never> }
}

export function checkMerges(custom: Trigger<never> | undefined): void {
  if (custom === undefined || typeof custom.onMerge === 'function') return
  throw misuse(NAME, 'trigger(…): sessions merge, so their trigger needs the function onMerge as well')
}

/** Of an object of a class the text of the class, of another object the texts of its functions. */
export function objectText(object: object, methods: readonly string[]): string | Record<string, string> {
  if (object.constructor !== undefined && object.constructor !== Object) return functionText(object)
  return functionTexts(
    object,
    methods.filter(name => typeof Reflect.get(object, name) === 'function'),
  )
}

export const TRIGGER_FUNCTIONS: readonly string[] = [...METHODS, 'onMerge']
