import type { Command } from 'commander'
import type { JobRow } from '../client/api-bodies.ts'
import type { CliContext } from '../context.ts'
import { rowText } from '../output/line-writer.ts'
import { jsonOption } from './options.ts'

export function addRows(program: Command, context: CliContext): void {
  program
    .command('rows')
    .description('show the latest rows of its print and collect sinks')
    .argument('<id>', 'the job, as "weir list" names it')
    .option('--operator <uid>', 'only of this sink')
    .addOption(jsonOption())
    .action(async (id: string, { operator, json }: { operator?: string; json?: boolean }) => {
      const rows = await context.client().jobRows(id, operator)
      if (json) return context.printJson(rows)
      for (const row of rows) context.print(rowLine(row, context))
      if (rows.length === 0) context.note('no rows yet: they come from print and collect sinks alone')
    })
}

/** A print sink gives a text that says where it is from; any other row gets that put before it. */
function rowLine({ operator, subtask, row }: JobRow, context: CliContext): string {
  if (typeof row === 'string') return context.outText(row)
  return `${context.outColors.dim(context.outText(`${operator}[${subtask}]`))} ${context.outText(rowText(row))}`
}
