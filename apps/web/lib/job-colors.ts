/** The colours of jobs that share one picture (`--job-a` … `--job-e`); each always stands beside its job's name. */
export type JobColor = 'a' | 'b' | 'c' | 'd' | 'e'

const COLORS: readonly JobColor[] = ['a', 'b', 'c', 'd', 'e']

/**
 * A colour for each job that holds slots, in the order of submission, so that a job keeps its colour while older ones
 * run. More jobs than colours share them.
 */
export function jobColors(
  slots: Iterable<string | null>,
  submittedAt: (jobId: string) => number,
): ReadonlyMap<string, JobColor> {
  const ids = [...new Set([...slots].filter(jobId => jobId !== null))]
  ids.sort((a, b) => submittedAt(a) - submittedAt(b) || a.localeCompare(b))
  return new Map(ids.map((jobId, index) => [jobId, COLORS[index % COLORS.length]!]))
}
