import type { Command } from 'commander'
import { ENDED } from '../client/api-bodies.ts'
import type { CliContext } from '../context.ts'
import { jsonOption } from './options.ts'

export function addCancel(program: Command, context: CliContext): void {
  program
    .command('cancel')
    .description('cancel a job; what it has not written yet is lost')
    .argument('<id>', 'the job, as "weir list" names it')
    .addOption(jsonOption())
    .action(async (id: string, { json }: { json?: boolean }) => {
      const answer = await context.client().cancel(id)
      if (json) return context.printJson(answer)
      const ended = ENDED.includes(answer.status) ? ': it had ended before' : ''
      context.print(`${answer.job_id} ${answer.status}${ended}`)
    })
}
