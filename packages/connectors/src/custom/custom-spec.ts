import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'

const functionText = z.string().min(1, 'a function is needed')

export const customSourceConfigSchema = z.strictObject({
  splits: z.int('must be a whole number').min(1, 'must be at least 1').max(1_000_000).optional(),
  bounded: z.boolean().optional(),
  open: functionText,
})

export type CustomSourceConfig = z.infer<typeof customSourceConfigSchema>

export const customSourceSpec: OperatorSpec = {
  type: 'customSource',
  kind: 'source',
  title: 'Custom source',
  help: 'Reads with a reader that the job brings itself. The input is divided into numbered splits.',
  inputs: 0,
  keyed: false,
  config: customSourceConfigSchema,
  functions: { open: 'required' },
}

export const customSinkSpec: OperatorSpec = {
  type: 'customSink',
  kind: 'sink',
  title: 'Custom sink',
  help: 'Writes with a writer that the job brings itself.',
  inputs: 1,
  keyed: false,
  config: z.strictObject({ open: functionText }),
  functions: { open: 'required' },
}
