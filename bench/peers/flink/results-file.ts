import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RaceResult } from './race.ts'
import type { RaceSettings } from './race-settings.ts'

/** Races that are done, as lines of JSON in a file, so that a run that was broken off goes on where it stopped. */
export class ResultsFile {
  readonly #path: string
  readonly #results = new Map<string, RaceResult>()

  constructor(path: string) {
    this.#path = path
    if (!existsSync(path)) return
    const lines = readFileSync(path, 'utf8').split('\n')
    for (const [index, line] of lines.entries()) {
      if (line === '') continue
      try {
        const result = JSON.parse(line) as RaceResult
        this.#results.set(keyOf(result, result.repeat), result)
      } catch (error) {
        throw new Error(`line ${index + 1} of ${path} is no result: ${(error as Error).message}`)
      }
    }
  }

  /** The result of this very race, if it is there. */
  find(settings: RaceSettings, repeat: number): RaceResult | undefined {
    return this.#results.get(keyOf(settings, repeat))
  }

  add(result: RaceResult): void {
    this.#results.set(keyOf(result, result.repeat), result)
    mkdirSync(dirname(this.#path), { recursive: true })
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`)
  }
}

function keyOf(settings: RaceSettings, repeat: number): string {
  const { query, events, rate, seed, parallelism, state, source, text, memoryMb, managedMb } = settings
  return [query, events, rate, seed, parallelism, state, source, text, memoryMb, managedMb, repeat].join(' ')
}
