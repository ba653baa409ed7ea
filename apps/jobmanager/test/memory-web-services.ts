import { WeirError } from '@weir/engine/base/errors'
import { nodePlatform } from '@weir/process/platform-node'
import type { RowItem } from '@weir/proto/web/job-details'
import type { DraftService, JobPages, WebServices } from '../src/api/trpc/services.ts'
import type { ControlPlane } from '../src/dispatcher/control-plane.ts'
import { ChangeFeed } from '../src/live/change-feed.ts'
import type { RowQuery } from '../src/live/job-rows.ts'
import { LiveHub } from '../src/live/live-hub.ts'

/** The parts behind the web app's procedures, in memory: live documents of a MemoryControlPlane, and calls that are noted. */
export class MemoryWebServices implements WebServices {
  readonly changes = new ChangeFeed()
  readonly rows: RowItem[] = []
  readonly calls: { readonly method: string; readonly input: readonly unknown[] }[] = []
  /** What a call answers, by `drafts.get` and the like; null where nothing is said. */
  readonly answers = new Map<string, unknown>()
  /** What the next calls of drafts and pages of jobs throw. */
  failure: Error | null = null
  readonly drafts: DraftService = this.#noting<DraftService>('drafts')
  readonly jobs: JobPages = this.#noting<JobPages>('jobs')
  readonly live: LiveHub

  constructor(controlPlane: ControlPlane) {
    this.live = new LiveHub({
      sources: {
        overview: async () => ({ doc: { jobs: await controlPlane.listJobs() }, isSettled: false }),
        job: async jobId => ({ doc: await controlPlane.jobStatus(jobId), isSettled: false }),
        requireJob: async jobId => void (await controlPlane.jobStatus(jobId)),
        rows: {
          head: () => this.rows.at(-1)?.seq ?? 0,
          after: ({ seq, head }: RowQuery) => ({
            items: this.rows.filter(row => row.seq > seq && row.seq <= head),
            isContinued: true,
          }),
        },
        readLog: async () => ({ lines: [], cursor: 'the-end' }),
        onChange: listener => this.changes.subscribe(listener),
      },
      platform: nodePlatform,
      incarnation: 'abc123',
      onFault: (topic, error) => {
        throw new WeirError('ASSERTION', `${topic}: ${error.message}`)
      },
    })
  }

  templates = async () => []
  starterTemplates = async () => []

  /** Answers every call as `answers` says, after noting it. */
  #noting<Part extends object>(name: string): Part {
    return new Proxy({} as Part, {
      get:
        (_part, method) =>
        async (...input: unknown[]) => {
          if (this.failure !== null) throw this.failure
          this.calls.push({ method: `${name}.${String(method)}`, input })
          return this.answers.get(`${name}.${String(method)}`) ?? null
        },
    })
  }
}
