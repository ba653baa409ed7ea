import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'

export const blackholeSpec: OperatorSpec = {
  type: 'blackhole',
  kind: 'sink',
  title: 'Black hole',
  help: 'Takes every record and drops it. For measuring what comes before it.',
  inputs: 1,
  keyed: false,
  config: z.strictObject({}),
  functions: {},
}
