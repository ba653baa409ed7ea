import { type Problem, WeirError } from '@weir/engine/base/errors'
import { keySelectorName } from '@weir/engine/graph/job-functions'
import type { JobGraph, JobNode } from '@weir/engine/graph/job-graph'
import type { SpecRegistry } from '@weir/engine/graph/operator-spec'
import { validateGraph } from '@weir/engine/graph/validate'
import { type Message, transform } from 'esbuild'
import { functionModule, functionModuleName, functionPlace } from './function-modules.ts'
import { SDK_INTERNAL } from './host-symbols.ts'
import { MAX_JSON_FUNCTIONS } from './limits.ts'
import { parseGraph } from './parse-graph.ts'
import { problemsError, shownPlace } from './problems.ts'
import { shownFileName } from './source-text.ts'

export interface JsonJobModule {
  /** Text of a module whose default export is the job. */
  readonly source: string
  /** The modules that it imports, one for each function. */
  readonly modules: ReadonlyMap<string, string>
}

/**
 * A JSON job as a module that rebuilds its graph and its functions, so that it goes the same way as any other job: bundle,
 * sandbox, slots. The graph and each function's text are checked here, where an error can name operator and field.
 * Throws JOB_SYNTAX or JOB_GRAPH.
 */
export async function jsonJobModule(
  source: string,
  fileName: string,
  registry: SpecRegistry,
  sdkExports: readonly string[],
): Promise<JsonJobModule> {
  const file = shownFileName(fileName)
  const graph = withFixedParallelism(parseGraph(await parseJson(source, file), file), registry)
  const problems = validateGraph(graph, registry)
  if (problems.length > 0) {
    const ofFile = problems.map(problem => ({ file, ...problem }))
    throw problemsError('JOB_GRAPH', ofFile)
  }
  const found = functionTexts(graph, registry)
  if (found.length > MAX_JSON_FUNCTIONS) {
    throw new WeirError(
      'JOB_LIMIT',
      `${file}: a JSON job may have ${MAX_JSON_FUNCTIONS} functions, and this one has ${found.length}; write it in TypeScript, or do more in each function`,
      { place: { file } },
    )
  }
  const faulty = (await Promise.all(found.map(text => functionProblem(text, file)))).filter(
    problem => problem !== undefined,
  )
  if (faulty.length > 0) throw problemsError('JOB_SYNTAX', faulty, 'write one function, e.g. "x => x + 1"')

  const modules = new Map<string, string>()
  const imports: string[] = []
  const byUid = new Map<string, Map<string, string[]>>()
  for (const [index, { uid, path, text }] of found.entries()) {
    const name = functionModuleName(file, uid, path.join('.'))
    modules.set(name, functionModule(text, sdkExports))
    imports.push(`import f${index} from ${JSON.stringify(name)}`)
    const [place, part] = path
    const places = byUid.get(uid) ?? new Map<string, string[]>()
    byUid.set(uid, places)
    places.set(place, [
      ...(places.get(place) ?? []),
      part === undefined ? `f${index}` : `[${JSON.stringify(part)}]: f${index}`,
    ])
  }
  // Computed names: an operator may be called __proto__ without harm.
  const tree = [...byUid].map(([uid, places]) => {
    const fields = [...places].map(([place, values]) => {
      const whole = values.length === 1 && !values[0].startsWith('[')
      return `[${JSON.stringify(place)}]: ${whole ? values[0] : `{ ${values.join(', ')} }`}`
    })
    return `[${JSON.stringify(uid)}]: { ${fields.join(', ')} }`
  })
  const lines = [
    ...imports,
    `const { graphFromJson } = globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(SDK_INTERNAL))})]`,
    `export default graphFromJson(JSON.parse(${JSON.stringify(JSON.stringify(graph))}), { ${tree.join(',\n')} })`,
  ]
  return { source: lines.join('\n'), modules }
}

