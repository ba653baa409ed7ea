import { z } from 'zod'
import type { OperatorSpec } from '../graph/operator-spec.ts'
import { assignerSchema, triggerSchema, triggerTexts } from './window-specs.ts'

/** The specs of operators with two inputs, and of asyncMap. In the graph a function is its source text. */

const functionText = z.string().min(1, 'a function is needed')
const twoFunctions = z.strictObject({ fn1: functionText, fn2: functionText })
const FN = { fn: 'required' } as const
const TWO_FNS = { fn1: 'required', fn2: 'required' } as const

const broadcastSchema = z.strictObject({
  fn: functionText,
  /** The states that records of the broadcast stream write and the others read. */
  states: z
    .array(z.strictObject({ name: z.string().min(1, 'the name of a state is needed') }))
    .min(1, 'at least one broadcast state is needed'),
})

function twoInputs(
  type: string,
  keyed: boolean,
  title: string,
  help: string,
  config: z.ZodType,
  functions: OperatorSpec['functions'],
  more: Pick<OperatorSpec, 'broadcastInput'> = {},
): OperatorSpec {
  return { type, kind: 'transform', title, help, inputs: 2, keyed, config, functions, ...more }
}

const boundMs = z.number('a bound is a number of ms').min(-1e15).max(1e15)
const tag = z.string().min(1, 'the name of a side output is needed')

const intervalJoinSchema = z
  .strictObject({
    fn: functionText,
    /** A right record joins a left one when its time is from left + lowerMs to left + upperMs. */
    lowerMs: boundMs,
    upperMs: boundMs,
    lowerExclusive: z.boolean().optional(),
    upperExclusive: z.boolean().optional(),
    leftLateTag: tag.optional(),
    rightLateTag: tag.optional(),
  })
  .superRefine(({ lowerMs, upperMs, lowerExclusive, upperExclusive }, issues) => {
    if (lowerMs > upperMs) {
      issues.addIssue({ code: 'custom', path: ['lowerMs'], message: 'must not be above upperMs' })
    } else if (lowerMs === upperMs && (lowerExclusive || upperExclusive)) {
      issues.addIssue({
        code: 'custom',
        path: ['lowerMs'],
        message: 'an interval of one moment cannot exclude its bound',
      })
    }
  })

const windowJoinSchema = z
  .strictObject({
    fn: functionText,
    assigner: assignerSchema,
    trigger: triggerSchema.optional(),
    triggerFn: triggerTexts.optional(),
    allowedLatenessMs: z.number().min(0).max(1e15).optional(),
    lateTag: tag.optional(),
  })
  .superRefine(({ assigner, trigger, triggerFn, allowedLatenessMs, lateTag }, issues) => {
    if (assigner.type === 'global' && trigger === undefined) {
      issues.addIssue({
        code: 'custom',
        path: ['trigger'],
        message: 'a global window never ends, so it needs a trigger',
      })
    }
    const isCustom = (trigger?.type === 'purging' ? trigger.of : trigger)?.type === 'custom'
    if (isCustom !== (triggerFn !== undefined)) {
      const message = isCustom ? 'a custom trigger needs triggerFn' : 'triggerFn needs a custom trigger'
      issues.addIssue({ code: 'custom', path: ['triggerFn'], message })
    }
    if (assigner.time === 'event' && assigner.type !== 'global') return
    const neverLate = assigner.time === 'processing' ? 'processing-time' : 'global'
    for (const [name, value] of Object.entries({ allowedLatenessMs, lateTag })) {
      if (value === undefined) continue
      issues.addIssue({ code: 'custom', path: [name], message: `no record is late in a ${neverLate} window` })
    }
  })

const asyncMapSchema = z.strictObject({
  fn: functionText,
  /** So many records at most wait for their answers or for their turn to go on. */
  capacity: z.int('must be a whole number').min(1, 'must be at least 1').max(1_000_000).optional(),
  /** For each attempt. */
  timeoutMs: z
    .number()
    .min(1, 'must be at least 1 ms')
    .max(2 ** 31 - 1)
    .optional(),
  ordered: z.boolean().optional(),
  retries: z
    .strictObject({
      /** How often a call is tried again after it failed. */
      attempts: z.int('must be a whole number').min(0).max(1_000),
      delayMs: z
        .number()
        .min(0)
        .max(2 ** 31 - 1)
        .optional(),
      factor: z.number().min(1, 'must be at least 1').max(100).optional(),
      maxDelayMs: z
        .number()
        .min(0)
        .max(2 ** 31 - 1)
        .optional(),
    })
    .optional(),
})

export const TWO_INPUT_SPECS: readonly OperatorSpec[] = [
  {
    type: 'asyncMap',
    kind: 'transform',
    title: 'Async map',
    help: 'Turns each record into another by a function that answers later, with many calls under way at once.',
    inputs: 1,
    keyed: false,
    config: asyncMapSchema,
    functions: FN,
  },
  twoInputs(
    'coMap',
    false,
    'Map of two streams',
    'Turns each record of two streams into another, with a function for each stream.',
    twoFunctions,
    TWO_FNS,
  ),
  twoInputs(
    'coFlatMap',
    false,
    'Flat map of two streams',
    'Turns each record of two streams into any number of others, with a function for each stream.',
    twoFunctions,
    TWO_FNS,
  ),
  twoInputs(
    'coProcess',
    false,
    'Process two streams',
    'Handles the records of two streams one at a time, also with side outputs.',
    z.strictObject({ fn: functionText }),
    FN,
  ),
  twoInputs(
    'keyedCoProcess',
    true,
    'Keyed process of two streams',
    'Handles the records of two streams with state and timers per key, which both streams share.',
    z.strictObject({ fn: functionText }),
    FN,
  ),
  twoInputs(
    'broadcastProcess',
    false,
    'Process with broadcast state',
    'Handles records by the help of state that a second stream, which every subtask gets, keeps up to date.',
    broadcastSchema,
    FN,
    { broadcastInput: 1 },
  ),
  twoInputs(
    'keyedBroadcastProcess',
    true,
    'Keyed process with broadcast state',
    'Handles records with state and timers per key, and with state that a second stream keeps up to date in every subtask.',
    broadcastSchema,
    FN,
    { broadcastInput: 1 },
  ),
  twoInputs(
    'intervalJoin',
    true,
    'Interval join',
    'Pairs the records of each key of two streams whose times are no further apart than the bounds say.',
    intervalJoinSchema,
    FN,
  ),
  twoInputs(
    'windowJoin',
    true,
    'Window join',
    'Pairs the records of each key of two streams that fell into the same window.',
    windowJoinSchema,
    { fn: 'required', triggerFn: 'optional' },
  ),
  twoInputs(
    'coGroup',
    true,
    'Co-group',
    'Gathers the records of each key of two streams in windows, and hands both lists to a function when one fires.',
    windowJoinSchema,
    { fn: 'required', triggerFn: 'optional' },
  ),
]
