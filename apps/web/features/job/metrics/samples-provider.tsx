'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { MetricRange, MetricSeries } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useConnection, useJobDoc } from '@/lib/live'
import { useTRPC } from '@/lib/trpc.ts'
import { isOver } from '../job-tabs.ts'
import { extendSeries, type Sample, sampleOf } from './metric-series.ts'
import { SubtaskHeat } from './subtask-heat.ts'

const SAMPLE_EVERY_MS = 1_000
/** The server's history is asked for anew about as often, so older samples are not needed. */
const REFETCH_MS = 60_000
const KEPT_SAMPLES = (3 * REFETCH_MS) / SAMPLE_EVERY_MS

/** What the page has seen of a job since it was opened, for charts that go on where the server's history ends. */
class Samples {
  readonly heat = new SubtaskHeat()
  #list: readonly Sample[] = []
  readonly #listeners = new Set<() => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly list = (): readonly Sample[] => this.#list

  add(doc: JobDoc, at: number): void {
    this.heat.record(doc, at)
    this.#list = [...this.#list.slice(1 - KEPT_SAMPLES), sampleOf(doc, at)]
    for (const listener of this.#listeners) listener()
  }
}

const SamplesContext = createContext<Samples | null>(null)

/** Takes a sample of the job each second, while its stream is live and it runs. */
export function SamplesProvider({ jobId, children }: { readonly jobId: string; readonly children: ReactNode }) {
  const [samples] = useState(() => new Samples())
  return (
    <SamplesContext value={samples}>
      <Sampler jobId={jobId} samples={samples} />
      {children}
    </SamplesContext>
  )
}

function Sampler({ jobId, samples }: { readonly jobId: string; readonly samples: Samples }) {
  const live = useJobDoc(jobId)
  const { state, serverNow } = useConnection()
  const latest = useRef<JobDoc | null>(null)
  const doc = live.state === 'ready' ? live.doc : null
  useEffect(() => {
    latest.current = doc
  }, [doc])
  const taking = state === 'live' && doc !== null && !isOver(doc.status)
  useEffect(() => {
    if (!taking) return
    // A document that stays the same sends nothing, and is a sample all the same.
    const take = () => {
      if (latest.current !== null && document.visibilityState === 'visible') samples.add(latest.current, serverNow())
    }
    take()
    const timer = setInterval(take, SAMPLE_EVERY_MS)
    return () => clearInterval(timer)
  }, [taking, samples, serverNow])
  return null
}

function useSamples(): Samples {
  const samples = useContext(SamplesContext)
  if (samples === null) throw new Error('figures of a job stand outside of its page')
  return samples
}

export interface MetricHistory {
  /** What the server had, all series. */
  readonly kept: MetricSeries | null
  /** The series that were asked for, up to now. Null while it is loading. */
  readonly series: MetricSeries | null
  readonly error: unknown
  readonly retry: () => void
}

/**
 * The history of some of a job's figures (names as in MetricSeries, in a constant or a memo): at once from the server,
 * then continued live.
 */
export function useMetricHistory(jobId: string, range: MetricRange, names: readonly string[]): MetricHistory {
  const trpc = useTRPC()
  const samples = useSamples()
  const seen = useSyncExternalStore(samples.subscribe, samples.list, samples.list)
  const { data, error, refetch } = useQuery(
    trpc.jobs.metrics.queryOptions(
      { jobId, range },
      { staleTime: REFETCH_MS, refetchInterval: REFETCH_MS, placeholderData: keepPreviousData },
    ),
  )
  const series = useMemo(
    () => (data === undefined ? null : extendSeries(data, seen, range, names)),
    [data, seen, range, names],
  )
  return { kept: data ?? null, series, error, retry: () => void refetch() }
}

/** How busy the subtasks of an operator were while the page was open; follows along. */
export function useSubtaskHeat(): SubtaskHeat {
  const samples = useSamples()
  useSyncExternalStore(samples.subscribe, samples.list, samples.list)
  return samples.heat
}
