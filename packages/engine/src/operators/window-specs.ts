import { z } from 'zod'
import type { OperatorSpec } from '../graph/operator-spec.ts'

/** The spec of windows. In the graph a function is its source text. */

const functionText = z.string().min(1, 'a function is needed')
const fieldName = z.string().min(1, 'the name of a field is needed')
const aggregatorTexts = z.strictObject({
  createAccumulator: functionText,
  add: functionText,
  getResult: functionText,
  merge: functionText,
})
const latenessMs = z.number().min(0).max(1e15)
const lengthMs = z.int('must be a whole number of ms').min(1, 'must be at least 1 ms').max(1e15)
const offsetMs = z.int('must be a whole number of ms').optional()
const time = z.enum(['event', 'processing'])

export const assignerSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('tumbling'),
      sizeMs: lengthMs,
      /** Windows start at offset + n × size. */
      offsetMs,
      time,
    })
    .refine(({ sizeMs, offsetMs = 0 }) => Math.abs(offsetMs) < sizeMs, {
      message: 'the offset must be smaller than the size of the window',
      path: ['offsetMs'],
    }),
  z
    .strictObject({
      type: z.literal('sliding'),
      sizeMs: lengthMs,
      /** Windows start at offset + n × slide. */
      slideMs: lengthMs,
      offsetMs,
      time,
    })
    .refine(({ slideMs, offsetMs = 0 }) => Math.abs(offsetMs) < slideMs, {
      message: 'the offset must be smaller than the slide',
      path: ['offsetMs'],
    }),
  z.strictObject({ type: z.literal('session'), gapMs: lengthMs, time }),
  z.strictObject({ type: z.literal('global'), time }),
])

const computeSchema = z
  .strictObject({
    type: z.enum(['reduce', 'aggregate', 'process', 'sum', 'count', 'avg', 'min', 'max']),
    field: fieldName.optional(),
  })
  .superRefine(({ type, field }, issues) => {
    const wantsField = type === 'sum' || type === 'avg' || type === 'min' || type === 'max'
    if (wantsField && field === undefined)
      issues.addIssue({ code: 'custom', path: ['field'], message: `${type} needs a field` })
    if (!wantsField && field !== undefined)
      issues.addIssue({ code: 'custom', path: ['field'], message: `${type} takes no field` })
  })

const countOf = z.int('must be a whole number').min(1, 'must be at least 1')
const intervalMs = z.number().min(1, 'must be at least 1 ms').max(1e15)

const simpleTriggerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('eventTime') }),
  z.strictObject({ type: z.literal('processingTime') }),
  z.strictObject({ type: z.literal('count'), count: countOf }),
  z.strictObject({ type: z.literal('continuousEventTime'), intervalMs }),
  z.strictObject({ type: z.literal('continuousProcessingTime'), intervalMs }),
  z.strictObject({ type: z.literal('custom') }),
])
export const triggerSchema = z.union([
  simpleTriggerSchema,
  z.strictObject({ type: z.literal('purging'), of: simpleTriggerSchema }),
])
export const triggerTexts = z.union([
  functionText,
  z.strictObject({
    onElement: functionText,
    onEventTime: functionText,
    onProcessingTime: functionText,
    clear: functionText,
    onMerge: functionText.optional(),
  }),
])

const after = z.boolean().optional()
const evictorSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('count'), count: countOf, after }),
  z.strictObject({ type: z.literal('time'), keepMs: intervalMs, after }),
  z.strictObject({ type: z.literal('delta'), threshold: z.number().min(0), after }),
  z.strictObject({ type: z.literal('custom') }),
])
const evictorTexts = z.union([
  functionText,
  z.strictObject({ evictBefore: functionText.optional(), evictAfter: functionText.optional() }),
])

/** Which function fields go with which computation: needed, allowed (null), or neither. */
const COMPUTE_FUNCTIONS: Readonly<Record<string, Readonly<Record<string, 'required' | 'optional'>>>> = {
  reduce: { fn: 'required', windowFn: 'optional' },
  aggregate: { aggregator: 'required', windowFn: 'optional' },
  process: { windowFn: 'required' },
}

export const windowConfigSchema = z
  .strictObject({
    assigner: assignerSchema,
    allowedLatenessMs: latenessMs.optional(),
    lateTag: z.string().min(1).optional(),
    compute: computeSchema,
    fn: functionText.optional(),
    aggregator: aggregatorTexts.optional(),
    windowFn: functionText.optional(),
    trigger: triggerSchema.optional(),
    triggerFn: triggerTexts.optional(),
    evictor: evictorSchema.optional(),
    evictorFn: evictorTexts.optional(),
  })
  .superRefine((config, issues) => {
    const takes = COMPUTE_FUNCTIONS[config.compute.type] ?? {}
    for (const name of ['fn', 'aggregator', 'windowFn'] as const) {
      const given = config[name] !== undefined
      if (takes[name] === 'required' && !given) {
        issues.addIssue({
          code: 'custom',
          path: [name],
          message: `a window that computes ${config.compute.type} needs ${name}`,
        })
      } else if (takes[name] === undefined && given) {
        issues.addIssue({
          code: 'custom',
          path: [name],
          message: `a window that computes ${config.compute.type} takes no ${name}`,
        })
      }
    }
    const { trigger, evictor } = config
    const isCustom = (trigger?.type === 'purging' ? trigger.of : trigger)?.type === 'custom'
    checkCode(issues, 'triggerFn', isCustom, config.triggerFn !== undefined, 'a custom trigger')
    const hasCode = evictor?.type === 'custom' || evictor?.type === 'delta'
    checkCode(issues, 'evictorFn', hasCode, config.evictorFn !== undefined, 'a custom or delta evictor')
    if (
      config.assigner.type === 'session' &&
      typeof config.triggerFn === 'object' &&
      config.triggerFn.onMerge === undefined
    ) {
      const message = 'sessions merge, so their trigger needs onMerge as well'
      issues.addIssue({ code: 'custom', path: ['triggerFn', 'onMerge'], message })
    }
    const neverLate = config.assigner.time === 'processing' ? 'processing-time' : 'global'
    if (config.assigner.time === 'event' && config.assigner.type !== 'global') return
    for (const name of ['allowedLatenessMs', 'lateTag'] as const) {
      if (config[name] === undefined) continue
      issues.addIssue({ code: 'custom', path: [name], message: `no record is late in a ${neverLate} window` })
    }
  })

function checkCode(issues: z.RefinementCtx, field: string, needed: boolean, given: boolean, what: string): void {
  if (needed === given) return
  const message = needed ? `${what} needs ${field}` : `only ${what} has ${field}`
  issues.addIssue({ code: 'custom', path: [field], message })
}

export const WINDOW_SPEC: OperatorSpec = {
  type: 'window',
  kind: 'transform',
  title: 'Window',
  help: 'Gathers the records of each key in windows, of time, activity or number, and emits a result per window.',
  inputs: 1,
  keyed: true,
  config: windowConfigSchema,
  functions: {
    fn: 'optional',
    aggregator: 'optional',
    windowFn: 'optional',
    triggerFn: 'optional',
    evictorFn: 'optional',
  },
}
