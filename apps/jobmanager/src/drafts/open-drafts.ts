import { join } from 'node:path'
import { sources } from '@weir/connectors/runtime'
import type { Platform } from '@weir/engine/base/platform'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { Logger } from '@weir/process/logging'
import type { ControlPlane } from '../dispatcher/control-plane.ts'
import type { JobPreparer } from '../dispatcher/ports.ts'
import type { MetaStore } from '../store/meta-store.ts'
import type { SubmitChecks } from '../submission/submit-checks.ts'
import { DraftChecks } from './draft-checks.ts'
import { Drafts } from './draft-service.ts'
import { ExampleData } from './example-data.ts'
import { SampleFiles } from './sample-files.ts'
import { TemplateCatalog } from './template-catalog.ts'

export interface OpenDraftsParts {
  readonly store: Pick<MetaStore, 'drafts' | 'jobs'>
  /** Of the lease that this JobManager leads with; throws while it does not. */
  readonly epoch: () => number
  readonly controlPlane: Pick<ControlPlane, 'submit' | 'clusterMetrics'>
  readonly preparer: JobPreparer
  readonly checks: Pick<SubmitChecks, 'problems'>
  /** WEIR_HOME and WEIR_WORKDIR. */
  readonly settings: { readonly home: string; readonly workdir: string }
  /** The root of this clone, with `examples` in it. */
  readonly project: string
  readonly platform: Pick<Platform, 'clock' | 'random'>
  readonly logger: Logger
}

/** Drafts and templates, put together from what the JobManager has. Starts nothing. */
export function openDrafts(parts: OpenDraftsParts): { readonly drafts: Drafts; readonly templates: TemplateCatalog } {
  const { store, epoch, controlPlane, preparer, settings, project, platform, logger } = parts
  const { clock, random } = platform
  const { home, workdir } = settings
  const templates = new TemplateCatalog({
    folder: join(project, 'examples'),
    preparer,
    data: new ExampleData({ project, workdir, logger }),
    isBounded,
    logger,
  })
  const checks = new DraftChecks({
    preparer,
    graphProblems: graph => parts.checks.problems(graph),
    controlPlane,
    monotonicMs: () => clock.monotonicMs(),
  })
  const samples = new SampleFiles({ uploads: join(home, 'uploads'), workdir })
  const drafts = new Drafts({ store, epoch, controlPlane, checks, samples, templates, clock, random })
  return { drafts, templates }
}

/** Whether every source of a valid graph comes to an end. */
function isBounded(graph: JobGraph): boolean {
  return graph.nodes.every(({ type, config }) => sources.get(type)?.isBounded(config) ?? true)
}
