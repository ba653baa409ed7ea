import type { JobGraph } from '@weir/engine/graph/job-graph'
import { type EvaluateRequest, evaluateBundle, type LoadedJob } from './evaluate-bundle.ts'
import type { Overrides } from './overrides.ts'
import { sdkModules } from './sdk-modules.ts'
import { writeBundle } from './write-bundle.ts'

export interface LoadRequest extends Overrides {
  /** `PreparedJob.bundle`. */
  readonly code: string
  readonly sourceMap: string
  /** `PreparedJob.graphHash`. */
  readonly graphHash: string
  /** `PreparedJob.graph`, when it is at hand: then an error says which operator differs. */
  readonly graph?: JobGraph
  /** Absolute folder that the bundle is written to. */
  readonly folder: string
  /** Another number for each evaluation in one thread. */
  readonly instance: number
}

/** Writes a bundle into a folder and evaluates it (see `evaluateBundle`). */
export async function loadJob(request: LoadRequest): Promise<LoadedJob & { readonly file: string }> {
  const { code, folder, name, parallelism, ...rest } = request
  const file = await writeBundle(code, folder)
  const overrides: Overrides = {
    ...(name === undefined ? {} : { name }),
    ...(parallelism === undefined ? {} : { parallelism }),
  }
  return { ...(await loadBundle({ ...rest, overrides, file })), file }
}

/** Evaluates a bundle that stands in a file already (see `evaluateBundle`), with the SDK of this process. */
export function loadBundle(request: EvaluateRequest): Promise<LoadedJob> {
  return evaluateBundle(request, sdkModules)
}
