import type { Problem } from '@weir/engine/base/errors'
import { issueText, valueAt } from '@weir/engine/graph/issue-text'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import { MAX_GRAPH_DEPTH } from './limits.ts'
import { problemsError } from './problems.ts'

/**
 * A graph from JSON that nobody vouches for. Throws JOB_GRAPH with one problem for each thing that is wrong with its
 * shape.
 *
 * @param file the JSON file that it stands in, for messages
 */
export function parseGraph(json: unknown, file?: string): JobGraph {
  const ofFile = file === undefined ? {} : { file }
  const unsound = structureProblem(json)
  if (unsound !== undefined) throw problemsError('JOB_GRAPH', [{ ...ofFile, message: unsound }])
  const result = jobGraphSchema.safeParse(json)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue): Problem => {
    const operator = operatorAt(json, issue.path)
    const path = operator === undefined ? issue.path : issue.path.slice(2)
    const field = path.map(String).join('.')
    const text = issueText(issue, valueAt(json, issue.path))
    const message = field === '' ? `a job graph ${text}, with "name", "nodes" and "edges"` : `${field}: ${text}`
    return operator === undefined
      ? { ...ofFile, message }
      : { ...ofFile, operator, message: `operator "${operator}": ${message}` }
  })
  throw problemsError('JOB_GRAPH', problems, 'correct the graph and give it again')
}

/** The uid (else the name or number) of the node that a path leads into. */
function operatorAt(json: unknown, path: readonly PropertyKey[]): string | undefined {
  if (path[0] !== 'nodes' || typeof path[1] !== 'number') return undefined
  for (const field of ['uid', 'name']) {
    const value = valueAt(json, [...path.slice(0, 2), field])
    if (typeof value === 'string' && value !== '') return value.slice(0, 200).replace(/\p{Cc}/gu, '\ufffd')
  }
  return `number ${path[1] + 1}`
}

/**
 * What makes a graph unfit to be walked. A key `__proto__` would set an object's prototype when somebody copies it field
 * by field; what is nested too deeply would use up the stack of whoever walks it by calling itself. No sound graph has
 * either, so one that does is refused before anything else looks at it. Half a character has no
 * form in UTF-8, so no database and no file could hold it.
 */
function structureProblem(json: unknown): string | undefined {
  const pending: { value: unknown; depth: number }[] = [{ value: json, depth: 0 }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next
    if (typeof value === 'string' && !value.isWellFormed()) {
      return `the graph has a text with half a character in it (a lone surrogate): ${JSON.stringify(value.slice(0, 60))}; correct the text`
    }
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_GRAPH_DEPTH) {
      return `the graph has more than ${MAX_GRAPH_DEPTH} objects and lists in each other; make it flatter`
    }
    for (const name of Object.keys(value)) {
      if (name === '__proto__') return 'the graph has a field named "__proto__"; rename or remove it'
      pending.push({ value: Reflect.get(value, name), depth: depth + 1 })
    }
  }
  return undefined
}