async function parseJson(source: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(source)
  } catch (cause) {
    const { what, ...position } = await jsonMistake(source, cause)
    const place = { file, ...position }
    throw new WeirError(
      'JOB_SYNTAX',
      `${shownPlace(place)}: ${what}; a .json job is one JSON object with "name", "nodes" and "edges"`,
      { cause, place, problems: [{ ...place, message: what }] },
    )
  }
}

/** The bundler's parser says where a mistake is, which the engine's does for some alone. */
async function jsonMistake(source: string, cause: unknown): Promise<{ what: string; line: number; column: number }> {
  const failure = await transform(source, { loader: 'json', logLevel: 'silent' }).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error && 'errors' in thrown ? (thrown.errors as Message[])[0] : undefined),
  )
  if (failure?.location) return { what: failure.text, line: failure.location.line, column: failure.location.column }
  const message = cause instanceof Error ? cause.message : String(cause)
  return { what: message.replace(/,? \.\.\..*$/s, '').replace(/ in JSON at position .*$/, ''), line: 1, column: 0 }
}

/** An operator that can only run with parallelism 1 need not say so. */
function withFixedParallelism(graph: JobGraph, registry: SpecRegistry): JobGraph {
  const nodes = graph.nodes.map(node =>
    registry.get(node.type)?.parallelism === 1 && node.parallelism === undefined ? { ...node, parallelism: 1 } : node,
  )
  return { ...graph, nodes }
}

interface FunctionText {
  readonly uid: string
  /** Where the closure is used (see job-functions.ts), and the part of it for a function of several. */
  readonly path: readonly [place: string, part?: string]
  readonly text: string
}

function functionTexts(graph: JobGraph, registry: SpecRegistry): FunctionText[] {
  const found = graph.nodes.flatMap(node => nodeFunctionTexts(node, registry))
  // All edges into one input have the same key (validateGraph sees to it).
  const keys = new Map<string, FunctionText>()
  for (const edge of graph.edges) {
    if (edge.partitioner !== 'hash' || edge.key === undefined) continue
    const place = keySelectorName(edge.input)
    keys.set(`${place} ${edge.to}`, { uid: edge.to, path: [place], text: edge.key })
  }
  return [...found, ...keys.values()]
}

function nodeFunctionTexts(node: JobNode, registry: SpecRegistry): FunctionText[] {
  const found: FunctionText[] = []
  const add = (place: string, value: unknown) => {
    if (typeof value === 'string') found.push({ uid: node.uid, path: [place], text: value })
    else if (typeof value === 'object' && value !== null) {
      for (const [part, text] of Object.entries(value)) {
        found.push({ uid: node.uid, path: [place, part], text: String(text) })
      }
    }
  }
  for (const field of Object.keys(registry.get(node.type)?.functions ?? {})) {
    if (Object.hasOwn(node.config, field)) add(field, node.config[field])
  }
  add('timestampAssigner', node.watermarks?.timestampAssigner)
  add('watermarkGenerator', node.watermarks?.generator)
  return found
}

/**
 * What is wrong with a function's text as an expression of its own. In brackets of both kinds: a text that closes the one
 * to go on with statements of its own cannot close the other.
 */
async function functionProblem({ uid, path, text }: FunctionText, file: string): Promise<Problem | undefined> {
  const name = functionModuleName(file, uid, path.join('.'))
  for (const [open, close] of ['()', '[]']) {
    const error = await transform(`export default ${open}\n${text}\n${close}`, {
      loader: 'ts',
      logLevel: 'silent',
    }).then(
      () => undefined,
      (failure: unknown) =>
        failure instanceof Error && 'errors' in failure ? (failure.errors as Message[])[0] : undefined,
    )
    if (error === undefined) continue
    const line = error.location?.line ?? 2
    // An error past the text's end is found on the bracket's line: it belongs to the end of the text.
    const lines = text.split('\n')
    const last = line > lines.length + 1
    const place = functionPlace({
      file: name,
      line: last ? lines.length + 1 : line,
      column: last ? lines[lines.length - 1].length : (error.location?.column ?? 0),
    })
    return { ...place, message: `operator "${uid}": ${path.join('.')} is no function: ${error.text}` }
  }
  return undefined
}
