import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { InterruptedError } from '../exit-codes.ts'
import { readJobFile } from '../job-file/read-job-file.ts'
import { type RunOptions, runOnce } from '../local/run-once.ts'
import { jsonOption, parallelismOption } from './options.ts'

export function addRun(program: Command, context: CliContext): void {
  program
    .command('run')
    .description('run a job in this process until its input ends, or Ctrl-C; needs no cluster')
    .argument('<job>', 'a .ts, .js or .json file')
    .addOption(parallelismOption())
    .addOption(jsonOption())
    .action(async (path: string, options: RunOptions) => {
      const file = readJobFile(path)
      const end = await runOnce(file, options, context, context.interrupted)
      // For people, the end of the run has been told already.
      if (end === 'CANCELED') throw new InterruptedError(`${path} was stopped`, { isTold: options.json !== true })
    })
}
