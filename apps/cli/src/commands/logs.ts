import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { ENDED, type LogTail } from '../client/api-bodies.ts'
import type { CliContext } from '../context.ts'
import { InterruptedError } from '../exit-codes.ts'
import { type LogLine, LogLines } from '../output/log-lines.ts'
import { jsonOption, wholeNumber } from './options.ts'

const FOLLOW_INTERVAL_MS = 500
/** How long a job that has ended may still be writing lines. */
const LAST_LINES_MS = 2_000

interface LogOptions {
  readonly follow?: boolean
  readonly lines: number
  readonly operator?: string
  readonly subtask?: number
  readonly json?: boolean
}

export function addLogs(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('show what a job and its functions have logged')
    .argument('<id>', 'the job, as "weir list" names it')
    .option('-f, --follow', 'go on until the job has ended, or Ctrl-C')
    .addOption(new Option('--lines <n>', 'how many lines to begin with').default(200).argParser(wholeNumber(1, 2000)))
    .option('--operator <name>', 'only of this operator')
    .addOption(new Option('--subtask <n>', 'only of this subtask').argParser(wholeNumber(0, 32_767)))
    .addOption(jsonOption())
    .action(async (id: string, options: LogOptions) => {
      const client = context.client()
      const filter = { operator: options.operator, subtask: options.subtask }
      const lines = new LogLines()
      const show = (tail: LogTail): void => {
        for (const line of tail.lines) {
          if (options.json) {
            context.printJson(line)
            continue
          }
          const message = lines.message(line)
          if (message !== null) context.print(logLine(line, message, context))
        }
      }
      let tail = await client.jobLogs(id, { ...filter, limit: options.lines })
      show(tail)
      if (options.follow !== true) return
      let endedAtMs: number | null = null
      try {
        for (;;) {
          await sleep(FOLLOW_INTERVAL_MS)
          tail = await client.jobLogs(id, { ...filter, limit: 2000, after: tail.cursor })
          show(tail)
          if (endedAtMs !== null && tail.lines.length === 0 && performance.now() - endedAtMs >= LAST_LINES_MS) return
          if (endedAtMs === null && ENDED.includes((await client.jobStatus(id)).status)) endedAtMs = performance.now()
        }
      } catch (error) {
        // Ctrl-C is how following a log ends.
        if (!(error instanceof InterruptedError)) throw error
      }
    })
}

function logLine(line: LogLine, message: string, context: CliContext): string {
  const colors = context.outColors
  const level = line.level.toUpperCase().padEnd(5)
  const shownLevel =
    line.level === 'error' || line.level === 'fatal'
      ? colors.red(level)
      : line.level === 'warn'
        ? colors.yellow(level)
        : level
  const subtask = line.subtask === undefined ? '' : `[${line.subtask}]`
  const who = line.operator === undefined ? (line.process ?? '') : `${line.operator}${subtask}`
  return `${colors.dim(line.time)} ${shownLevel} ${colors.cyan(context.outText(who))} ${context.outText(message)}`
}
