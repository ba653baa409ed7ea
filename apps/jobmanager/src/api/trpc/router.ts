import { tracked } from '@trpc/server'
import type { Draft } from '@weir/proto/web/drafts'
import type { ExceptionGroup } from '@weir/proto/web/job-details'
import { LEAST_LEVELS } from '@weir/proto/web/live'
import { z } from 'zod'
import { mayDo, type Principal } from '../../auth/permissions.ts'
import type { ControlPlane } from '../../dispatcher/control-plane.ts'
import { toTrpcError } from './errors.ts'
import { allowed, router } from './procedure.ts'
import type { WebServices } from './services.ts'

/** So soon a stream ends when its session has ended, or its token was revoked. */
const LOGIN_CHECK_MS = 10_000

const jobId = z.string().min(1).max(100)
const draftId = z.string().min(1).max(100)
const operator = z.string().min(1).max(200).nullable()
const parallelism = z.int().min(1).max(32_768).nullable()
/** The same bound as for an uploaded job file. */
const source = z.string().max(32 * 1024 * 1024)
const fileName = z.string().min(1).max(200)
const pipelineName = z.string().trim().min(1, 'must not be empty').max(200)

const topicSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('overview') }),
  z.object({ kind: z.literal('job'), jobId }),
  z.object({ kind: z.literal('rows'), jobId, operator }),
  z.object({
    kind: z.literal('logs'),
    jobId,
    operator,
    subtask: z.int().min(0).nullable(),
    search: z.string().max(200).nullable(),
    level: z.enum(LEAST_LEVELS).optional(),
  }),
])

/** What the web app may ask. Every procedure says which right it needs; what it does stands in the services. */
export function webRouter(services: WebServices, controlPlane: ControlPlane) {
  const { drafts, jobs, live } = services
  return router({
    session: router({
      me: allowed('authenticated').query(({ ctx }) => ctx.me()),
    }),

    live: router({
      watch: allowed('authenticated')
        .input(z.object({ topics: z.array(topicSchema).min(1).max(8), lastEventId: z.string().max(2_000).nullish() }))
        .subscription(async function* ({ input, ctx, signal }) {
          const end = signal ?? new AbortController().signal
          let checkAtMs = performance.now() + LOGIN_CHECK_MS
          try {
            const messages = live.watch(input.topics, input.lastEventId ?? null, ctx.principal, end)
            for await (const { id, message } of messages) {
              if (performance.now() >= checkAtMs) {
                await ctx.stillLoggedIn()
                checkAtMs = performance.now() + LOGIN_CHECK_MS
              }
              yield tracked(id, message)
            }
          } catch (thrown) {
            throw toTrpcError(thrown)
          }
        }),
    }),

    jobs: router({
      pipeline: allowed('jobs:read')
        .input(z.object({ jobId }))
        .query(({ input }) => jobs.pipeline(input.jobId)),
      exceptions: allowed('jobs:read')
        .input(z.object({ jobId }))
        .query(async ({ input, ctx }) => exceptionsFor(ctx.principal, await jobs.exceptions(input.jobId))),
      history: allowed('jobs:read')
        .input(z.object({ jobId }))
        .query(({ input }) => jobs.history(input.jobId)),
      metrics: allowed('jobs:read')
        .input(z.object({ jobId, range: z.enum(['5m', '30m', '6h']) }))
        .query(({ input }) => jobs.metrics(input.jobId, input.range)),
      config: allowed('jobs:read')
        .input(z.object({ jobId }))
        .query(({ input }) => jobs.config(input.jobId)),
      cancel: allowed('jobs:operate')
        .input(z.object({ jobId }))
        .mutation(({ input }) => controlPlane.cancel(input.jobId)),
      runAgain: allowed('jobs:submit')
        .input(z.object({ jobId }))
        .mutation(({ input, ctx }) => jobs.runAgain(input.jobId, ctx.principal)),
      remove: allowed('jobs:submit')
        .input(z.object({ jobId }))
        .mutation(({ input }) => controlPlane.deleteJob(input.jobId)),
    }),

    drafts: router({
      list: allowed('jobs:read').query(() => drafts.list()),
      get: allowed('jobs:read')
        .input(z.object({ draftId }))
        .query(async ({ input, ctx }) => draftFor(ctx.principal, await drafts.get(input.draftId))),
      create: allowed('jobs:submit')
        .input(
          z.discriminatedUnion('from', [
            z.object({ from: z.literal('blank') }),
            z.object({ from: z.literal('template'), templateId: z.string().min(1).max(100) }),
            z.object({ from: z.literal('job'), jobId }),
            z.object({ from: z.literal('source'), fileName, source }),
          ]),
        )
        .mutation(({ input, ctx }) => drafts.create(input, ctx.principal)),
      /** Comes with every pause in typing: who wrote what is in the draft's history. */
      save: allowed('jobs:submit', { isAudited: false })
        .input(z.object({ draftId, source, baseRevision: z.int().min(0), restored: z.boolean().optional() }))
        .mutation(({ input, ctx }) => drafts.save(input, ctx.principal)),
      rename: allowed('jobs:submit')
        .input(z.object({ draftId, name: pipelineName }))
        .mutation(({ input }) => drafts.rename(input.draftId, input.name)),
      remove: allowed('jobs:submit')
        .input(z.object({ draftId }))
        .mutation(({ input }) => drafts.remove(input.draftId)),
      versions: allowed('jobs:read')
        .input(z.object({ draftId }))
        .query(({ input }) => drafts.versions(input.draftId)),
      versionSource: allowed('jobs:read')
        .input(z.object({ draftId, revision: z.int().min(0) }))
        .query(({ input }) => drafts.versionSource(input.draftId, input.revision)),
      /** A mutation, so that it goes by POST and is never repeated by a cache: it runs code, and changes nothing. */
      check: allowed('jobs:submit', { isAudited: false })
        .input(z.object({ source, fileName, parallelism, caller: z.string().max(100).optional() }))
        .mutation(({ input }) => drafts.check(input)),
      deploy: allowed('jobs:submit')
        .input(z.object({ draftId, revision: z.int().min(0), name: pipelineName, parallelism }))
        .mutation(({ input, ctx }) => drafts.deploy(input, ctx.principal)),
      removeSample: allowed('jobs:submit')
        .input(z.object({ draftId, name: fileName }))
        .mutation(({ input }) => drafts.removeSample(input.draftId, input.name)),
    }),

    templates: router({
      list: allowed('jobs:read').query(() => services.templates()),
      starters: allowed('jobs:read').query(() => services.starterTemplates()),
    }),
  })
}

/** Records are shown only to those who may see records; what a message quotes of one is not taken out of it. */
function exceptionsFor(principal: Principal, groups: readonly ExceptionGroup[]): readonly ExceptionGroup[] {
  if (mayDo(principal, 'records:read')) return groups
  return groups.map(group => ({ ...group, examples: group.examples.map(example => ({ ...example, record: null })) }))
}

/** The same for the beginnings of sample files. */
function draftFor(principal: Principal, draft: Draft): Draft {
  if (mayDo(principal, 'records:read')) return draft
  return { ...draft, samples: draft.samples.map(sample => ({ ...sample, head: '' })) }
}

/** The type by which the web app knows its server. */
export type WebRouter = ReturnType<typeof webRouter>
