import { WeirError } from '@weir/engine/base/errors'
import { newJobId } from '@weir/engine/base/ids'
import type { Platform } from '@weir/engine/base/platform'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { placedError } from '@weir/submission/problems'
import { decodeSource } from '@weir/submission/source-text'
import type { MetaStore } from '../store/meta-store.ts'
import type { JobRecord, NewJobVersion } from '../store/records.ts'
import { toStoredBundle } from '../submission/stored-bundle.ts'
import { toStoredPlaces } from '../submission/stored-places.ts'
import type { SubmitRequest } from './control-plane.ts'
import type { GraphChecks, JobPreparer } from './ports.ts'

export interface JobIntakeParts {
  readonly epoch: number
  readonly store: Pick<MetaStore['jobs'], 'createJob'>
  readonly platform: Platform
  readonly preparer: JobPreparer
  readonly checks: GraphChecks
}

/** The way of a job from a request to the database. Nothing of it runs yet. */
export class JobIntake {
  readonly #parts: JobIntakeParts

  constructor(parts: JobIntakeParts) {
    this.#parts = parts
  }

  /** Bundled, evaluated, and checked; errors name the place in the file of the job. */
  async prepare(request: SubmitRequest): Promise<PreparedJob> {
    if (request.fromSavepoint !== undefined) {
      throw new WeirError('UNSUPPORTED', 'savepoints are not there in this version; submit without from_savepoint')
    }
    const { fileName, name, parallelism } = request
    const prepared = await this.#parts.preparer.prepareJob({
      source: decodeSource(request.content, fileName),
      fileName,
      ...(name === undefined ? {} : { name }),
      ...(parallelism === undefined ? {} : { parallelism }),
    })
    await this.#parts.checks.check(prepared.graph).catch((thrown: unknown) => {
      throw placedError(WeirError.from(thrown), prepared.places)
    })
    return prepared
  }

  async store(prepared: PreparedJob, { user, draft }: SubmitRequest): Promise<JobRecord> {
    const { epoch, store, platform } = this.#parts
    const { graph } = prepared
    const at = platform.clock.now()
    return await store.createJob(
      epoch,
      {
        id: newJobId(platform.random),
        name: graph.name,
        parallelism: graph.parallelism,
        maxParallelism: graph.maxParallelism,
        owner: user,
        submittedAt: at,
        ...(draft === undefined ? {} : { draft }),
      },
      versionOf(prepared, at),
    )
  }
}

function versionOf(prepared: PreparedJob, createdAt: number): NewJobVersion {
  const { graph, graphHash, kind, fileName, source, bundle, sourceMap } = prepared
  return {
    sourceKind: kind,
    fileName,
    sourceText: source,
    bundleText: toStoredBundle(bundle, sourceMap),
    graph,
    graphHash,
    settings: {
      parallelism: graph.parallelism,
      checkpointing: graph.checkpointing ?? null,
      restart: graph.restart ?? null,
      stateBackend: graph.stateBackend ?? null,
    },
    places: toStoredPlaces(prepared),
    createdAt,
  }
}
