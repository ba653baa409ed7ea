import { WeirError } from '@weir/engine/base/errors'
import type { LogReader } from '../api/rest/context.ts'
import type { Dispatcher } from '../dispatcher/dispatcher.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { Shown } from './document-channel.ts'
import type { LiveSources } from './live-sources.ts'

/** What the views of the JobManager make. */
export interface LiveDocuments {
  overview(seesRecords: boolean): Promise<Shown>
  job(jobId: string, seesRecords: boolean): Promise<Shown>
}

export interface JobManagerSourcesParts {
  readonly documents: LiveDocuments
  /** Null on a standby. */
  readonly dispatcher: () => Dispatcher | null
  readonly logs: LogReader
  readonly changes: ChangeFeed
}

/** The live sources of this process: its Dispatcher, its log files, and the views of both. */
export function jobManagerSources({ documents, dispatcher, logs, changes }: JobManagerSourcesParts): LiveSources {
  const leading = (): Dispatcher => {
    const found = dispatcher()
    if (found === null) throw new WeirError('NOT_LEADER', 'this JobManager is a standby: ask the one that leads')
    return found
  }
  return {
    overview: (_, seesRecords) => documents.overview(seesRecords),
    job: (jobId, _, seesRecords) => documents.job(jobId, seesRecords),
    requireJob: async jobId => leading().requireJob(jobId),
    rows: {
      head: jobId => leading().publishedRows.head(jobId),
      after: query => leading().publishedRows.after(query),
    },
    readLog: ({ jobId, operator, subtask, search, level }, limit, after) =>
      logs.read({
        jobId,
        limit,
        ...(operator === null ? {} : { operator }),
        ...(subtask === null ? {} : { subtask }),
        ...(level === null ? {} : { level }),
        ...(search === null || search === '' ? {} : { search }),
        ...(after === null ? {} : { after }),
      }),
    onChange: listener => changes.subscribe(listener),
  }
}
