import { z } from 'zod'
import type { OperatorSpec } from '../graph/operator-spec.ts'

/** The specs of all transforms. In the graph a function is its source text. */

const functionText = z.string().min(1, 'a function is needed')
const fieldName = z.string().min(1, 'the name of a field is needed')
const aggregatorTexts = z.strictObject({
  createAccumulator: functionText,
  add: functionText,
  getResult: functionText,
  merge: functionText,
})
const durationMs = z.number().min(0).max(1e15)

const tumblingSchema = z
  .strictObject({
    type: z.literal('tumbling'),
    sizeMs: z.int('must be a whole number of ms').min(1, 'must be at least 1 ms').max(1e15),
    /** Windows start at offset + n × size. */
    offsetMs: z.int('must be a whole number of ms').optional(),
    time: z.enum(['event', 'processing']),
  })
  .refine(({ sizeMs, offsetMs = 0 }) => Math.abs(offsetMs) < sizeMs, {
    message: 'the offset must be smaller than the size of the window',
    path: ['offsetMs'],
  })

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

/** Which function fields go with which computation: needed, allowed (null), or neither. */
const COMPUTE_FUNCTIONS: Readonly<Record<string, Readonly<Record<string, 'required' | 'optional'>>>> = {
  reduce: { fn: 'required', windowFn: 'optional' },
  aggregate: { aggregator: 'required', windowFn: 'optional' },
  process: { windowFn: 'required' },
}

export const windowConfigSchema = z
  .strictObject({
    assigner: tumblingSchema,
    allowedLatenessMs: durationMs.optional(),
    lateTag: z.string().min(1).optional(),
    compute: computeSchema,
    fn: functionText.optional(),
    aggregator: aggregatorTexts.optional(),
    windowFn: functionText.optional(),
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
    if (config.assigner.time === 'processing') {
      for (const name of ['allowedLatenessMs', 'lateTag'] as const) {
        if (config[name] === undefined) continue
        issues.addIssue({ code: 'custom', path: [name], message: 'no record is late in a processing-time window' })
      }
    }
  })

const withFunction = z.strictObject({ fn: functionText })
const withField = z.strictObject({ field: fieldName })
const FN = { fn: 'required' } as const

function transform(
  type: string,
  keyed: boolean,
  title: string,
  help: string,
  config: z.ZodType,
  functions: OperatorSpec['functions'] = {},
): OperatorSpec {
  return { type, kind: 'transform', title, help, inputs: 1, keyed, config, functions }
}

export const TRANSFORM_SPECS: readonly OperatorSpec[] = [
  transform('map', false, 'Map', 'Turns each record into another.', withFunction, FN),
  transform('filter', false, 'Filter', 'Keeps the records for which the function says true.', withFunction, FN),
  transform('flatMap', false, 'Flat map', 'Turns each record into any number of others.', withFunction, FN),
  transform(
    'reduce',
    true,
    'Reduce',
    'Joins the records of each key into one, and emits it after every record.',
    withFunction,
    FN,
  ),
  transform(
    'sum',
    true,
    'Sum',
    'Adds up a field per key. Emits the key’s first record with the sum in that field.',
    withField,
  ),
  transform('count', true, 'Count', 'Counts the records per key. Emits { key, count }.', z.strictObject({})),
  transform('avg', true, 'Average', 'Averages a field per key. Emits { key, avg }.', withField),
  transform('min', true, 'Minimum', 'Emits the key’s first record with the lowest value of a field so far.', withField),
  transform(
    'max',
    true,
    'Maximum',
    'Emits the key’s first record with the highest value of a field so far.',
    withField,
  ),
  transform(
    'aggregate',
    true,
    'Aggregate',
    'Folds the records of each key into an accumulator, and emits its result after every record.',
    z.strictObject({ aggregator: aggregatorTexts }),
    { aggregator: 'required' },
  ),
  transform(
    'process',
    false,
    'Process',
    'Handles one record at a time: emits any number of records, also to side outputs.',
    withFunction,
    FN,
  ),
  transform(
    'keyedProcess',
    true,
    'Keyed process',
    'Handles one record at a time with state and timers per key.',
    withFunction,
    FN,
  ),
  transform(
    'window',
    true,
    'Window',
    'Gathers the records of each key in windows of time and emits a result per window.',
    windowConfigSchema,
    { fn: 'optional', aggregator: 'optional', windowFn: 'optional' },
  ),
  transform(
    'timestamps',
    false,
    'Timestamps and watermarks',
    'Gives records their event time and makes watermarks in the middle of a stream.',
    z.strictObject({}),
  ),
]
