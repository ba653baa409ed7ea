import { installInSandbox } from '../sandbox-guest.ts'
import { tinySdk } from './tiny-sdk.ts'

installInSandbox(tinySdk)
