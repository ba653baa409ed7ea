import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runLocally } from '@weir/local-runner/run-locally'
import type { NexmarkJobOptions } from '../job.ts'
import { jobText } from '../job-text.ts'

/** The process behind `runQueries`: its argument is a request, each line of its output `[query, row]`. */
export interface RunQueriesRequest {
  readonly queries: readonly string[]
  readonly options: NexmarkJobOptions
}

const { queries, options } = JSON.parse(process.argv[2] as string) as RunQueriesRequest
const data = join(import.meta.dirname, '../../data')
mkdirSync(data, { recursive: true })
// Inside the project, since a job imports files of its project alone.
const folder = mkdtempSync(join(data, 'nexmark-job-'))
try {
  // Not .ts: nobody checks the types of what stands here for a moment.
  const file = join(folder, 'job.js')
  writeFileSync(file, jobText('../../nexmark', queries, options))
  const lines: string[] = []
  await runLocally({
    file,
    workdir: folder,
    onRow: ({ operator, row }) => {
      lines.push(`${JSON.stringify([operator, row])}\n`)
    },
  })
  process.stdout.write(lines.join(''))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
