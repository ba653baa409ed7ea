import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'

export const collectionSpec: OperatorSpec = {
  type: 'collection',
  kind: 'source',
  title: 'Collection',
  help: 'Gives the values of a function, in their order, and ends. For examples and tests.',
  inputs: 0,
  keyed: false,
  parallelism: 1,
  config: z.strictObject({ values: z.string().min(1, 'a function that gives the values is needed') }),
  functions: { values: 'required' },
}
