import type { z } from 'zod'
import type { Problem } from '../base/errors.ts'
import { didYouMean } from '../base/near-miss.ts'
import { findCycle } from './find-cycle.ts'
import { issueText, valueAt } from './issue-text.ts'
import type { JobEdge, JobGraph, JobNode } from './job-graph.ts'
import type { OperatorSpec, SpecRegistry } from './operator-spec.ts'

/**
 * All that is wrong with a graph that has the right shape (`jobGraphSchema`), as problems that name the operator, what
 * is wrong with it and what to do; empty for a graph that can run. Pure. As in Flink a job needs an operator beside its
 * sources, but no sink: results that nobody takes are dropped.
 */
export function validateGraph(graph: JobGraph, registry: SpecRegistry): Problem[] {
  const problems: Problem[] = []
  const nodeOf = new Map<string, JobNode>()
  for (const node of graph.nodes) {
    if (nodeOf.has(node.uid)) {
      problems.push(problem(node, `the uid "${node.uid}" is given to two operators; give each its own with .uid()`))
    }
    nodeOf.set(node.uid, node)
  }
  if (graph.parallelism > graph.maxParallelism) {
    problems.push({ message: tooParallel('the job', graph.parallelism, graph.maxParallelism) })
  }
  for (const node of graph.nodes) problems.push(...nodeProblems(node, graph, registry))
  for (const edge of graph.edges) problems.push(...edgeProblems(edge, graph, nodeOf, registry))
  const edgesInto = Map.groupBy(graph.edges, edge => edge.to)
  for (const node of graph.nodes) {
    const spec = registry.get(node.type)
    if (spec !== undefined) problems.push(...inputProblems(node, spec, edgesInto.get(node.uid) ?? []))
  }
  const cycle = findCycle(graph)
  if (cycle !== undefined) {
    const names = cycle.map(uid => nodeOf.get(uid)?.name ?? uid)
    problems.push({
      operator: cycle[0],
      message: `the operators form a cycle: ${[...names, names[0]].join(' -> ')}; remove one of these connections, since records only flow from sources to sinks`,
    })
  }
  if (graph.nodes.length > 0 && graph.nodes.every(node => registry.get(node.type)?.kind === 'source')) {
    problems.push({
      operator: graph.nodes[0].uid,
      message: 'the job has sources, but no operator that reads them; add at least one, e.g. .print() or .addSink(...)',
    })
  }
  return problems
}

function problem(node: JobNode, message: string): Problem {
  return { operator: node.uid, message: `operator "${node.name}": ${message}` }
}

function tooParallel(what: string, parallelism: number, maxParallelism: number): string {
  return `${what} has parallelism ${parallelism}, above its maxParallelism ${maxParallelism}; lower the parallelism, or raise setMaxParallelism() (only for a job without state to restore)`
}

function nodeProblems(node: JobNode, graph: JobGraph, registry: SpecRegistry): Problem[] {
  const spec = registry.get(node.type)
  if (spec === undefined) {
    return [problem(node, `the type "${node.type}" is unknown${typeHint(node.type, registry)}`)]
  }
  const problems: Problem[] = []
  if (node.parallelism !== undefined && node.parallelism > graph.maxParallelism) {
    problems.push(problem(node, tooParallel('it', node.parallelism, graph.maxParallelism)))
  }
  const parallelism = node.parallelism ?? graph.parallelism
  if (spec.parallelism === 1 && parallelism !== 1) {
    problems.push(
      problem(node, `"${spec.type}" runs with parallelism 1, but it has ${parallelism}; set its parallelism to 1`),
    )
  }
  problems.push(...configProblems(node, spec).map(message => problem(node, message)))
  if (node.watermarks !== undefined && spec.kind !== 'source' && spec.type !== 'timestamps') {
    problems.push(
      problem(node, `"${spec.type}" takes no watermarks; give them to a source or use assignTimestampsAndWatermarks()`),
    )
  }
  problems.push(...alignmentProblems(node, spec).map(message => problem(node, message)))
  if (node.watermarks?.strategy === 'custom' && node.watermarks.generator === undefined) {
    problems.push(problem(node, 'watermarks.strategy is "custom", so watermarks.generator has to be a function'))
  }
  return problems
}

function alignmentProblems({ watermarks }: JobNode, spec: OperatorSpec): string[] {
  if (watermarks?.alignment === undefined) return []
  const { group, maxDriftMs } = watermarks.alignment
  if (spec.kind !== 'source') {
    const instead = `addSource(source, strategy.withAlignment(${JSON.stringify(group)}, ${maxDriftMs}))`
    return [
      `only sources can wait for each other, but "${spec.type}" has watermarks.alignment; give it with ${instead}`,
    ]
  }
  if (watermarks.strategy !== 'none') return []
  return ['watermarks.alignment needs watermarks, but watermarks.strategy is "none"; make it "bounded" or "monotonous"']
}

/** In TypeScript sources and sinks are made by functions such as `datagenSource`: their types may be shorter. */
function typeHint(type: string, registry: SpecRegistry): string {
  const short = type.replace(/(Source|Sink)$/, '')
  if (registry.has(short)) return `; did you mean "${short}"?`
  return didYouMean(type, registry.keys()) || `; known are ${[...registry.keys()].sort().join(', ')}`
}

