import { WeirError } from '@weir/engine/base/errors'
import type { JobFunctions } from '@weir/engine/graph/job-functions'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { type FunctionTree, functionsOf } from './json-functions.ts'

/** What one evaluation of a job gives: its graph, and the closures that run it. */
export interface CompiledJob {
  readonly graph: JobGraph
  readonly functions: JobFunctions
  /** What `JobHost.onOperator` was told of, in the order of the graph's nodes; not of a JSON job. */
  readonly operators?: readonly object[]
}

/** What this package needs of the SDK. The real one stands in sdk-api.ts. */
export interface SdkModules {
  /** All exports of `@weir/sdk`. */
  readonly exports: Readonly<Record<string, unknown>>
  isEnvironment(value: unknown): boolean
  /** Graph and closures of an environment. Throws WeirErrors for what is wrong with it. */
  compile(environment: unknown): CompiledJob
}

/** The `SDK_INTERNAL` object: what generated modules call. */
export interface SdkInternals {
  graphFromJson(graph: JobGraph, functions: FunctionTree): unknown
}

/** A job that did not come from an environment but from JSON. Only `graphFromJson` makes one. */
class JsonJob {
  readonly job: CompiledJob

  constructor(job: CompiledJob) {
    this.job = job
  }
}

export const sdkInternals: SdkInternals = {
  graphFromJson: (graph, functions) => new JsonJob({ graph, functions: functionsOf(functions) }),
}

/**
 * The job that a module gives: its default export, or else the environment on which it called `execute()`. Throws
 * JOB_NO_EXPORT, saying what stands there instead and what to write.
 *
 * @param namespace the module's exports; undefined when it never came to its end, since it awaits `execute()`
 * @param executed the environments on which it called `execute()`, in order
 */
export function readJobExport(
  namespace: Readonly<Record<string, unknown>> | undefined,
  executed: readonly unknown[],
  sdk: SdkModules,
): CompiledJob {
  const exported = namespace !== undefined && 'default' in namespace ? namespace.default : undefined
  if (exported instanceof JsonJob) return exported.job
  if (sdk.isEnvironment(exported)) return sdk.compile(exported)
  if (exported !== undefined) {
    throw new WeirError(
      'JOB_NO_EXPORT',
      `the default export is ${describe(exported)}, not a StreamExecutionEnvironment; write "export default env"`,
    )
  }
  const environments = [...new Set(executed)]
  if (environments.length > 1) {
    throw new WeirError(
      'JOB_NO_EXPORT',
      `the job file calls execute() on ${environments.length} environments; write one job in one file, or export one of them as default`,
    )
  }
  if (environments.length === 1) return sdk.compile(environments[0])
  const named = Object.entries(namespace ?? {}).find(([, value]) => sdk.isEnvironment(value))?.[0]
  const found =
    named === undefined
      ? 'the job file exports no environment and calls no execute()'
      : `the job file exports its environment as "${named}", not as default`
  throw new WeirError(
    'JOB_NO_EXPORT',
    `${found}; end it with "export default ${named ?? 'env'}", where that is its StreamExecutionEnvironment`,
  )
}

/** What a value is, in words: `a DataStream`, `a function`, `the number 3`. */
function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'function')
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'a class' : 'a function'
  if (typeof value === 'object') {
    if (value instanceof Promise) return 'a promise (is an await missing?)'
    if (Array.isArray(value)) return 'an array'
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
    if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object'
    return `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`
  }
  return `the ${typeof value} ${String(value).slice(0, 40)}`
}
