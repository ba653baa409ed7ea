import { z } from 'zod'
import type { OperatorSpec } from '../graph/operator-spec.ts'
import { TWO_INPUT_SPECS } from './two-input-specs.ts'
import { WINDOW_SPEC } from './window-specs.ts'

/** The specs of all transforms. In the graph a function is its source text. */

const functionText = z.string().min(1, 'a function is needed')
const fieldName = z.string().min(1, 'the name of a field is needed')
const aggregatorTexts = z.strictObject({
  createAccumulator: functionText,
  add: functionText,
  getResult: functionText,
  merge: functionText,
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
    'statefulMap',
    true,
    'Stateful map',
    'Turns each record and its key’s state into any number of records and a new state.',
    withFunction,
    FN,
  ),
  WINDOW_SPEC,
  transform(
    'timestamps',
    false,
    'Timestamps and watermarks',
    'Gives records their event time and makes watermarks in the middle of a stream.',
    z.strictObject({}),
  ),
  ...TWO_INPUT_SPECS,
]
