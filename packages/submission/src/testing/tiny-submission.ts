// Worker entry for tests: the submission worker with the tiny SDK.
import { fileURLToPath } from 'node:url'
import { bundleForSandbox } from '../sdk-bundle.ts'
import { serveSubmissions } from '../submission-service.ts'
import { tinyRegistry, tinySdk } from './tiny-sdk.ts'

const script = bundleForSandbox(fileURLToPath(new URL('./tiny-sandbox-entry.ts', import.meta.url)))
serveSubmissions(tinySdk, tinyRegistry, () => script)
