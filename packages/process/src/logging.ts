import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { RotatingFile } from './rotating-file.ts'
import type { Settings } from './settings.ts'

export type { Logger } from 'pino'

/** What a line about a job carries, so that the lines of one job, operator or attempt can be found. */
export interface JobLogFields {
  readonly job: string
  readonly operator?: string
  readonly subtask?: number
  readonly attempt?: number
}

export interface LogOptions {
  /** Name of the process, also of the file: `jobmanager`, `tm-1`, … */
  readonly process: string
  readonly maxBytes?: number
  readonly maxFiles?: number
}

export interface ProcessLog {
  readonly logger: Logger
  readonly file: string
  /** Everything logged so far is in the file when it returns. */
  flush(): void
  close(): void
}

/** The folder of all log files of a cluster. */
export function logFolder(settings: Pick<Settings, 'home'>): string {
  return join(settings.home, 'logs')
}

/** The log file of a process; the reader of logs and the writer agree on it here. */
export function logFile(settings: Pick<Settings, 'home'>, process: string): string {
  return join(logFolder(settings), `${process}.log`)
}

const SECRET_FIELDS = ['token', 'password', 'secret', 'authorization', 'cookie', 'databaseUrl']

/**
 * Opens the log of this process: one JSON object a line with `level` (as a word), `time` (ISO 8601), `process`, `pid`
 * and `msg`. Values of fields that are named like secrets are replaced. Lines of errors are flushed at once, all others
 * within 100 ms and at exit.
 */
export function openLog(settings: Pick<Settings, 'home' | 'logLevel'>, options: LogOptions): ProcessLog {
  const file = logFile(settings, options.process)
  const target = new RotatingFile({ file, maxBytes: options.maxBytes, maxFiles: options.maxFiles })
  const logger = pino(
    {
      level: settings.logLevel,
      base: { process: options.process, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap(name => [name, `*.${name}`]), censor: '[redacted]' },
      hooks: {
        logMethod(args, method, level) {
          method.apply(this, args)
          if (level >= 50) target.flush()
        },
      },
    },
    target,
  )
  return { logger, file, flush: () => target.flush(), close: () => target.close() }
}

/** A logger whose lines carry the job and, where given, operator, subtask and attempt. */
export function jobLogger(logger: Logger, fields: JobLogFields): Logger {
  return logger.child({ ...fields })
}

/** Says of every setting that changes nothing that it does not. Called once by each process at start. */
export function warnOfSettingsWithoutEffect(logger: Logger, settings: Pick<Settings, 'withoutEffect'>): void {
  for (const { variable, reason } of settings.withoutEffect) {
    logger.warn({ variable }, `${variable} is set but has no effect: ${reason}`)
  }
}
