import { CONNECTOR_SPECS } from '@weir/connectors/specs'
import { compile } from '@weir/engine/api/compile'
import { StreamExecutionEnvironment } from '@weir/engine/api/stream-environment'
import { type SpecRegistry, specRegistry } from '@weir/engine/graph/operator-spec'
import { TRANSFORM_SPECS } from '@weir/engine/operators/operator-specs'
import * as sdk from '@weir/sdk'
import type { SdkModules } from './job-export.ts'

/** The SDK that jobs import, and the compiler behind it. */
export const sdkModules: SdkModules = {
  exports: sdk,
  isEnvironment: value => value instanceof StreamExecutionEnvironment,
  compile: environment => compile(environment as StreamExecutionEnvironment),
}

/** Every operator and connector that a job may use. */
export const sdkRegistry: SpecRegistry = specRegistry(TRANSFORM_SPECS, CONNECTOR_SPECS)
