import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { table } from '../output/table.ts'
import { ago, statusText } from '../output/texts.ts'
import { jsonOption } from './options.ts'

export function addList(program: Command, context: CliContext): void {
  program
    .command('list')
    .description('list the jobs of the cluster, newest first')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const jobs = await context.client().listJobs()
      if (json) return context.printJson(jobs)
      if (jobs.length === 0) return context.note(`no jobs yet: submit one with "${context.weir} deploy job.ts"`)
      const now = Date.now()
      const rows = jobs.map(job => [
        job.job_id,
        context.outText(job.name),
        statusText(job.status, context.outColors),
        String(job.parallelism),
        ago(job.submitted_at, now),
        ago(job.finished_at, now),
        String(job.restarts),
      ])
      const columns = [
        { title: 'JOB' },
        { title: 'NAME' },
        { title: 'STATUS' },
        { title: 'PARALLELISM', align: 'right' },
        { title: 'SUBMITTED' },
        { title: 'ENDED' },
        { title: 'RESTARTS', align: 'right' },
      ] as const
      for (const line of table(columns, rows)) context.print(line)
    })
}
