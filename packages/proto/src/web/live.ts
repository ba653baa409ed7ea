import type { Change } from './live-delta.ts'

/**
 * One subscription per tab carries all topics that the page shows: a browser has six connections per server, and
 * several tabs share them. A hidden tab ends its subscription and resumes it by id when it is seen again.
 */
export type LiveTopic =
  | { readonly kind: 'overview' }
  | { readonly kind: 'job'; readonly jobId: string }
  /** Rows of collect and print sinks: `append` messages of RowItem. */
  | { readonly kind: 'rows'; readonly jobId: string; readonly operator: string | null }
  /** Log lines: `append` messages of LogItem. */
  | {
      readonly kind: 'logs'
      readonly jobId: string
      readonly operator: string | null
      readonly subtask: number | null
      readonly search: string | null
      /** Lines of this level, and of those that are worse; absent: all. */
      readonly level?: LeastLevel
    }

/** From which level on log lines can be asked for. */
export const LEAST_LEVELS = ['warn', 'error'] as const
export type LeastLevel = (typeof LEAST_LEVELS)[number]

/** The one name of a topic in messages and caches. */
export function topicKey(topic: LiveTopic): string {
  switch (topic.kind) {
    case 'overview':
      return 'overview'
    case 'job':
      return `job/${topic.jobId}`
    case 'rows':
      return `rows/${topic.jobId}/${topic.operator ?? ''}`
    case 'logs':
      return `${topic.level === undefined ? 'logs' : `logs-${topic.level}`}/${topic.jobId}/${topic.operator ?? ''}/${topic.subtask ?? ''}/${topic.search ?? ''}`
  }
}

/**
 * What a subscription yields: measured values at most once a second per topic, what an event has changed within 300 ms.
 * Each is tracked by an id that names the position of every topic, so that whoever comes back with it gets what was
 * missed: the deltas, while they are kept, or a snapshot.
 */
export type LiveMessage =
  /** The whole document. */
  | { readonly type: 'snapshot'; readonly topic: string; readonly doc: unknown }
  | { readonly type: 'delta'; readonly topic: string; readonly changes: readonly Change[] }
  /** New items of a list; `reset` says that what the reader has is not continued by them (forget it first). */
  | { readonly type: 'append'; readonly topic: string; readonly items: readonly unknown[]; readonly reset: boolean }
  /** There is no such thing (any more), or the caller may not see it: the message says what. The topic sends nothing more. */
  | { readonly type: 'gone'; readonly topic: string; readonly message: string }
  /** At the beginning and at least every 2 s: the server is there. Its wall clock, by which ages are shown. */
  | { readonly type: 'tick'; readonly at: number }
