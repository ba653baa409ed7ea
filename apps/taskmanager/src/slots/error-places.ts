import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { WeirError } from '@weir/engine/base/errors'
import { describeThrown } from '@weir/engine/base/thrown'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { mapStack, SourcePositions } from '@weir/submission/map-stack'

/** Puts errors of user code on the user's line, and finds the operator of code that ran outside of any call. */
export class ErrorPlaces {
  readonly #bundleFile: string
  readonly #bundleUrl: string
  readonly #positions: SourcePositions | undefined
  readonly #graph: JobGraph

  constructor(bundleFile: string, sourceMap: string, graph: JobGraph) {
    this.#bundleFile = bundleFile
    this.#bundleUrl = pathToFileURL(bundleFile).href
    this.#positions = sourceMap === '' ? undefined : new SourcePositions(sourceMap)
    this.#graph = graph
  }

  /** The same error with its stack in the user's files and the place of its innermost line. */
  place(error: WeirError): WeirError {
    if (this.#positions === undefined || error.stack === undefined) return error
    const mapped = mapStack(error.stack, this.#positions, file => this.#isBundle(file))
    const placed = new WeirError(error.code, error.message, {
      cause: error.cause,
      place: { ...mapped.place, ...error.place },
      problems: error.problems,
    })
    placed.stack = mapped.stack
    return placed
  }

  /** An error that reached the thread itself: from a promise or a timer that user code left behind. */
  ofAsyncCode(thrown: unknown, what: string): WeirError {
    const { message, stack } = describeThrown(thrown)
    const operator = stack === undefined ? undefined : this.#operatorOf(stack)
    const where = operator === undefined ? 'the job' : `operator '${operator}'`
    const error = new WeirError('USER_FUNCTION', `${where}: ${what}: ${message}`, {
      cause: thrown,
      place: operator === undefined ? {} : { operator },
    })
    if (stack !== undefined) error.stack = stack
    return error
  }

  /** The operator in whose function the innermost frame of the bundle lies. */
  #operatorOf(stack: string): string | undefined {
    const bundle = readFileSync(this.#bundleFile, 'utf8')
    for (const frame of stack.matchAll(/\(?([^\s()]+):(\d+):(\d+)\)?$/gm)) {
      if (!this.#isBundle(frame[1])) continue
      const at = offsetOf(bundle, Number(frame[2]), Number(frame[3]))
      for (const node of this.#graph.nodes) {
        for (const text of textsIn(node.config)) {
          const start = bundle.indexOf(text)
          if (start >= 0 && start <= at && at < start + text.length) return node.name
        }
      }
    }
    return undefined
  }

  #isBundle(file: string): boolean {
    return file.startsWith(this.#bundleUrl) || file.startsWith(this.#bundleFile)
  }
}

/** Offset of a 1-based line and column. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let i = 1; i < line; i++) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

/** Source texts of functions, which are the long strings of a node's configuration. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('=>') || /^(async |function|class)/.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
