// No thread of its own: the first script of every sandbox (see sdk-bundle.ts, also for the reason of this file's name).
import { installInSandbox } from './sandbox-guest.ts'
import { sdkModules } from './sdk-api.ts'

installInSandbox(sdkModules)
