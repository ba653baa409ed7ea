import type { Problem } from '@weir/engine/base/errors'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import { problemsError } from './problems.ts'

/**
 * A graph from JSON that nobody vouches for. Throws JOB_GRAPH with one problem for each thing that is wrong with its
 * shape.
 */
export function parseGraph(json: unknown): JobGraph {
  const hidden = findPrototypeKey(json)
  if (hidden !== undefined) {
    throw problemsError('JOB_GRAPH', [{ message: `the graph has a field named "${hidden}"; rename or remove it` }])
  }
  const result = jobGraphSchema.safeParse(json)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue): Problem => {
    const operator = operatorAt(json, issue.path)
    const path = operator === undefined ? issue.path : issue.path.slice(2)
    const given = valueAt(json, issue.path)
    const got =
      typeof given === 'number' || typeof given === 'string' ? ` (it is ${JSON.stringify(given).slice(0, 60)})` : ''
    const field = path.map(String).join('.')
    const message = `${field === '' ? '' : `${field}: `}${issue.message}${got}`
    return operator === undefined ? { message } : { operator, message: `operator "${operator}": ${message}` }
  })
  throw problemsError('JOB_GRAPH', problems, 'correct the graph and give it again')
}

/** The uid (else the name or number) of the node that a path leads into. */
function operatorAt(json: unknown, path: readonly PropertyKey[]): string | undefined {
  if (path[0] !== 'nodes' || typeof path[1] !== 'number') return undefined
  for (const field of ['uid', 'name']) {
    const value = valueAt(json, [...path.slice(0, 2), field])
    if (typeof value === 'string' && value !== '') return value
  }
  return `number ${path[1] + 1}`
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}

/**
 * A key that would set an object's prototype when somebody copies it field by field. No operator or setting has such a
 * name, so a graph that does is refused before any copy is made.
 */
function findPrototypeKey(json: unknown): string | undefined {
  const pending: unknown[] = [json]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const name of Object.keys(value)) {
      if (name === '__proto__') return name
      pending.push(Reflect.get(value, name))
    }
  }
  return undefined
}
