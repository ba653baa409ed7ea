import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { jsonOption } from './options.ts'

export function addLogin(program: Command, context: CliContext): void {
  program
    .command('login')
    .description('print a link that logs one browser in, once')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const link = await context.client().createLoginLink()
      if (json) return context.printJson(link)
      context.print(link.url)
      context.note(`It works once, until ${new Date(link.expires_at).toLocaleTimeString()}.`)
    })
}
