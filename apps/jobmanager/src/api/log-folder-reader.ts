import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type LogLine, type LogTail, readLogTailInSlices } from '@weir/process/log-reader'
import type { JobLogQuery, LogReader } from './rest/context.ts'

/** Before the first byte of any file: a process that starts later is read from its beginning. */
const BEGINNING = '0:0'

/**
 * Reads the log lines of a job from the files of all processes in one folder, merged by time. Its cursor holds a place in
 * each file.
 */
export class LogFolderReader implements LogReader {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async read(query: JobLogQuery): Promise<LogTail> {
    const { after, ...filter } = query
    const cursors = after === undefined ? undefined : cursorsOf(after)
    const next: Record<string, string | undefined> = { ...cursors }
    const lines: LogLine[] = []
    for (const name of await this.#files()) {
      const place = cursors === undefined ? {} : { after: cursors[name] ?? BEGINNING }
      const tail = await readLogTailInSlices({ file: join(this.#folder, name), ...filter, ...place }, turn)
      for (const line of tail.lines) lines.push(line)
      next[name] = tail.cursor
    }
    lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    const shown = after === undefined ? lines.slice(-query.limit) : lines
    return { lines: shown, cursor: Buffer.from(JSON.stringify(next)).toString('base64url') }
  }

  /** The newest file of each process: `tm-1.log`, not the rotated `tm-1.1.log`, which the reader finds itself. */
  async #files(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter(name => name.endsWith('.log') && !/\.\d+\.log$/.test(name)).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
}

/** What a client has garbled counts as no place in any file. */
function cursorsOf(text: string): Readonly<Record<string, string | undefined>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  return Object.fromEntries(entries.filter(([, place]) => typeof place === 'string' && /^\d+:\d+$/.test(place)))
}