function configProblems(node: JobNode, spec: OperatorSpec): string[] {
  const result = spec.config.safeParse(node.config)
  const issues = result.success ? [] : result.error.issues
  const messages = issues.map(issue => configMessage(issue, node.config, spec))
  const reported = new Set(issues.map(issue => issue.path[0]))
  for (const [field, need] of Object.entries(spec.functions)) {
    if (reported.has(field)) continue
    const value = Object.hasOwn(node.config, field) ? node.config[field] : undefined
    if (value === undefined || value === null) {
      if (need === 'required') messages.push(`config.${field} is missing: "${spec.type}" needs this function`)
    } else if (!isFunctionText(value)) {
      messages.push(`config.${field} has to be a function`)
    }
  }
  return messages
}

function configMessage(issue: z.core.$ZodIssue, config: JobNode['config'], spec: OperatorSpec): string {
  const path = ['config', ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(spec.config)
    return issue.keys
      .map(key => {
        const hint = didYouMean(key, known) || (known.length > 0 ? `; it has ${known.join(', ')}` : '')
        return `${path}.${key} is no setting of "${spec.type}"${hint}`
      })
      .join('; ')
  }
  return `${path}: ${issueText(issue, valueAt(config, issue.path))}`
}

/** Field names of an object schema; none when the schema is of another kind. */
function knownFields(schema: z.ZodType): string[] {
  return 'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null ? Object.keys(schema.shape) : []
}

/** Source text, or an object of texts for a function of several parts (an aggregator). */
function isFunctionText(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== ''
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const parts = Object.values(value)
  return parts.length > 0 && parts.every(part => typeof part === 'string' && part.trim() !== '')
}

function edgeProblems(
  edge: JobEdge,
  graph: JobGraph,
  nodeOf: ReadonlyMap<string, JobNode>,
  registry: SpecRegistry,
): Problem[] {
  const from = nodeOf.get(edge.from)
  const to = nodeOf.get(edge.to)
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? edge.from : edge.to
    return [
      {
        operator: from === undefined ? edge.to : edge.from,
        message: `the connection ${edge.from} -> ${edge.to} names the operator "${missing}", which is not in the graph${didYouMean(missing, nodeOf.keys()) || '; name the uid of one that is'}`,
      },
    ]
  }
  const problems: Problem[] = []
  const connection = `the connection "${from.name}" -> "${to.name}"`
  const toSpec = registry.get(to.type)
  if (registry.get(from.type)?.kind === 'sink') {
    problems.push(problem(from, `${connection} starts at a sink, which has no output; remove it`))
  }
  if (toSpec?.inputs === 0) {
    problems.push(problem(to, `${connection} ends in a source, which has no input; remove it`))
  } else if (toSpec !== undefined && edge.input >= toSpec.inputs) {
    problems.push(
      problem(to, `${connection} ends in input ${edge.input}, but "${to.type}" has only input 0; set "input" to 0`),
    )
  }
  if (edge.partitioner === 'hash' && (edge.key === undefined || edge.key.trim() === '')) {
    problems.push(problem(to, `${connection} is partitioned by hash and needs a key selector; give it with keyBy()`))
  }
  if (edge.partitioner !== 'hash' && edge.key !== undefined) {
    problems.push(
      problem(
        to,
        `${connection} has a key selector but the partitioner "${edge.partitioner}"; use "hash", or drop the key`,
      ),
    )
  }
  if (edge.output !== null && edge.output.trim() === '') {
    problems.push(problem(from, `${connection} starts at a side output without a name; give its tag, or null`))
  }
  const fromParallelism = from.parallelism ?? graph.parallelism
  const toParallelism = to.parallelism ?? graph.parallelism
  if (edge.partitioner === 'forward' && edge.strict === true && fromParallelism !== toParallelism) {
    problems.push(
      problem(
        to,
        `${connection} is forward(), which needs equal parallelism, but it is ${fromParallelism} and ${toParallelism}; make them equal, or use rebalance() or rescale()`,
      ),
    )
  }
  return problems
}

function inputProblems(node: JobNode, spec: OperatorSpec, edges: readonly JobEdge[]): Problem[] {
  const problems: Problem[] = []
  for (let input = 0; input < spec.inputs; input++) {
    const ofInput = edges.filter(edge => edge.input === input)
    const which = spec.inputs === 1 ? 'its input' : `its ${input === 0 ? 'first' : 'second'} input (${input})`
    if (ofInput.length === 0) {
      problems.push(problem(node, `${which} is not connected; connect it to the operator whose records it should read`))
      continue
    }
    if (input === spec.broadcastInput) {
      const other = ofInput.find(edge => edge.partitioner !== 'broadcast')
      if (other === undefined) continue
      problems.push(
        problem(
          node,
          `"${spec.type}" needs its second input in every subtask, but it comes from "${other.from}" by "${other.partitioner}"; put broadcast() before it (partitioner "broadcast")`,
        ),
      )
      continue
    }
    const notHashed = ofInput.find(edge => edge.partitioner !== 'hash')
    if (spec.keyed && notHashed !== undefined) {
      problems.push(
        problem(
          node,
          `"${spec.type}" works per key, but ${which} comes from "${notHashed.from}" by "${notHashed.partitioner}"; put keyBy() before it (partitioner "hash" with a key)`,
        ),
      )
    }
    const keys = new Set(ofInput.filter(edge => edge.partitioner === 'hash').map(edge => edge.key))
    if (keys.size > 1) {
      problems.push(problem(node, `${which} is keyed by different selectors; use one key for all streams of a union`))
    }
  }
  return problems
}
