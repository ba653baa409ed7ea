import type { Command } from 'commander'
import type { JobMetrics, JobStatus } from '../client/api-bodies.ts'
import type { CliContext } from '../context.ts'
import { table } from '../output/table.ts'
import { ago, count, percent, statusText } from '../output/texts.ts'
import { jsonOption } from './options.ts'

export function addStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('show how a job is: its status, error, vertices and load')
    .argument('<id>', 'the job, as "weir list" names it')
    .addOption(jsonOption())
    .action(async (id: string, { json }: { json?: boolean }) => {
      const client = context.client()
      const status = await client.jobStatus(id)
      if (json) return context.printJson(status)
      for (const line of statusLines(status, await client.jobMetrics(id), context)) context.print(line)
    })
}

function statusLines(job: JobStatus, metrics: JobMetrics, context: CliContext): string[] {
  const colors = context.outColors
  const lines = [
    `${colors.bold(context.outText(job.name))}  ${job.job_id}  ${statusText(job.status, colors)}${job.restarting ? ' (restarting)' : ''}` +
      `${job.attempt > 1 ? `  attempt ${job.attempt}` : ''}`,
  ]
  if (job.reason !== null) lines.push(`  ${context.outText(job.reason)}`)
  if (job.error !== null) lines.push(...errorLines(job.error, context))
  if (job.vertices.length > 0) lines.push('', ...vertexTable(job, metrics, context))
  return lines
}

/** What failed a job, and where. */
export function errorLines(error: NonNullable<JobStatus['error']>, context: CliContext): string[] {
  const colors = context.outColors
  const subtask = error.subtask === null ? '' : `[${error.subtask}]`
  const where =
    error.operator === null ? '' : `${colors.cyan(context.outText(`operator ${error.operator}${subtask}`))}: `
  return [`  ${where}${context.outText(error.message)} ${colors.dim(`(${ago(error.at, Date.now())})`)}`]
}

function vertexTable(job: JobStatus, metrics: JobMetrics, context: CliContext): string[] {
  const rows = job.vertices.map(vertex => {
    const load = metrics.vertices.find(candidate => candidate.id === vertex.id)
    const taskManagers = [...new Set(vertex.subtasks.map(subtask => subtask.task_manager ?? '—'))]
    return [
      context.outText(vertex.name),
      String(vertex.parallelism),
      vertex.status,
      taskManagers.join(', '),
      count(load?.records_in ?? null),
      count(load?.records_out ?? null),
      count(load?.records_per_second ?? null),
      percent(load?.busy ?? null),
      percent(load?.backpressure ?? null),
    ]
  })
  const columns = [
    { title: 'VERTEX' },
    { title: 'PARALLELISM', align: 'right' },
    { title: 'STATUS' },
    { title: 'TASKMANAGERS' },
    { title: 'IN', align: 'right' },
    { title: 'OUT', align: 'right' },
    { title: 'PER SECOND', align: 'right' },
    { title: 'BUSY', align: 'right' },
    { title: 'BACKPRESSURE', align: 'right' },
  ] as const
  return table(columns, rows)
}
