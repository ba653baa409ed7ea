import type { NexmarkJobOptions } from './job.ts'

/** Source text of a job that runs these queries. `from`: the way to this folder from where the text stands. */
export function jobText(from: string, queries: readonly string[], options: NexmarkJobOptions): string {
  return [
    `import { nexmarkJob } from '${from}/job.ts'`,
    ...queries.map(query => `import { ${query} } from '${from}/queries/${query}.ts'`),
    `export default nexmarkJob(${[JSON.stringify(options), ...queries].join(', ')})`,
    '',
  ].join('\n')
}
