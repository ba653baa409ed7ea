import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NexmarkJobOptions } from '../job.ts'
import type { RunQueriesRequest } from './run-queries-main.ts'

/**
 * Runs queries in one job by the local runner. Gives what their sinks published, by query, in the order in which it came.
 * In a process of its own: the test runner rewrites modules that are loaded beneath it, and a job checks that its are not.
 */
export async function runQueries(
  queries: readonly string[],
  options: NexmarkJobOptions,
): Promise<ReadonlyMap<string, unknown[]>> {
  const request: RunQueriesRequest = { queries, options }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'run-queries-main.ts'), JSON.stringify(request)],
    { maxBuffer: 512 * 1024 * 1024 },
  )
  const rows = new Map<string, unknown[]>(queries.map(query => [query, []]))
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('["q')) continue
    const [query, row] = JSON.parse(line) as [string, unknown]
    rows.get(query)?.push(row)
  }
  return rows
}
