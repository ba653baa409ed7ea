import { WeirError } from '@weir/engine/base/errors'
import {
  beforeId,
  cleanJsonOrNull,
  cleanText,
  cleanTextOrNull,
  exactJson,
  exactText,
  pageLimit,
  pageOf,
  toTime,
  toTimeIfSet,
  wholeNumber,
} from './conversions.ts'
import { toAttempt, toEvent, toException, toFigures, toJob, toJobError, toVersion } from './job-rows.ts'
import { linkDeployment, relinkDraft, requireDraft } from './link-deployment.ts'
import type { JobStore } from './meta-store.ts'
import {
  type AttemptEnd,
  type AttemptRecord,
  CHARTS_KEPT_MAX,
  ENDED_STATUSES,
  EVENTS_PER_JOB_MAX,
  EXCEPTIONS_PER_JOB_MAX,
  JOB_STATUSES,
  type JobChange,
  type JobEventRecord,
  type JobExceptionRecord,
  type JobFiguresRecord,
  type JobQuery,
  type JobRecord,
  type JobStatus,
  type JobVersionRecord,
  MESSAGE_CHARACTERS_MAX,
  type NewJob,
  type NewJobEvent,
  type NewJobException,
  type NewJobVersion,
  type Page,
  type PageQuery,
  RECORD_CHARACTERS_MAX,
  STACK_CHARACTERS_MAX,
} from './records.ts'
import type { StoreSession, Transaction } from './store-session.ts'

export class PrismaJobStore implements JobStore {
  readonly #session: StoreSession

  constructor(session: StoreSession) {
    this.#session = session
  }

