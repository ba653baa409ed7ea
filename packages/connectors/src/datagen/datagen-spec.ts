import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'

const range = (kind: z.ZodNumber) =>
  z.tuple([kind, kind]).refine(([min, max]) => min <= max, 'the first bound must not be above the second')

/** How the values of one field are made. */
const fieldSchema = z.union(
  [
    z.enum(['sequence', 'uuid', 'timestamp']),
    z.strictObject({ int: range(z.int()) }),
    z.strictObject({ float: range(z.number()) }),
    z.strictObject({ oneOf: z.array(z.json()).min(1, 'needs at least one value') }),
    z.strictObject({ text: range(z.int().min(0).max(10_000)) }),
  ],
  'must be "sequence", "uuid", "timestamp", { int: [min, max] }, { float: [min, max] }, { oneOf: [...] } or { text: [min, max] }',
)

export const datagenConfigSchema = z
  .strictObject({
    rowsPerSecond: z.number().gt(0, 'must be above 0').max(1e9).optional(),
    count: z.int('must be a whole number').min(0, 'must be at least 0').optional(),
    seed: z.int('must be a whole number').optional(),
    fields: z.record(z.string(), fieldSchema).optional(),
    generator: z.string().min(1).optional(),
  })
  .refine(({ fields, generator }) => (fields === undefined) !== (generator === undefined), {
    message: 'needs either fields or a generator',
    path: ['fields'],
  })

export type DatagenConfig = z.infer<typeof datagenConfigSchema>

export const datagenSpec: OperatorSpec = {
  type: 'datagen',
  kind: 'source',
  title: 'Data generator',
  help: 'Makes records: endless without a count, as fast as it goes without rows per second. Equal seeds give equal records.',
  inputs: 0,
  keyed: false,
  config: datagenConfigSchema,
  functions: { generator: 'optional' },
}
