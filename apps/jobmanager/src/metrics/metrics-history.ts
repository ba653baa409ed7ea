import type { MetricRange, MetricSeries } from '@weir/proto/web/job-details'

/** Each range has so many points, a step apart. */
const POINTS = 300
const STEP_MS: Readonly<Record<MetricRange, number>> = { '5m': 1_000, '30m': 6_000, '6h': 72_000 }
const RANGES = Object.keys(STEP_MS) as readonly MetricRange[]
/** A second that was missed shows the one before it; more than that is a gap. */
const BRIDGED_STEPS_MAX = 2
/** All series of all jobs: one is about 3.6 KB (3 × 300 numbers of 4 bytes), so these are 36 MB. */
const SERIES_TOTAL_MAX = 10_000
/** Of one job. Its own come first, then those of its vertices, in the order of the graph. */
const SERIES_PER_JOB_MAX = 500
/** Jobs that have ended keep theirs until so many others have. */
const JOBS_MAX = 100

/** Of a job that has ended: each is up to 900 points, so this is about 300 KB as text. */
const KEPT_SERIES_MAX = 60

/** A job that was added to within this time runs: it is not forgotten for another one. */
const RUNS_WITHIN_MS = 5_000

/** What is known of a job at one moment, by the name of the series. */
export type MetricPoint = ReadonlyMap<string, number | null>

export interface HistoryLimits {
  readonly seriesTotal: number
  readonly seriesPerJob: number
  readonly jobs: number
}

/**
 * What charts of jobs show, kept in rings of fixed size: 5 minutes second by second, 30 minutes by 6 seconds, 6 hours by 72
 * seconds. A point of the wider ranges is the mean of the seconds in it. Where nothing was added there is a gap.
 *
 * When there are too many jobs or series, jobs that were not added to for the longest time are forgotten first. Those that
 * run are not: a further one has no history until there is room, rather than all of them gaps.
 */
export class MetricsHistory {
  readonly #limits: HistoryLimits
  /** Added to last comes last. */
  readonly #jobs = new Map<string, JobSeries>()
  #series = 0

  constructor(limits: Partial<HistoryLimits> = {}) {
    this.#limits = {
      seriesTotal: limits.seriesTotal ?? SERIES_TOTAL_MAX,
      seriesPerJob: limits.seriesPerJob ?? SERIES_PER_JOB_MAX,
      jobs: limits.jobs ?? JOBS_MAX,
    }
  }

  /** To be called about once a second for each job that runs. `atMs`: wall clock. */
  add(jobId: string, atMs: number, point: MetricPoint): void {
    const known = this.#jobs.get(jobId)
    if (known !== undefined) {
      this.#jobs.delete(jobId)
      this.#jobs.set(jobId, known)
      known.add(atMs, point)
      return
    }
    const names = [...point.keys()].slice(0, this.#limits.seriesPerJob)
    this.#makeRoom(names.length, atMs)
    if (this.#jobs.size >= this.#limits.jobs || this.#series >= this.#limits.seriesTotal) return
    const kept = names.slice(0, Math.max(0, this.#limits.seriesTotal - this.#series))
    const made = new JobSeries(kept)
    this.#series += kept.length
    this.#jobs.set(jobId, made)
    made.add(atMs, point)
  }

  /** Without points for a job that was never added to. */
  read(jobId: string, range: MetricRange): MetricSeries {
    return this.#jobs.get(jobId)?.read(range) ?? { from: 0, stepMs: STEP_MS[range], values: {} }
  }

  has(jobId: string): boolean {
    return this.#jobs.has(jobId)
  }

  /** All ranges of a job with its first `KEPT_SERIES_MAX` series, to be kept when it has ended; null when there is none. */
  charts(jobId: string): Readonly<Record<MetricRange, MetricSeries>> | null {
    const series = this.#jobs.get(jobId)
    if (series === undefined) return null
    const read = (range: MetricRange): MetricSeries => series.read(range, KEPT_SERIES_MAX)
    return { '5m': read('5m'), '30m': read('30m'), '6h': read('6h') }
  }

  forget(jobId: string): void {
    this.#series -= this.#jobs.get(jobId)?.size ?? 0
    this.#jobs.delete(jobId)
  }

  keepOnly(jobs: ReadonlySet<string>): void {
    for (const jobId of this.#jobs.keys()) if (!jobs.has(jobId)) this.forget(jobId)
  }

  #makeRoom(series: number, atMs: number): void {
    for (const [jobId, { lastAtMs }] of [...this.#jobs]) {
      const full = this.#series + series > this.#limits.seriesTotal || this.#jobs.size >= this.#limits.jobs
      if (!full || Math.abs(atMs - lastAtMs) < RUNS_WITHIN_MS) return
      this.forget(jobId)
    }
  }
}

class JobSeries {
  readonly #names: readonly string[]
  readonly #rings: ReadonlyMap<MetricRange, readonly Ring[]>
  #lastAtMs = 0

  constructor(names: readonly string[]) {
    this.#names = names
    this.#rings = new Map(RANGES.map(range => [range, names.map(() => new Ring(STEP_MS[range]))]))
  }

  get size(): number {
    return this.#names.length
  }

  /** Wall-clock time of the latest point. */
  get lastAtMs(): number {
    return this.#lastAtMs
  }

  add(atMs: number, point: MetricPoint): void {
    this.#lastAtMs = atMs
    for (const rings of this.#rings.values()) {
      this.#names.forEach((name, index) => {
        rings[index]!.add(atMs, point.get(name) ?? null)
      })
    }
  }

  read(range: MetricRange, seriesMax = Number.POSITIVE_INFINITY): MetricSeries {
    const rings = this.#rings.get(range)!
    const values: Record<string, (number | null)[]> = {}
    this.#names.slice(0, seriesMax).forEach((name, index) => {
      values[name] = rings[index]!.values()
    })
    return { from: rings[0]?.fromMs ?? 0, stepMs: STEP_MS[range], values }
  }
}

