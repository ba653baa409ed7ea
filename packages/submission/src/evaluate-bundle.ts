import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { WeirError } from '@weir/engine/base/errors'
import { graphDifferences, graphHash } from '@weir/engine/graph/graph-hash'
import type { JobFunctions } from '@weir/engine/graph/job-functions'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { graphToJson } from './graph-to-json.ts'
import { HOST, type JobHost, SDK, SDK_INTERNAL } from './host-symbols.ts'
import { readJobExport, type SdkModules, sdkInternals } from './job-export.ts'
import { LOAD_LIMIT_MS } from './limits.ts'
import { mapError } from './map-error.ts'
import { type Overrides, overridden } from './overrides.ts'
import { parseGraph } from './parse-graph.ts'

export interface EvaluateRequest {
  /** Absolute path of the bundle (`writeBundle`). */
  readonly file: string
  /** For errors of the module: places in the user's files. */
  readonly sourceMap?: string
  /** Another number for each evaluation in one thread: every slot has closures of its own. */
  readonly instance: number
  /** `PreparedJob.graphHash`. */
  readonly graphHash: string
  /** The stored graph: what differs from it is named. */
  readonly graph?: JobGraph
  /** What was set beside the file; where `graph` is given, its values stand. */
  readonly overrides?: Overrides
  readonly timeLimitMs?: number
}

export interface LoadedJob {
  readonly graph: JobGraph
  readonly functions: JobFunctions
}

/**
 * Evaluates a job's bundle in this thread, with all that Node has, and gives its graph and closures. Only where user
 * code is trusted to run: in slots and in a local run.
 *
 * Throws JOB_NOT_DETERMINISTIC when the graph is not the stored one, and JOB_EVALUATION for what the module throws.
 */
export function evaluateBundle(request: EvaluateRequest, sdk: SdkModules): Promise<LoadedJob> {
  // The host's hook is one global of the thread, so evaluations come one after the other.
  const evaluated = last.then(() => evaluateAlone(request, sdk))
  last = evaluated.then(
    () => undefined,
    () => undefined,
  )
  return evaluated
}

let last: Promise<void> = Promise.resolve()

async function evaluateAlone(request: EvaluateRequest, sdk: SdkModules): Promise<LoadedJob> {
  const executed: unknown[] = []
  const { promise: calledExecute, resolve: callExecute } = Promise.withResolvers<void>()
  const host: JobHost = {
    onExecute(environment) {
      executed.push(environment)
      callExecute()
    },
  }
  Reflect.set(globalThis, SDK, sdk.exports)
  Reflect.set(globalThis, SDK_INTERNAL, sdkInternals)
  Reflect.set(globalThis, HOST, host)
  const timer = new AbortController()
  try {
    const url = pathToFileURL(request.file)
    url.searchParams.set('instance', String(request.instance))
    const evaluated = import(url.href) as Promise<Record<string, unknown>>
    const namespace = await Promise.race([
      evaluated,
      calledExecute.then(() => Promise.race([evaluated, afterThisTurn()])),
      delay(request.timeLimitMs ?? LOAD_LIMIT_MS, undefined, { signal: timer.signal }).then(() => {
        throw new WeirError(
          'JOB_EVALUATION',
          'the job file waits at its top level for something that does not come; remove the await',
        )
      }),
    ])
    const job = readJobExport(namespace, executed, sdk)
    const built = parseGraph(JSON.parse(graphToJson(job.graph)))
    const graph = overridden(built, request.graph ?? request.overrides ?? {})
    if (graphHash(graph) !== request.graphHash) throw notDeterministic(request.graph, graph)
    return { graph, functions: job.functions }
  } catch (thrown) {
    throw mapError(thrown, request, 'JOB_EVALUATION')
  } finally {
    timer.abort()
    Reflect.deleteProperty(globalThis, HOST)
  }
}

/**
 * Comes when all callbacks of promises at hand have run. A module that passed the sandbox has nothing else to wait for,
 * so after its `execute()` it is either through by then, or awaits `execute()` for good.
 */
async function afterThisTurn(): Promise<undefined> {
  await delay(0)
  await delay(0)
  return undefined
}

function notDeterministic(stored: JobGraph | undefined, built: JobGraph): WeirError {
  const differences = stored === undefined ? [] : graphDifferences(stored, built)
  const which = differences.length === 0 ? '' : `: ${differences.join('; ')}`
  return new WeirError(
    'JOB_NOT_DETERMINISTIC',
    `evaluated in this slot, the job file builds another graph than the one that was submitted${which}; make it build the same graph each time, whatever the clock, random numbers and environment`,
    { problems: differences.map(message => ({ message })) },
  )
}
