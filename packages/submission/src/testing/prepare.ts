import { fileURLToPath } from 'node:url'
import { WeirError } from '@weir/engine/base/errors'
import { type PreparedJob, type PrepareRequest, prepareJob } from '../prepare-job.ts'
import { bundleForSandbox } from '../sdk-bundle.ts'
import { tinyRegistry, tinySdk } from './tiny-sdk.ts'

let script: Promise<string> | undefined

/** Prepares a job with the tiny SDK. */
export async function prepare(
  source: string,
  more: Partial<PrepareRequest> & { timeLimitMs?: number } = {},
): Promise<PreparedJob> {
  script ??= bundleForSandbox(fileURLToPath(new URL('./tiny-sandbox-entry.ts', import.meta.url)))
  const { timeLimitMs, ...request } = more
  return prepareJob(
    { source, fileName: 'job.ts', ...request },
    { registry: tinyRegistry, sdkExports: Object.keys(tinySdk.exports), sdkScript: await script, timeLimitMs },
  )
}

/** The error of a job that must be refused. */
export async function refusal(job: Promise<unknown>): Promise<WeirError> {
  const outcome = await job.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  if (outcome instanceof WeirError) return outcome
  throw new Error(`expected a WeirError, but: ${outcome instanceof Error ? outcome.stack : String(outcome)}`)
}

/** A good job, up to its export. */
export const GOOD = `import { StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('good')
env.numbers(3).map((x: number) => x * 2).print()
`