  createJob(epoch: number, job: NewJob, version: NewJobVersion): Promise<JobRecord> {
    return this.#session.write(epoch, async db => {
      if ((await db.job.count({ where: { id: job.id } })) > 0) {
        throw new WeirError('CONFLICT', `there is a job ${job.id} already`)
      }
      const row = await db.job.create({
        data: {
          id: job.id,
          name: cleanText(job.name),
          status: 'CREATED',
          parallelism: job.parallelism,
          maxParallelism: job.maxParallelism,
          version: 1,
          reason: cleanTextOrNull(job.reason ?? null),
          owner: cleanTextOrNull(job.owner),
          submittedAt: toTime(job.submittedAt),
          draftId: await requireDraft(db, job.draft),
        },
      })
      await insertVersion(db, job.id, 1, version)
      if (job.draft !== undefined) {
        const { owner, submittedAt: at } = job
        await linkDeployment(db, { ...job.draft, jobId: job.id, source: version.sourceText, by: owner ?? '', at })
      }
      await insertEvent(db, {
        jobId: job.id,
        attempt: null,
        kind: 'SUBMITTED',
        message: `submitted as ${version.fileName}${job.owner === null ? '' : ` by ${job.owner}`}`,
        detail: null,
        at: job.submittedAt,
      })
      return toJob(row)
    })
  }

  addJobVersion(epoch: number, jobId: string, version: NewJobVersion): Promise<JobVersionRecord> {
    return this.#session.write(epoch, async db => {
      const [job] = await db.job.updateManyAndReturn({
        where: { id: cleanText(jobId) },
        data: { version: { increment: 1 } },
      })
      if (job === undefined) throw unknownJob(jobId)
      return toVersion(await insertVersion(db, jobId, job.version, version))
    })
  }

  updateJob(epoch: number, jobId: string, change: JobChange): Promise<JobRecord> {
    return this.#session.write(epoch, async db => {
      const id = cleanText(jobId)
      const { status, parallelism, restarts, reason, error, expected } = change
      const [row] = await db.job.updateManyAndReturn({
        where: { id, ...(expected === undefined ? {} : { status: { in: [...expected] } }) },
        data: {
          status,
          parallelism,
          restarts,
          reason: reason === undefined ? undefined : cleanTextOrNull(reason, MESSAGE_CHARACTERS_MAX),
          error: error === undefined ? undefined : cleanJsonOrNull(toJobError(error)),
          startedAt: toTimeIfSet(change.startedAt),
          finishedAt: toTimeIfSet(change.finishedAt),
        },
      })
      if (row === undefined) {
        const job = await db.job.findUnique({ where: { id } })
        if (job === null) throw unknownJob(jobId)
        throw new WeirError('CONFLICT', `job ${jobId} is ${job.status}, not ${expected?.join(' or ')}`)
      }
      if (change.event !== undefined) await insertEvent(db, { ...change.event, jobId: id })
      return toJob(row)
    })
  }

  deleteJob(epoch: number, jobId: string): Promise<void> {
    return this.#session.write(epoch, async db => {
      const id = cleanText(jobId)
      const drafts = await db.draft.findMany({ where: { jobId: id }, select: { id: true } })
      const { count } = await db.job.deleteMany({ where: { id, status: { in: [...ENDED_STATUSES] } } })
      for (const draft of count > 0 ? drafts : []) await relinkDraft(db, draft.id)
      if (count > 0) return
      const job = await db.job.findUnique({ where: { id } })
      if (job === null) throw unknownJob(jobId)
      throw new WeirError('CONFLICT', `job ${jobId} is ${job.status}; cancel it before it can be deleted`)
    })
  }

  async getJob(jobId: string): Promise<JobRecord | null> {
    const row = await this.#session.read(db => db.job.findUnique({ where: { id: cleanText(jobId) } }))
    return row === null ? null : toJob(row)
  }

  async getJobVersion(jobId: string, version?: number): Promise<JobVersionRecord | null> {
    const row = await this.#session.read(db =>
      db.jobVersion.findFirst({ where: { jobId: cleanText(jobId), version }, orderBy: { version: 'desc' } }),
    )
    return row === null ? null : toVersion(row)
  }

  getJobWithVersion(jobId: string): Promise<{ job: JobRecord; version: JobVersionRecord } | null> {
    return this.#session.snapshot(async db => {
      const job = await db.job.findUnique({ where: { id: cleanText(jobId) } })
      if (job === null) return null
      const version = await db.jobVersion.findUniqueOrThrow({
        where: { jobId_version: { jobId: job.id, version: job.version } },
      })
      return { job: toJob(job), version: toVersion(version) }
    })
  }

  async listJobs(query: JobQuery): Promise<Page<JobRecord>> {
    const limit = pageLimit(query)
    const rows = await this.#session.read(db =>
      db.job.findMany({
        where: {
          seq: beforeId(query),
          status: query.statuses === undefined ? undefined : { in: [...query.statuses] },
          owner: query.owner === undefined ? undefined : cleanText(query.owner),
          name:
            query.nameContains === undefined
              ? undefined
              : { contains: likeLiteral(cleanText(query.nameContains)), mode: 'insensitive' },
        },
        orderBy: { seq: 'desc' },
        take: limit + 1,
      }),
    )
    return pageOf(rows, limit, toJob, job => job.seq)
  }

  async countJobs(): Promise<Record<JobStatus, number>> {
    const groups = await this.#session.read(db => db.job.groupBy({ by: ['status'], _count: { _all: true } }))
    const counts = Object.fromEntries(JOB_STATUSES.map(status => [status, 0])) as Record<JobStatus, number>
    for (const group of groups) counts[group.status] = group._count._all
    return counts
  }

  startAttempt(epoch: number, jobId: string, attempt: number, at: number): Promise<void> {
    return this.#session.write(epoch, async db => {
      const id = cleanText(jobId)
      const { count } = await db.job.updateMany({ where: { id, attempt: { lte: attempt } }, data: { attempt } })
      if (count === 0) {
        const job = await db.job.findUnique({ where: { id } })
        if (job === null) throw unknownJob(jobId)
        throw new WeirError(
          'STALE_ATTEMPT',
          `attempt ${attempt} of job ${jobId} is older than its attempt ${job.attempt}`,
        )
      }
      await db.attempt.createMany({
        data: { jobId: id, attempt, status: 'RUNNING', startedAt: toTime(at) },
        skipDuplicates: true,
      })
    })
  }

  endAttempt(epoch: number, jobId: string, attempt: number, end: AttemptEnd): Promise<boolean> {
    return this.#session.write(epoch, async db => {
      const where = { jobId: cleanText(jobId), attempt }
      const { count } = await db.attempt.updateMany({
        where: { ...where, endedAt: null },
        data: { status: end.status, endedAt: toTime(end.at), cause: cleanJsonOrNull(toJobError(end.cause)) },
      })
      if (count === 0 && (await db.attempt.count({ where })) === 0) {
        throw new WeirError('NOT_FOUND', `job ${jobId} has no attempt ${attempt}`)
      }
      return count > 0
    })
  }

  async listAttempts(jobId: string, query: PageQuery = {}): Promise<Page<AttemptRecord>> {
    const limit = pageLimit(query)
    const rows = await this.#session.read(db =>
      db.attempt.findMany({
        where: {
          jobId: cleanText(jobId),
          attempt: query.before === undefined ? undefined : { lt: wholeNumber(query.before) },
        },
        orderBy: { attempt: 'desc' },
        take: limit + 1,
      }),
    )
    return pageOf(rows, limit, toAttempt, attempt => attempt.attempt)
  }

  recordException(epoch: number, exception: NewJobException): Promise<void> {
    return this.#session.write(epoch, async db => {
      const { attempt, code, operator, subtask, message, stack, record, at } = exception
      const jobId = cleanText(exception.jobId)
      if ((await db.job.count({ where: { id: jobId } })) === 0) throw unknownJob(exception.jobId)
      await db.jobException.create({
        data: {
          jobId,
          attempt,
          code,
          operator: cleanTextOrNull(operator),
          subtask,
          message: cleanText(message, MESSAGE_CHARACTERS_MAX),
          stack: cleanTextOrNull(stack, STACK_CHARACTERS_MAX),
          record: cleanTextOrNull(record, RECORD_CHARACTERS_MAX),
          at: toTime(at),
        },
      })
      await db.$executeRaw`DELETE FROM job_exceptions WHERE job_id = ${jobId} AND id <= (
        SELECT id FROM job_exceptions WHERE job_id = ${jobId} ORDER BY id DESC OFFSET ${EXCEPTIONS_PER_JOB_MAX} LIMIT 1)`
    })
  }

  async listExceptions(jobId: string, query: PageQuery = {}): Promise<Page<JobExceptionRecord>> {
    const limit = pageLimit(query)
    const where = { jobId: cleanText(jobId), id: beforeId(query) }
    const rows = await this.#session.read(db =>
      db.jobException.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 }),
    )
    return pageOf(rows, limit, toException, exception => exception.id)
  }

  appendJobEvent(epoch: number, event: NewJobEvent): Promise<void> {
    return this.#session.write(epoch, async db => {
      const jobId = cleanText(event.jobId)
      if ((await db.job.count({ where: { id: jobId } })) === 0) throw unknownJob(event.jobId)
      await insertEvent(db, { ...event, jobId })
    })
  }

  async listJobEvents(jobId: string, query: PageQuery = {}): Promise<Page<JobEventRecord>> {
    const limit = pageLimit(query)
    const where = { jobId: cleanText(jobId), id: beforeId(query) }
    const rows = await this.#session.read(db =>
      db.jobEvent.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 }),
    )
    return pageOf(rows, limit, toEvent, event => event.id)
  }

  putJobFigures(epoch: number, jobId: string, record: JobFiguresRecord): Promise<void> {
    return this.#session.write(epoch, async db => {
      const id = cleanText(jobId)
      const { count } = await db.job.updateMany({
        where: { id },
        data: { recordsIn: record.recordsIn, recordsOut: record.recordsOut },
      })
      if (count === 0) throw unknownJob(jobId)
      const data = {
        figures: exactJson(record.figures, 'the figures of the job'),
        charts: cleanJsonOrNull(record.charts),
        at: toTime(record.at),
      }
      await db.jobFigures.upsert({ where: { jobId: id }, update: data, create: { ...data, jobId: id } })
      await db.$executeRaw`UPDATE job_figures SET charts = NULL WHERE charts IS NOT NULL AND job_id IN (
        SELECT job_id FROM job_figures ORDER BY at DESC, job_id OFFSET ${CHARTS_KEPT_MAX})`
    })
  }

  async getJobFigures(jobId: string): Promise<JobFiguresRecord | null> {
    const row = await this.#session.read(db =>
      db.jobFigures.findUnique({
        where: { jobId: cleanText(jobId) },
        include: { job: { select: { recordsIn: true, recordsOut: true } } },
      }),
    )
    return row === null ? null : toFigures(row)
  }
}

