import type { Problem } from '@weir/engine/base/errors'
import { graphDifferences, graphHash } from '@weir/engine/graph/graph-hash'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { SpecRegistry } from '@weir/engine/graph/operator-spec'
import { validateGraph } from '@weir/engine/graph/validate'
import { type Bundle, bundleJob } from './bundle.ts'
import { deadEnds } from './dead-ends.ts'
import { checkDeploymentSize } from './deployment-size.ts'
import { jsonJobModule } from './json-job.ts'
import { missingTimestamps } from './missing-timestamps.ts'
import { type Overrides, overridden } from './overrides.ts'
import { type OperatorPlaces, placed, problemsError, shownPlace } from './problems.ts'
import { evaluateInSandbox } from './sandbox.ts'
import { checkSource, type JobKind, jobKind, shownFileName } from './source-text.ts'

export interface PrepareRequest extends Overrides {
  readonly source: string
  /** Says what the source is written in, by its ending; shown in messages. */
  readonly fileName: string
  /** Absolute folder of a local job file, whose imports are taken in; absent for uploads. */
  readonly resolveFolder?: string
}

/** All that is stored of a submitted job and sent to slots. */
export interface PreparedJob {
  readonly graph: JobGraph
  /** Of `graph`, overrides included: slots refuse to run another. */
  readonly graphHash: string
  /** Where operators are described in the source, for errors about them; a JSON job has no lines. */
  readonly places: OperatorPlaces
  /** One ES module that builds the graph and its closures (see load-job.ts). */
  readonly bundle: string
  readonly sourceMap: string
  readonly kind: JobKind
  readonly fileName: string
  readonly source: string
  /** What the module wrote to `console` while it built its graph. */
  readonly console: readonly string[]
  readonly warnings: readonly Problem[]
}

export interface PrepareContext {
  readonly registry: SpecRegistry
  readonly sdkExports: readonly string[]
  /** `sdkBundle()`. */
  readonly sdkScript: string
  readonly timeLimitMs?: number
}

/**
 * The whole way from a job file to a validated graph. Throws a WeirError of domain `user` for whatever is wrong with the
 * file, with `problems` that name operator or line.
 */
export async function prepareJob(request: PrepareRequest, context: PrepareContext): Promise<PreparedJob> {
  const fileName = shownFileName(request.fileName)
  const kind = jobKind(request.fileName)
  const source = request.source.replace(/^\ufeff/, '')
  checkSource(source, fileName)
  const bundle = await bundleOf(source, fileName, kind, request.resolveFolder, context)
  const options = { sdkScript: context.sdkScript, fileName, timeLimitMs: context.timeLimitMs }
  const first = await evaluateInSandbox(bundle, options)
  const second = await evaluateInSandbox(bundle, { ...options, clockShiftMs: OTHER_CLOCK_MS })
  if (graphHash(first.graph) !== graphHash(second.graph)) throw notDeterministic(first.graph, second.graph, fileName)

  const graph = overridden(first.graph, request)
  const problems = validateGraph(graph, context.registry)
  if (problems.length > 0) {
    const withFile = problems.map(problem => ({ file: fileName, ...placed(problem, first.places) }))
    throw problemsError('JOB_GRAPH', withFile)
  }
  checkDeploymentSize({ graph, bundle: bundle.code, sourceMap: bundle.sourceMap }, fileName)
  return {
    graph,
    graphHash: graphHash(graph),
    places: first.places,
    bundle: bundle.code,
    sourceMap: bundle.sourceMap,
    kind,
    fileName,
    source,
    console: first.console,
    warnings: [
      ...bundle.warnings,
      ...[...deadEnds(graph, context.registry), ...missingTimestamps(graph, context.registry)].map(problem => ({
        file: fileName,
        ...placed(problem, first.places),
      })),
    ],
  }
}

/** Another year, month, day, weekday and time of day: whatever part of the clock a graph takes in, it shows. */
const OTHER_CLOCK_MS = (400 * 24 + 5) * 3_600_000 + 754_321

async function bundleOf(
  source: string,
  fileName: string,
  kind: JobKind,
  resolveFolder: string | undefined,
  context: PrepareContext,
): Promise<Bundle> {
  const { sdkExports } = context
  if (kind !== 'json') {
    return bundleJob({ source, fileName, kind, sdkExports, ...(resolveFolder === undefined ? {} : { resolveFolder }) })
  }
  const generated = await jsonJobModule(source, fileName, context.registry, sdkExports)
  return bundleJob({ source: generated.source, modules: generated.modules, fileName, kind: 'js', sdkExports })
}

function notDeterministic(first: JobGraph, second: JobGraph, fileName: string) {
  const problems = graphDifferences(first, second).map(message => ({ file: fileName, message }))
  return problemsError(
    'JOB_NOT_DETERMINISTIC',
    problems.length > 0 ? problems : [{ file: fileName, message: 'two evaluations give different graphs' }],
    `the file builds another graph each time it is evaluated (here ${shownPlace({ file: fileName })} was, with another clock and other random numbers); move Date and Math.random() into the functions of the job, or write fixed values`,
  )
}
