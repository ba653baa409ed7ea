import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'

export const collectSpec: OperatorSpec = {
  type: 'collect',
  kind: 'sink',
  title: 'Collect',
  help: 'Shows the records: in the browser, or in the answer of a local run.',
  inputs: 1,
  keyed: false,
  config: z.strictObject({}),
  functions: {},
}
