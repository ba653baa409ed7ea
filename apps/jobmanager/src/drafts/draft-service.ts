import { WeirError } from '@weir/engine/base/errors'
import type { Clock, Random } from '@weir/engine/base/platform'
import type {
  CheckOutcome,
  DeployOutcome,
  Draft,
  DraftSummary,
  DraftVersion,
  SampleFile,
  SaveOutcome,
} from '@weir/proto/web/drafts'
import { MAX_SOURCE_LENGTH } from '@weir/submission/limits'
import { jobKind, shownFileName } from '@weir/submission/source-text'
import type { DraftService, NewDraft } from '../api/trpc/services.ts'
import type { Principal } from '../auth/permissions.ts'
import type { ControlPlane } from '../dispatcher/control-plane.ts'
import type { DraftRecord, DraftSummaryRecord } from '../store/draft-records.ts'
import type { MetaStore } from '../store/meta-store.ts'
import { BLANK_FILE_NAME, BLANK_JOB } from './blank-job.ts'
import { type CheckRequest, type DraftChecks, isAboutTheSource } from './draft-checks.ts'
import type { SampleContent, SampleFiles } from './sample-files.ts'
import { problemsOfError } from './source-problems.ts'
import type { TemplateCatalog } from './template-catalog.ts'

export interface DraftsParts {
  readonly store: Pick<MetaStore, 'drafts' | 'jobs'>
  /** Of the lease that this JobManager leads with. */
  readonly epoch: () => number
  readonly controlPlane: Pick<ControlPlane, 'submit'>
  readonly checks: DraftChecks
  readonly samples: SampleFiles
  readonly templates: Pick<TemplateCatalog, 'source'>
  readonly clock: Clock
  readonly random: Random
}

/** How long a deployment is waited for before its status is told: the job's page shows the rest. */
const DEPLOY_WAIT_MS = 2_000

/** Pipelines that people write in the browser. */
export class Drafts implements DraftService {
  readonly #parts: DraftsParts

  constructor(parts: DraftsParts) {
    this.#parts = parts
  }

