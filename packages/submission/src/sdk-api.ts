import { compile } from '@weir/engine/api/compile'
import { StreamExecutionEnvironment } from '@weir/engine/api/stream-environment'
import { assert } from '@weir/engine/base/assert'
import * as sdk from '@weir/sdk'
import type { SdkModules } from './job-export.ts'

/** The SDK of this process, or of the sandbox: both load this file, which therefore holds nothing that validates. */
export const sdkModules: SdkModules = {
  exports: sdk,
  isEnvironment: value => value instanceof StreamExecutionEnvironment,
  compile(environment) {
    assert(environment instanceof StreamExecutionEnvironment, 'only an environment can be compiled')
    return { ...compile(environment), operators: environment.nodes }
  },
}