/** The latest points of one series on a regular grid of wall-clock time. NaN is a gap. */
class Ring {
  readonly #stepMs: number
  readonly #points = new Float32Array(POINTS).fill(Number.NaN)
  /** Number of the grid's point that was written last, and of the first one ever; -1 before. */
  #last = -1
  #first = -1
  /** Of the values that came in the last point's time. */
  #sum = 0
  #count = 0

  constructor(stepMs: number) {
    this.#stepMs = stepMs
  }

  add(atMs: number, value: number | null): void {
    const at = Math.floor(atMs / this.#stepMs)
    if (this.#first === -1) {
      this.#first = at
      this.#last = at
    } else if (at > this.#last) {
      this.#moveTo(at)
    } else if (at < this.#last - POINTS) {
      // The clock was set far back: what is there would stand still until it has caught up.
      this.#points.fill(Number.NaN)
      this.#first = at
      this.#last = at
      this.#sum = 0
      this.#count = 0
    }
    if (at !== this.#last || value === null || !Number.isFinite(value)) return
    this.#sum += value
    this.#count++
    this.#points[at % POINTS] = this.#sum / this.#count
  }

  /** Wall-clock time of the first of `values`. */
  get fromMs(): number {
    return this.#start * this.#stepMs
  }

  values(): (number | null)[] {
    if (this.#first === -1) return []
    return Array.from({ length: this.#last - this.#start + 1 }, (_, index) => {
      const value = this.#points[(this.#start + index) % POINTS]!
      return Number.isNaN(value) ? null : Number(value.toPrecision(6))
    })
  }

  get #start(): number {
    return Math.max(this.#first, this.#last - POINTS + 1)
  }

  #moveTo(at: number): void {
    const bridged = at - this.#last <= BRIDGED_STEPS_MAX ? this.#points[this.#last % POINTS]! : Number.NaN
    for (let step = Math.max(this.#last + 1, at - POINTS + 1); step < at; step++) this.#points[step % POINTS] = bridged
    this.#points[at % POINTS] = Number.NaN
    this.#last = at
    this.#sum = 0
    this.#count = 0
  }
}