function unknownJob(jobId: string): WeirError {
  return new WeirError('NOT_FOUND', `there is no job ${JSON.stringify(jobId)}`)
}

function insertVersion(db: Transaction, jobId: string, version: number, data: NewJobVersion) {
  return db.jobVersion.create({
    data: {
      jobId,
      version,
      sourceKind: data.sourceKind,
      fileName: cleanText(data.fileName),
      sourceText: exactText(data.sourceText, data.fileName),
      bundleText: exactText(data.bundleText, `the bundle of ${data.fileName}`),
      graph: exactJson(data.graph, 'the job graph'),
      graphHash: data.graphHash,
      settings: exactJson(data.settings, 'the settings of the job'),
      places: exactJson(data.places, 'the list of operators with their places'),
      createdAt: toTime(data.createdAt),
    },
  })
}

async function insertEvent(db: Transaction, event: NewJobEvent): Promise<void> {
  const { jobId, attempt, kind, message, detail, at } = event
  await db.jobEvent.create({
    data: {
      jobId,
      attempt,
      kind,
      message: cleanText(message, MESSAGE_CHARACTERS_MAX),
      detail: cleanJsonOrNull(detail),
      at: toTime(at),
    },
  })
  await db.$executeRaw`DELETE FROM job_events WHERE job_id = ${jobId} AND id <= (
    SELECT id FROM job_events WHERE job_id = ${jobId} ORDER BY id DESC OFFSET ${EVENTS_PER_JOB_MAX} LIMIT 1)`
}

/** Prisma hands `%` and `_` on as wildcards. */
function likeLiteral(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
