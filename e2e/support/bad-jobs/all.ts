import type { BadJob } from './bad-job.ts'
import { graphs } from './graphs.ts'
import { modules } from './modules.ts'
import { paths } from './paths.ts'
import { settings } from './settings.ts'

export const badJobs: readonly BadJob[] = [...modules, ...settings, ...graphs, ...paths]
