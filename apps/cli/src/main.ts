/** The command `weir`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '@weir/process/project-folder'
import { CliContext } from './context.ts'
import { EXIT } from './exit-codes.ts'
import { reportError } from './output/print-error.ts'
import { buildProgram } from './program.ts'

const interrupted = new AbortController()

const context = new CliContext({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  interrupted: interrupted.signal,
})

// The first Ctrl-C stops what runs, the second ends the process as it is.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted)
    interrupted.abort()
  })
}

// `weir list | head -1`: nobody reads on, so nothing is left to do, and nothing went wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  interrupted.abort()
  process.exit(EXIT.good)
})

async function main(arguments_: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(projectFolder(), 'package.json'), 'utf8')) as { version: string }
  const program = buildProgram(context, version)
  try {
    if (arguments_.length === 0) program.help({ error: true })
    await program.parseAsync(arguments_, { from: 'user' })
    return EXIT.good
  } catch (thrown) {
    return reportError(thrown, context, arguments_.includes('--json'))
  }
}

const exitCode = await main(process.argv.slice(2))
// Pooled connections and a worker may keep the process for a while yet; all that it had to say is out when this is.
process.stdout.write('', () => {
  if (context.hasUnstoppableThread) process.kill(process.pid, 'SIGKILL')
  process.exit(exitCode)
})