  async list(): Promise<readonly DraftSummary[]> {
    return (await this.#parts.store.drafts.listDrafts()).map(toSummary)
  }

  async get(draftId: string): Promise<Draft> {
    return this.#shown(await this.#stored(draftId))
  }

  async create(request: NewDraft, principal: Principal): Promise<Draft> {
    switch (request.from) {
      case 'blank':
        return this.#make('New pipeline', BLANK_FILE_NAME, BLANK_JOB, principal)
      case 'template': {
        const { title, fileName, source } = await this.#parts.templates.source(request.templateId)
        return this.#make(title, fileName, source, principal)
      }
      case 'source': {
        jobKind(request.fileName)
        const fileName = shownFileName(request.fileName)
        return this.#make(fileName.replace(/\.[a-z]+$/i, ''), fileName, request.source, principal)
      }
      case 'job':
        return this.#ofJob(request.jobId, principal)
    }
  }

  async save(
    request: {
      readonly draftId: string
      readonly source: string
      readonly baseRevision: number
      readonly restored?: boolean
    },
    principal: Principal,
  ): Promise<SaveOutcome> {
    const { draftId, source, baseRevision, restored = false } = request
    requireStorable(source)
    const at = this.#parts.clock.now()
    const save = { draftId, source, baseRevision, restored, by: principal.name, at }
    const { saved, draft } = await this.#parts.store.drafts.saveDraft(this.#parts.epoch(), save)
    if (!saved) return { ok: false, current: await this.#shown(draft) }
    return { ok: true, revision: draft.revision, editedAt: draft.editedAt }
  }

  async rename(draftId: string, name: string): Promise<DraftSummary> {
    return toSummary(await this.#parts.store.drafts.renameDraft(this.#parts.epoch(), draftId, name))
  }

  async remove(draftId: string): Promise<void> {
    await this.#parts.store.drafts.deleteDraft(this.#parts.epoch(), draftId)
    await this.#parts.samples.removeAll(draftId)
  }

  versions(draftId: string): Promise<readonly DraftVersion[]> {
    return this.#parts.store.drafts.listDraftVersions(draftId)
  }

  async versionSource(draftId: string, revision: number): Promise<{ readonly source: string }> {
    return { source: await this.#parts.store.drafts.getDraftSource(draftId, revision) }
  }

  check(request: CheckRequest): Promise<CheckOutcome> {
    return this.#parts.checks.check(request)
  }

  async deploy(
    request: {
      readonly draftId: string
      readonly revision: number
      readonly name: string
      readonly parallelism: number | null
    },
    principal: Principal,
  ): Promise<DeployOutcome> {
    const { draftId, revision, name, parallelism } = request
    const { fileName } = await this.#stored(draftId)
    const source = await this.#sourceOf(draftId, revision)
    if (source === null) {
      const message =
        'the pipeline has been edited since, and this text is not in its history any more; deploy it again'
      return { ok: false, message, problems: [] }
    }
    try {
      const { jobId, status } = await this.#parts.controlPlane.submit({
        fileName,
        content: Buffer.from(source),
        name,
        ...(parallelism === null ? {} : { parallelism }),
        user: principal.name,
        waitMs: DEPLOY_WAIT_MS,
        draft: { draftId, revision },
        mayWait: true,
      })
      return { ok: true, jobId, status }
    } catch (thrown) {
      const error = WeirError.from(thrown)
      if (!isAboutTheSource(error)) throw error
      return { ok: false, message: error.message, problems: problemsOfError(error, { fileName, places: new Map() }) }
    }
  }

  async putSample(draftId: string, name: string, content: SampleContent): Promise<SampleFile> {
    const { samples } = this.#parts
    await this.#stored(draftId)
    const sample = await samples.put(draftId, name, content)
    try {
      await this.#stored(draftId)
    } catch (error) {
      // The draft was deleted while the file came in.
      if (error instanceof WeirError && error.code === 'NOT_FOUND') await samples.removeAll(draftId)
      throw error
    }
    return sample
  }

  async removeSample(draftId: string, name: string): Promise<void> {
    await this.#stored(draftId)
    await this.#parts.samples.remove(draftId, name)
  }

  /** The draft that a job was deployed from, when that still has its source; else one with that source. */
  async #ofJob(jobId: string, principal: Principal): Promise<Draft> {
    const found = await this.#parts.store.jobs.getJobWithVersion(jobId)
    if (found === null) throw new WeirError('NOT_FOUND', `there is no job ${JSON.stringify(jobId.slice(0, 40))}`)
    const { job, version } = found
    const draft = job.draftId === null ? null : await this.#parts.store.drafts.getDraft(job.draftId)
    if (draft !== null && draft.source === version.sourceText) return this.#shown(draft)
    return this.#make(job.name, version.fileName, version.sourceText, principal)
  }

  /** Null for a text that a later one of the same spell of typing has replaced. */
  #sourceOf(draftId: string, revision: number): Promise<string | null> {
    return this.#parts.store.drafts.getDraftSource(draftId, revision).catch((error: unknown) => {
      if (error instanceof WeirError && error.code === 'NOT_FOUND') return null
      throw error
    })
  }

  async #make(name: string, fileName: string, source: string, principal: Principal): Promise<Draft> {
    requireStorable(source)
    const { store, epoch, clock, random } = this.#parts
    const taken = new Set((await store.drafts.listDrafts()).map(draft => draft.name))
    const record = await store.drafts.createDraft(epoch(), {
      id: `draft_${hexDigits(random, 8)}`,
      name: unusedName(name, taken),
      fileName,
      source,
      by: principal.name,
      at: clock.now(),
    })
    return this.#shown(record)
  }

  async #stored(draftId: string): Promise<DraftRecord> {
    const record = await this.#parts.store.drafts.getDraft(draftId)
    if (record !== null) return record
    throw new WeirError(
      'NOT_FOUND',
      `there is no draft ${JSON.stringify(draftId.slice(0, 40))}; it may have been deleted`,
    )
  }

  async #shown(record: DraftRecord): Promise<Draft> {
    const { source, deployedRevision, fileName } = record
    const samples = await this.#parts.samples.list(record.id)
    return { ...toSummary(record), fileName, source, deployedRevision, samples }
  }
}

function toSummary(record: DraftSummaryRecord): DraftSummary {
  const { id: draftId, name, revision, createdAt, editedAt, editedBy, jobId } = record
  return { draftId, name, revision, createdAt, editedAt, editedBy, jobId }
}

/** A draft may be anything while it is written, even empty, but not larger than a job may be. */
function requireStorable(source: string): void {
  if (source.length <= MAX_SOURCE_LENGTH) return
  throw new WeirError(
    'JOB_TOO_LARGE',
    `the source has ${source.length} characters, and a job may have ${MAX_SOURCE_LENGTH}; put data into files that a source reads`,
  )
}

/** `Book words`, `Book words 2`, … */
function unusedName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`
    if (!taken.has(candidate)) return candidate
  }
}

function hexDigits(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random.next() * 16).toString(16)).join('')
}
