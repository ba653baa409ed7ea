import { WeirError } from '@weir/engine/base/errors'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { CheckOutcome, SourceProblem } from '@weir/proto/web/drafts'
import { missingFeatures } from '@weir/submission/missing-features'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { shownFileName } from '@weir/submission/source-text'
import type { ControlPlane } from '../dispatcher/control-plane.ts'
import type { JobPreparer } from '../dispatcher/ports.ts'
import { pipelineView } from '../views/pipeline-view.ts'
import { CheckQueue } from './check-queue.ts'
import { problemRow, problemsOfError } from './source-problems.ts'

export interface DraftChecksParts {
  readonly preparer: JobPreparer
  /** All that this cluster refuses in a valid graph, one error each. */
  readonly graphProblems: (graph: JobGraph) => Promise<readonly WeirError[]>
  readonly controlPlane: Pick<ControlPlane, 'clusterMetrics'>
  readonly monotonicMs: () => number
}

export interface CheckRequest {
  readonly source: string
  readonly fileName: string
  readonly parallelism: number | null
  readonly caller?: string
}

/** Says all that is wrong with a source, and draws its graph, by the very preparation that a submission gets. */
export class DraftChecks {
  readonly #parts: DraftChecksParts
  readonly #queue = new CheckQueue()

  constructor(parts: DraftChecksParts) {
    this.#parts = parts
  }

  /** CONFLICT when a newer check of the same caller came first, or too many wait. */
  async check(request: CheckRequest): Promise<CheckOutcome> {
    const caller = request.caller === undefined || request.caller === '' ? null : request.caller
    return this.#queue.run(caller, () => this.#check(request))
  }

  async #check(request: CheckRequest): Promise<CheckOutcome> {
    const { controlPlane, monotonicMs } = this.#parts
    const startedAt = monotonicMs()
    const found = await this.#prepare(request)
    const { totalSlots, availableSlots } = await controlPlane.clusterMetrics()
    return {
      ...found,
      slotsFree: availableSlots,
      slotsTotal: totalSlots,
      tookMs: Math.round(monotonicMs() - startedAt),
    }
  }

  async #prepare(
    request: CheckRequest,
  ): Promise<Pick<CheckOutcome, 'pipeline' | 'problems' | 'console' | 'slotsNeeded'>> {
    const { source, fileName, parallelism } = request
    try {
      const prepared = await this.#parts.preparer.prepareJob({
        source,
        fileName,
        ...(parallelism === null ? {} : { parallelism }),
      })
      return {
        pipeline: pipelineView(prepared.graph, prepared.places),
        problems: await this.#problemsOf(prepared),
        console: prepared.console,
        slotsNeeded: executionGraph(prepared.graph).slotCount,
      }
    } catch (thrown) {
      const error = WeirError.from(thrown)
      if (!isAboutTheSource(error)) throw error
      const problems = problemsOfError(error, { fileName: shownFileName(fileName), places: new Map() })
      return { pipeline: null, problems, console: [], slotsNeeded: null }
    }
  }

  async #problemsOf(prepared: PreparedJob): Promise<SourceProblem[]> {
    const errors = await this.#parts.graphProblems(prepared.graph)
    return [
      ...errors.flatMap(error => problemsOfError(error, prepared)),
      ...prepared.warnings.map(warning => problemRow(warning, 'warning', prepared)),
      ...missingFeatures(prepared.graph).map(message => problemRow({ message }, 'info', prepared)),
    ]
  }
}

/** Whether an error tells its author something, rather than that the cluster could not look. */
export function isAboutTheSource({ code, domain }: WeirError): boolean {
  return code === 'FILE_ACCESS' || (domain === 'user' && code !== 'CONFLICT' && code !== 'NOT_FOUND')
}
