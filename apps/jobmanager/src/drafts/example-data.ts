import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Logger } from '@weir/process/logging'

const run = promisify(execFile)
/** It takes about a second. */
const PREPARE_MS_MAX = 60_000
const DATA_PATH = /(['"`])(data\/[\w./-]+)\1/g

/**
 * The files in `data/` that examples read. The start of a cluster makes them (examples/prepare-data.mjs); who has thrown
 * them away, or runs the cluster with another work folder, still gets a template that runs.
 */
export class ExampleData {
  readonly #project: string
  readonly #workdir: string
  readonly #logger: Logger
  #preparing: Promise<void> | null = null

  constructor(parts: { readonly project: string; readonly workdir: string; readonly logger: Logger }) {
    this.#project = parts.project
    this.#workdir = parts.workdir
    this.#logger = parts.logger
  }

  /** The source with paths at which its input is; makes the input when it is nowhere. */
  async withInput(source: string): Promise<string> {
    const missing = pathsIn(source).filter(path => !existsSync(join(this.#workdir, path)))
    if (missing.length === 0) return source
    if (missing.some(path => !existsSync(join(this.#project, path)))) await this.#prepare()
    return source.replace(DATA_PATH, (literal, quote: string, path: string) => {
      const inProject = join(this.#project, path)
      const isElsewhere = !existsSync(join(this.#workdir, path)) && existsSync(inProject)
      return isElsewhere ? `${quote}${inProject}${quote}` : literal
    })
  }

  /** A failure is logged: the template then says itself which file is missing. */
  #prepare(): Promise<void> {
    this.#preparing ??= (async () => {
      const script = join(this.#project, 'examples/prepare-data.mjs')
      try {
        await run(process.execPath, [script], { cwd: this.#project, timeout: PREPARE_MS_MAX })
      } catch (error) {
        this.#logger.warn({ err: error }, 'the input of the examples could not be made')
      } finally {
        this.#preparing = null
      }
    })()
    return this.#preparing
  }
}

function pathsIn(source: string): string[] {
  return [...source.matchAll(DATA_PATH)].map(match => match[2]!)
}
