import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TextMode } from '../generator.ts'

export interface PlainRequest {
  readonly query: string
  readonly events: number
  readonly rate: number
  readonly seed: number
  readonly text: TextMode
}

export interface PlainRun {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rows: number
}

/** Runs the hand-written program of a query in a process of its own. */
export async function runPlain({ query, events, rate, seed, text }: PlainRequest): Promise<PlainRun> {
  const request: PlainRequest = { query, events, rate, seed, text }
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'plain-main.ts'),
    JSON.stringify(request),
  ])
  return JSON.parse(stdout) as PlainRun
}
