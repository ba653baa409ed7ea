import type { AttemptRun } from './attempt-run.ts'
import type { CommitToken } from './commit-token.ts'
import type { JobFault } from './job-effect.ts'
import type { Teardown } from './teardown.ts'

/**
 * The states of a job. Each owns its data; one file under `states/` says what each does with each event. Which may follow
 * which is in `transitions.ts`, what people see of them in `public-status.ts`.
 */
export type JobState =
  /** Nothing has been done. */
  | { readonly name: 'created' }
  | {
      readonly name: 'waiting-for-slots'
      readonly attempt: number
      /** Null until the ResourceManager has said it. */
      readonly free: number | null
      /** Why there is another attempt; null for the first. */
      readonly cause: JobFault | null
    }
  /** Splits are discovered, then workers made. */
  | {
      readonly name: 'deploying'
      readonly run: AttemptRun
      /** Sources whose splits are not known yet; workers are made when there are none. */
      readonly undiscovered: ReadonlySet<string>
      readonly timer: number
      readonly cause: JobFault | null
    }
  /** Records flow. */
  | {
      readonly name: 'running'
      readonly run: AttemptRun
      /** Slots that do not come back from an operator. */
      readonly stuck: ReadonlyMap<number, { readonly operator: string; readonly ms: number }>
    }
  /** An attempt has failed; when its slots are released and the delay is over, there is another. */
  | {
      readonly name: 'restarting'
      readonly teardown: Teardown
      readonly delayTimer: number | null
      readonly cause: JobFault
    }
  /** Every subtask has finished; the output becomes visible. */
  | {
      readonly name: 'committing'
      /** Null after a restart of the JobManager: the slots are long gone. */
      readonly run: AttemptRun | null
      readonly token: CommitToken
      readonly step: 'recording' | 'committing' | 'waiting'
      readonly failures: number
      readonly timer: number | null
      readonly error: JobFault | null
      /** Honoured when the commit that is under way fails: its result cannot be known before. */
      readonly cancelRequested: boolean
    }
  /** The output is visible; slots are given back. */
  | { readonly name: 'finishing'; readonly ending: Ending }
  | { readonly name: 'failing'; readonly ending: Ending; readonly error: JobFault }
  | { readonly name: 'cancelling'; readonly ending: Ending }
  | { readonly name: 'finished'; readonly attempt: number }
  | { readonly name: 'failed'; readonly attempt: number; readonly error: JobFault }
  | { readonly name: 'canceled'; readonly attempt: number }

/** The way out that finishing, failing and cancelling share. */
export type Ending =
  | { readonly step: 'releasing'; readonly attempt: number; readonly teardown: Teardown }
  /** What sinks left uncommitted is removed; a few tries within a bounded time. */
  | {
      readonly step: 'cleaning'
      readonly attempt: number
      /** Ends the waiting for an answer, or before the next try. */
      readonly timer: number
      readonly waitingFor: 'answer' | 'retry'
      readonly tries: number
    }

export type StateName = JobState['name']
export type StateOf<Name extends StateName> = Extract<JobState, { name: Name }>
