import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { z } from 'zod'

export const printSpec: OperatorSpec = {
  type: 'print',
  kind: 'sink',
  title: 'Print',
  help: 'Prints every record as a line: label[subtask]> record.',
  inputs: 1,
  keyed: false,
  config: z.strictObject({ label: z.string().min(1).max(200).optional() }),
  functions: {},
}
