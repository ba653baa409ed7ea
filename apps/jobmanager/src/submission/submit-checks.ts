import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { parallelismOf } from '@weir/engine/graph/execution-graph'
import type { JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import type { GraphChecks, SourceCatalog } from '../dispatcher/ports.ts'
import type { PathRules } from './path-rules.ts'

export interface SubmitChecksParts {
  readonly sources: SourceCatalog
  readonly rules: PathRules
  /** Folder that relative paths start from. */
  readonly workdir: string
}

/** Types of nodes whose `config.path` names files of the cluster, and what they do with them. */
const FILE_NODES: Readonly<Record<string, 'read' | 'write'>> = { fileSource: 'read', fileSink: 'write' }
/** A source whose input takes longer to list than this is not waited for: the job itself will say what is wrong. */
const LISTING_MS_MAX = 5_000

/**
 * What a valid graph may still do wrong on this cluster, found before anything is stored: paths outside the folders that
 * jobs may use, input that is not there, output that cannot be written.
 */
export class SubmitChecks implements GraphChecks {
  readonly #parts: SubmitChecksParts

  constructor(parts: SubmitChecksParts) {
    this.#parts = parts
  }

  /** Throws the first of the problems. */
  async check(graph: JobGraph): Promise<void> {
    for await (const error of this.#errors(graph)) throw error
  }

  /** All of them, at most one for each operator. */
  async problems(graph: JobGraph): Promise<readonly WeirError[]> {
    const errors: WeirError[] = []
    for await (const error of this.#errors(graph)) errors.push(error)
    return errors
  }

  async *#errors(graph: JobGraph): AsyncGenerator<WeirError> {
    const refused = new Set<string>()
    for (const node of graph.nodes) {
      const error = await errorOf(this.#checkPath(node))
      if (error === null) continue
      refused.add(node.uid)
      yield error
    }
    const fed = new Set(graph.edges.map(edge => edge.to))
    for (const node of graph.nodes) {
      if (fed.has(node.uid) || refused.has(node.uid)) continue
      const error = await errorOf(this.#requireInput(graph, node))
      if (error !== null) yield error
    }
  }

  async #checkPath(node: JobNode): Promise<void> {
    const purpose = Object.hasOwn(FILE_NODES, node.type) ? FILE_NODES[node.type] : undefined
    const { path } = node.config
    if (purpose === undefined || typeof path !== 'string') return
    const absolute = resolve(this.#parts.workdir, purpose === 'read' ? withoutPattern(path) : path)
    const why = await this.#parts.rules.refusal(absolute, purpose)
    if (why !== null) {
      throw new WeirError('PATH_NOT_ALLOWED', `${describe(node)} may not use the path ${path}: ${why}`, placeOf(node))
    }
    if (purpose === 'write') await requireWritable(node, absolute)
  }

  /** Lists the input as the job itself will. */
  async #requireInput(graph: JobGraph, node: JobNode): Promise<void> {
    const { sources, workdir } = this.#parts
    const parallelism = parallelismOf(graph, node)
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<void>(done => {
      timer = setTimeout(done, LISTING_MS_MAX)
    })
    try {
      await Promise.race([sources.discoverSplits(node.type, node.config, { parallelism, workdir }), timeout])
    } catch (thrown) {
      const error = WeirError.from(thrown)
      throw new WeirError(error.code, `${describe(node)}: ${error.message}`, {
        ...placeOf(node),
        cause: error,
        problems: error.problems,
      })
    } finally {
      clearTimeout(timer)
    }
  }
}

function errorOf(work: Promise<void>): Promise<WeirError | null> {
  return work.then(
    () => null,
    (thrown: unknown) => WeirError.from(thrown),
  )
}

/** The folder is made when the job starts: the nearest one that exists has to allow it. */
async function requireWritable(node: JobNode, absolute: string): Promise<void> {
  const unusable = (why: string) =>
    new WeirError('FILE_ACCESS', `${describe(node)} cannot write to ${absolute}: ${why}`, placeOf(node))
  for (let folder = absolute; ; folder = dirname(folder)) {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      if (error.code === 'ENOTDIR') throw unusable('a part of the path is a file, not a folder; use another path')
      throw unusable(`${folder} cannot be looked at (${error.code}); change its rights, or the path`)
    })
    if (found === null) continue
    if (!found.isDirectory()) throw unusable(`${folder} is a file, and a folder is needed there; use another path`)
    await access(folder, constants.W_OK | constants.X_OK).catch(() => {
      throw unusable(`the user that runs Weir may not write in ${folder}; change its rights, or the path`)
    })
    return
  }
}

/** The part of a path before its first segment with a wildcard. */
function withoutPattern(path: string): string {
  const wildcard = path.search(/[*?[\]{}]/)
  if (wildcard < 0) return path
  const folder = path.slice(0, path.lastIndexOf('/', wildcard) + 1)
  return folder === '' ? '.' : folder
}

function describe(node: JobNode): string {
  return node.name === node.type ? `operator ${node.name}` : `operator ${node.name} (${node.type})`
}

function placeOf(node: JobNode): { place: { operator: string } } {
  return { place: { operator: node.uid } }
}
