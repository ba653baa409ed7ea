// Worker entry: runs esbuild and the sandbox away from the thread that answers requests and heartbeats.
import { sdkBundle } from './sdk-bundle.ts'
import { sdkModules, sdkRegistry } from './sdk-modules.ts'
import { serveSubmissions } from './submission-service.ts'

serveSubmissions(sdkModules, sdkRegistry, sdkBundle)
