'use client'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { type LiveTopic, topicKey } from '@weir/proto/web/live'
import type { OverviewDoc } from '@weir/proto/web/overview-doc'
import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react'
import { useLiveStore } from './live-provider.tsx'
import { type LiveDoc, type LiveList, NEW_TOPIC, type TopicState } from './topic-state.ts'

const OVERVIEW: LiveTopic = { kind: 'overview' }

/** The document that a topic carries. */
export type DocOf<Topic extends LiveTopic> = Topic extends { kind: 'overview' }
  ? OverviewDoc
  : Topic extends { kind: 'job' }
    ? JobDoc
    : never

/** Follows a topic while the component is mounted; re-renders when `select` gives something else than before. */
function useTopic<S>(
  topic: LiveTopic,
  limit: number,
  select: (state: TopicState) => S,
  same: (a: S, b: S) => boolean = Object.is,
): S {
  const store = useLiveStore()
  const key = topicKey(topic)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that a topic is
  const stable = useMemo(() => topic, [key])
  const subscribe = useCallback((listener: () => void) => store.watch(stable, limit, listener), [store, stable, limit])
  const last = useRef<{ readonly value: S } | null>(null)
  const read = (state: TopicState): S => {
    const value = select(state)
    if (last.current === null || !same(last.current.value, value)) last.current = { value }
    return last.current.value
  }
  return useSyncExternalStore(
    subscribe,
    () => read(store.topic(stable)),
    () => read(NEW_TOPIC),
  )
}

const documentOf = (state: TopicState): LiveDoc<unknown> => state.document
const listOf = (state: TopicState): LiveList<unknown> => state.list

/** The whole document of the cluster. Re-renders with each of its changes: prefer `useLive` for a part of it. */
export function useOverview(): LiveDoc<OverviewDoc> {
  return useTopic(OVERVIEW, 0, documentOf) as LiveDoc<OverviewDoc>
}

/** The whole document of a job. Re-renders with each of its changes: prefer `useLive` for a part of it. */
export function useJobDoc(jobId: string): LiveDoc<JobDoc> {
  return useTopic({ kind: 'job', jobId }, 0, documentOf) as LiveDoc<JobDoc>
}

/**
 * A part of a live document; undefined while there is none. Re-renders only when that part changes: parts that a delta
 * does not name keep their identity, so a selector that picks (rather than builds) needs no `same`.
 */
export function useLive<const Topic extends LiveTopic, S>(
  topic: Topic,
  selector: (doc: DocOf<Topic>) => S,
  same?: (a: S | undefined, b: S | undefined) => boolean,
): S | undefined {
  return useTopic<S | undefined>(
    topic,
    0,
    ({ document }) => (document.state === 'ready' ? selector(document.doc as DocOf<Topic>) : undefined),
    same,
  )
}

/** The newest `limit` items of a list (rows: RowItem, logs: LogItem), oldest first. */
export function useLiveList<T>(
  topic: Extract<LiveTopic, { kind: 'rows' | 'logs' }>,
  { limit }: { readonly limit: number },
): LiveList<T> {
  return useTopic(topic, limit, listOf) as LiveList<T>
}
