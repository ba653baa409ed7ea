import type { TestCluster } from '../../e2e/support/cluster.ts'
import { arrived } from '../support/arrived.ts'

/** Rows of a job's state that were read from disk, and written there or removed, by all of its operators. */
export interface StateDisk {
  readonly reads: number
  readonly writes: number
}

/** Of a job that has just ended: TaskManagers show its last figures for a minute. */
export async function stateDiskOf(cluster: TestCluster, jobId: string): Promise<StateDisk> {
  const ports = Array.from(
    { length: Number(cluster.env.TASK_MANAGERS) },
    (_, i) => Number(cluster.env.METRICS_PORT) + i,
  )
  const found = await arrived(
    async () => {
      const pages = ports.map(async port => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
      return stateDiskIn((await Promise.all(pages)).join('\n'), jobId)
    },
    disk => disk !== undefined,
  )
  return found as StateDisk
}

/** What is told in the text format of Prometheus; undefined where that says nothing of the job. */
export function stateDiskIn(text: string, jobId: string): StateDisk | undefined {
  const lines = text.split('\n').filter(line => line.includes(`job="${jobId}"`))
  const sum = (metric: string): number =>
    lines
      .filter(line => line.startsWith(`${metric}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  // Every operator has it, while those that never had to do with the disk have no counters of it.
  if (!lines.some(line => line.startsWith('state_size_bytes{'))) return undefined
  return { reads: sum('state_disk_reads_total'), writes: sum('state_disk_writes_total') }
}
