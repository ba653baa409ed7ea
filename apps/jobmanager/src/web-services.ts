import { randomBytes } from 'node:crypto'
import type { Logger } from '@weir/process/logging'
import { nodePlatform } from '@weir/process/platform-node'
import { projectFolder } from '@weir/process/project-folder'
import type { Settings } from '@weir/process/settings'
import { onShutdown } from '@weir/process/shutdown'
import type { LogReader } from './api/rest/context.ts'
import type { WebServices } from './api/trpc/services.ts'
import type { LeaderSwitch } from './dispatcher/leader-switch.ts'
import type { JobPreparer } from './dispatcher/ports.ts'
import { openDrafts } from './drafts/open-drafts.ts'
import type { ChangeFeed } from './live/change-feed.ts'
import { jobManagerSources } from './live/job-manager-sources.ts'
import { LiveHub } from './live/live-hub.ts'
import type { MetaStore } from './store/meta-store.ts'
import type { SubmitChecks } from './submission/submit-checks.ts'
import { StoredJobPages } from './views/job-pages.ts'
import { LiveViews } from './views/live-views.ts'

export interface WebServicesParts {
  readonly settings: Pick<Settings, 'home' | 'workdir'>
  readonly store: Pick<MetaStore, 'drafts' | 'jobs'>
  /** Of the lease that this JobManager leads with; throws while it does not. */
  readonly epoch: () => number
  readonly leaderSwitch: LeaderSwitch
  readonly preparer: JobPreparer
  readonly checks: Pick<SubmitChecks, 'problems'>
  readonly logs: LogReader
  readonly changes: ChangeFeed
  readonly logger: Logger
  /** Of this JobManager. */
  readonly version: string
}

/** What the pages of the web app ask for, put together from the parts of this process. */
export function openWebServices(parts: WebServicesParts): WebServices {
  const { settings, store, epoch, leaderSwitch, preparer, checks, logs, changes, logger, version } = parts
  const { drafts, templates } = openDrafts({
    store,
    epoch,
    controlPlane: leaderSwitch,
    preparer,
    checks,
    settings,
    project: projectFolder(),
    platform: nodePlatform,
    logger,
  })
  const views = new LiveViews({
    cluster: () => leaderSwitch.dispatcher,
    store: store.jobs,
    clock: nodePlatform.clock,
    timers: nodePlatform.timers,
    version,
    onFault: (job, error) =>
      logger.warn({ err: error, job }, `the last figures of job ${job} could not be kept: ${error.message}`),
  })
  views.start()
  onShutdown(() => views.stop())
  const sources = jobManagerSources({
    documents: views,
    dispatcher: () => leaderSwitch.dispatcher,
    logs,
    changes,
  })
  const live = new LiveHub({
    sources,
    platform: nodePlatform,
    incarnation: randomBytes(6).toString('hex'),
    onFault: (topic, error) =>
      logger.warn({ err: error, topic }, `${topic} cannot be shown at the moment: ${error.message}`),
  })
  return {
    drafts,
    jobs: new StoredJobPages({ control: leaderSwitch, store, views }),
    live,
    templates: () => templates.list(),
    starterTemplates: () => templates.starters(),
  }
}
