import type { OfferedNames } from './import-completions.ts'

/** Methods that are there for tools and for tests of a job: whoever writes one finds nothing in them. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['getJobGraph'])

/** What TypeScript offers behind a dot, without what jobs have no use for; it compiles all the same. */
export function forJobs<O extends OfferedNames>(offered: O | undefined): O | undefined {
  if (offered === undefined || !offered.isMemberCompletion) return offered
  return { ...offered, entries: offered.entries.filter(({ name }) => !NOT_OFFERED.has(name)) }
}
