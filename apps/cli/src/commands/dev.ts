import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { readJobFile } from '../job-file/read-job-file.ts'
import { FileWatch } from '../local/file-watch.ts'
import { type RunOptions, runOnce } from '../local/run-once.ts'
import { filesOf } from '../local/watched-files.ts'
import { reportError } from '../output/print-error.ts'
import { jsonOption, parallelismOption } from './options.ts'

export function addDev(program: Command, context: CliContext): void {
  program
    .command('dev')
    .description('run a job in this process, and again on every change of its files, until Ctrl-C')
    .argument('<job>', 'a .ts, .js or .json file')
    .addOption(parallelismOption())
    .addOption(jsonOption())
    .action((path: string, options: RunOptions) => runOnEveryChange(path, options, context))
}

async function runOnEveryChange(path: string, options: RunOptions, context: CliContext): Promise<void> {
  // A file that is not there at the start is a mistake; one that vanishes later is an editor at work.
  readJobFile(path)
  const { sdkModules } = await import('@weir/submission/sdk-modules')
  const sdkExports = Object.keys(sdkModules.exports)
  let changed = Promise.withResolvers<void>()
  let running = new AbortController()
  const watch = new FileWatch(() => {
    running.abort()
    changed.resolve()
  })
  const stop = (): void => {
    running.abort()
    changed.resolve()
  }
  context.interrupted.addEventListener('abort', stop)
  try {
    while (!context.interrupted.aborted) {
      changed = Promise.withResolvers()
      running = new AbortController()
      try {
        const file = readJobFile(path)
        // First the files, then the run: a change during the run must not be missed.
        watch.watch(await filesOf(file, sdkExports))
        const end = await runOnce(file, options, context, running.signal)
        if (end === 'FINISHED') context.note(context.errColors.dim('It runs again when its files change; Ctrl-C ends.'))
      } catch (error) {
        reportError(error, context, options.json === true)
        context.note(context.errColors.dim('It runs again when its files change.'))
      }
      await changed.promise
      if (!context.interrupted.aborted) context.note(context.errColors.cyan(`— ${path} changed —`))
    }
  } finally {
    context.interrupted.removeEventListener('abort', stop)
    watch.close()
  }
}
