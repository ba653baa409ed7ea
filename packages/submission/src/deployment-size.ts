import { WeirError } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { MAX_DEPLOYMENT_BYTES } from './limits.ts'

/** What every slot's TaskManager is sent of a job. */
export interface Deployment {
  readonly graph: JobGraph
  readonly bundle: string
  readonly sourceMap: string
}

/** Throws JOB_TOO_LARGE for a job that could be stored, but not sent to the TaskManagers that have to run it. */
export function checkDeploymentSize({ graph, bundle, sourceMap }: Deployment, fileName: string): void {
  const parts = {
    graph: Buffer.byteLength(JSON.stringify(graph)),
    bundle: Buffer.byteLength(bundle),
    'source map': Buffer.byteLength(sourceMap),
  }
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)
  if (total <= MAX_DEPLOYMENT_BYTES) return
  const listed = Object.entries(parts).map(([name, bytes]) => `${name} ${mebibytes(bytes)}`)
  throw new WeirError(
    'JOB_TOO_LARGE',
    `what TaskManagers are sent of ${fileName} takes ${mebibytes(total)} MiB in UTF-8 (${listed.join(', ')}), above the limit of ${MAX_DEPLOYMENT_BYTES / 1024 / 1024} MiB; put data into files that a source reads, and import less`,
  )
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}
