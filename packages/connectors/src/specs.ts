import type { OperatorSpec } from '@weir/engine/graph/operator-spec'
import { blackholeSpec } from './blackhole/blackhole-spec.ts'
import { collectSpec } from './collect/collect-spec.ts'
import { collectionSpec } from './collection/collection-spec.ts'
import { customSinkSpec, customSourceSpec } from './custom/custom-spec.ts'
import { datagenSpec } from './datagen/datagen-spec.ts'
import { fileSinkSpec, fileSourceSpec } from './file/file-spec.ts'
import { printSpec } from './print/print-spec.ts'

/** The specs of all sources and sinks. */
export const CONNECTOR_SPECS: readonly OperatorSpec[] = [
  fileSourceSpec,
  datagenSpec,
  collectionSpec,
  customSourceSpec,
  fileSinkSpec,
  collectSpec,
  printSpec,
  blackholeSpec,
  customSinkSpec,
]
