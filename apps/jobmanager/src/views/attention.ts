import type { VerdictKind } from '@weir/proto/web/job-doc'
import type { AttentionDoc, JobRowDoc } from '@weir/proto/web/overview-doc'
import type { TaskManagerView } from '../dispatcher/control-plane.ts'

/** What is older is history, not news. */
const ATTENTION_MS = 24 * 3_600_000

/** What people are sent to see of a job, by what is the matter with it. */
const ACTIONS: Partial<Record<VerdictKind, { readonly tab: 'graph' | 'errors'; readonly action: string }>> = {
  failed: { tab: 'errors', action: 'See the error' },
  failing: { tab: 'errors', action: 'See the error' },
  'waiting-for-slots': { tab: 'graph', action: 'Open job' },
  'no-progress': { tab: 'graph', action: 'See where' },
  bottleneck: { tab: 'graph', action: 'See where' },
  restarting: { tab: 'errors', action: 'See why' },
  restarted: { tab: 'errors', action: 'See why' },
}

/** Kinds whose sentence begins with what the job does, rather than with the name of an operator. */
const SAYS_WHAT_THE_JOB_DOES: ReadonlySet<VerdictKind> = new Set([
  'failed',
  'failing',
  'waiting-for-slots',
  'restarting',
  'restarted',
])

/** What needs somebody, by a key that stays the same while it lasts. */
export function attentionOf(facts: {
  readonly now: number
  readonly jobs: readonly JobRowDoc[]
  readonly taskManagers: readonly TaskManagerView[]
}): Record<string, AttentionDoc> {
  const { now, jobs, taskManagers } = facts
  const found = [
    ...jobs.map(job => attentionOfJob(job, now)),
    ...taskManagers.map(taskManager => attentionOfTaskManager(taskManager, now)),
  ].filter(attention => attention !== null)
  return Object.fromEntries(found.map(attention => [attention.key, attention]))
}

function attentionOfJob({ jobId, name, verdict, finishedAt }: JobRowDoc, now: number): AttentionDoc | null {
  const { kind, tone, text, detail, operator, since } = verdict
  const way = ACTIONS[kind]
  if (way === undefined || (kind === 'failed' && now - (finishedAt ?? now) > ATTENTION_MS)) return null
  const query = new URLSearchParams({ tab: way.tab, ...(operator === null ? {} : { operator }) })
  return {
    key: `job/${jobId}/${kind}`,
    tone,
    subject: name,
    jobId,
    text: SAYS_WHAT_THE_JOB_DOES.has(kind) ? text.charAt(0).toLowerCase() + text.slice(1) : text,
    detail,
    since: since ?? now,
    href: `/jobs/${encodeURIComponent(jobId)}?${query}`,
    action: way.action,
  }
}

function attentionOfTaskManager(view: TaskManagerView, now: number): AttentionDoc | null {
  const since = view.lostAt ?? view.lastHeartbeat
  if (view.status !== 'LOST' || now - since > ATTENTION_MS) return null
  return {
    key: `taskmanager/${view.id}`,
    tone: 'warn',
    subject: view.id,
    jobId: null,
    text: 'is lost: its connection broke, or it fell silent.',
    detail: 'What ran there starts again elsewhere as soon as there is room.',
    since,
    href: '/cluster',
    action: 'Open cluster',
  }
}
