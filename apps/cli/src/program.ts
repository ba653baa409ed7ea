import { Command } from 'commander'
import { addCancel } from './commands/cancel.ts'
import { addDeploy } from './commands/deploy.ts'
import { addDev } from './commands/dev.ts'
import { addInit } from './commands/init.ts'
import { addList } from './commands/list.ts'
import { addLogin } from './commands/login.ts'
import { addLogs } from './commands/logs.ts'
import { addRows } from './commands/rows.ts'
import { addRun } from './commands/run.ts'
import { addStatus } from './commands/status.ts'
import { addToken } from './commands/token.ts'
import { addValidate } from './commands/validate.ts'
import type { CliContext } from './context.ts'

const EPILOGUE = `
The cluster is found by WEIR_URL (default http://127.0.0.1:8081) and WEIR_TOKEN (default: the token of the local cluster).
Exit codes: 0 good, 1 the job or the request failed, 2 usage, 3 no cluster answers, 4 not allowed.`

/** The whole command line. Parse errors are thrown as CommanderError, after they have been printed. */
export function buildProgram(context: CliContext, version: string): Command {
  const program = new Command('weir')
    .description('Stream processing in TypeScript.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(--help shows how it is used)')
    .addHelpText('after', EPILOGUE)
    // Commands take this over when they are added, so it stands before them.
    .exitOverride()
    .configureOutput({
      writeOut: text => context.stdout.write(text),
      writeErr: text => context.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, context.errColors.red('error:'))),
    })
  addInit(program, context)
  addRun(program, context)
  addDev(program, context)
  addValidate(program, context)
  addDeploy(program, context)
  addList(program, context)
  addStatus(program, context)
  addLogs(program, context)
  addRows(program, context)
  addCancel(program, context)
  addLogin(program, context)
  addToken(program, context)
  return program
}
