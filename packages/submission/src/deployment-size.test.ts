import { WeirError } from '@weir/engine/base/errors'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { expect, it } from 'vitest'
import { checkDeploymentSize } from './deployment-size.ts'
import { MAX_DEPLOYMENT_BYTES } from './limits.ts'

const graph = jobGraphSchema.parse({ name: 'j', nodes: [{ uid: 'a', type: 'map', name: 'a' }], edges: [] })
const graphBytes = JSON.stringify(graph).length

function refusal(bundle: string, sourceMap: string): WeirError | undefined {
  try {
    checkDeploymentSize({ graph, bundle, sourceMap }, 'job.ts')
    return undefined
  } catch (error) {
    if (error instanceof WeirError) return error
    throw error
  }
}

it('takes a job that is exactly as large as may be', () => {
  const bundle = 'x'.repeat(1000)
  expect(refusal(bundle, 'm'.repeat(MAX_DEPLOYMENT_BYTES - bundle.length - graphBytes))).toBeUndefined()
})

it('refuses one byte more, and says how large each part is', () => {
  const error = refusal('x'.repeat(1000), 'm'.repeat(MAX_DEPLOYMENT_BYTES - 999 - graphBytes))
  expect(error?.code).toBe('JOB_TOO_LARGE')
  expect(error?.message).toBe(
    'what TaskManagers are sent of job.ts takes 96.0 MiB in UTF-8 (graph 0.0, bundle 0.0, source map 96.0), above the limit of 96 MiB; put data into files that a source reads, and import less',
  )
})

it('counts bytes, not characters', () => {
  const wide = '\u4e2d'.repeat(16 * 1024 * 1024)
  expect(refusal(wide, '')).toBeUndefined()
  expect(refusal(wide, wide.slice(graphBytes))).toBeUndefined()
  const over = refusal(wide, `${wide}x`)
  expect(over?.message).toMatch(/takes 96\.0 MiB in UTF-8 \(graph 0\.0, bundle 48\.0, source map 48\.0\)/)
})
