import { CONNECTOR_SPECS } from '@weir/connectors/specs'
import { specRegistry } from '@weir/engine/graph/operator-spec'
import { TRANSFORM_SPECS } from '@weir/engine/operators/operator-specs'

export { sdkModules } from './sdk-api.ts'

/** All types of operators that a job may use. */
export const sdkRegistry = specRegistry(TRANSFORM_SPECS, CONNECTOR_SPECS)
