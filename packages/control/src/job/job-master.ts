import type { Random } from '@weir/engine/base/platform'
import { type ExecutionGraph, executionGraph } from '@weir/engine/graph/execution-graph'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { AttemptRun } from './attempt-run.ts'
import { DEFAULT_TIMINGS, type IgnoredWhy, type JobContext, type JobTimings } from './job-context.ts'
import type { JobEffect, JobRecord } from './job-effect.ts'
import type { EventTime, JobEvent } from './job-event.ts'
import type { JobState } from './job-state.ts'
import { type VertexView, verticesOf } from './job-view.ts'
import { isEnded, isOrderly, publicState, reasonOf } from './public-status.ts'
import { RestartPolicy } from './restart-policy.ts'
import { committing } from './states/committing.ts'
import { created } from './states/created.ts'
import { deploying } from './states/deploying.ts'
import { cancelling, failing, finishing } from './states/last-states.ts'
import { restarting } from './states/restarting.ts'
import { running } from './states/running.ts'
import { waitingForSlots } from './states/waiting-for-slots.ts'
import { checkEdge, isTerminal } from './transitions.ts'

export interface JobMasterOptions {
  readonly jobId: string
  readonly graph: JobGraph
  /** For the jitter of restart delays. */
  readonly random: Random
  readonly timings?: Partial<JobTimings>
  /** What is known of a job that was taken up from the database. */
  readonly history?: JobHistory
}

export interface JobHistory {
  readonly restarts: number
  readonly startedAtMs: number | null
  /** Attempts that ended with an orderly stop of the cluster: what followed them was no restart. None without. */
  readonly orderlyStops?: number
}

/**
 * Decides everything about one job: an event goes in, the effects to carry out come out. No clock, thread, socket or disk:
 * the same sequence of events always gives the same effects, so that it runs in the simulator as in the JobManager.
 *
 * Messages of an older attempt, of an older incarnation of a TaskManager, or of a timer that nobody waits for any more
 * change nothing; they are counted.
 */
export class JobMaster {
  readonly jobId: string
  readonly graph: ExecutionGraph
  readonly #timings: JobTimings
  readonly #restartPolicy: RestartPolicy
  readonly #ignored: Record<IgnoredWhy, number> = {
    'stale-attempt': 0,
    'stale-incarnation': 0,
    'stale-timer': 0,
    ended: 0,
    'not-expected': 0,
  }
  #state: JobState = { name: 'created' }
  /** The latest attempt that had slots; what people see of it stays after its end. */
  #latestRun: AttemptRun | null = null
  #timers = 0
  #restarts: number
  readonly #orderlyStops: number
  #startedAtMs: number | null
  #finishedAtMs: number | null = null
  #record: JobRecord

  constructor(options: JobMasterOptions) {
    this.jobId = options.jobId
    this.graph = executionGraph(options.graph)
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings }
    this.#restartPolicy = new RestartPolicy(options.graph.restart, options.random)
    this.#restarts = options.history?.restarts ?? 0
    this.#orderlyStops = options.history?.orderlyStops ?? 0
    this.#startedAtMs = options.history?.startedAtMs ?? null
    this.#record = this.#makeRecord()
  }

  get state(): JobState {
    return this.#state
  }

  get record(): JobRecord {
    return this.#record
  }

  /** Events that changed nothing, by reason. */
  get ignored(): Readonly<Record<IgnoredWhy, number>> {
    return this.#ignored
  }

  get ended(): boolean {
    return isTerminal(this.#state)
  }

  /** The attempt that messages have to name; 0 while there is none. */
  get attempt(): number {
    return attemptOf(this.#state)
  }

  vertices(): VertexView[] {
    return verticesOf(this.graph, this.#state, this.#latestRun)
  }

  handle(event: JobEvent): JobEffect[] {
    const effects: JobEffect[] = []
    const refused = this.#refusal(event)
    if (refused !== null) {
      this.#ignored[refused]++
      return effects
    }
    const context = this.#context(event.at, effects)
    const next = this.#next(event, context)
    this.#enter(next, event.at)
    const record = this.#makeRecord()
    if (!sameRecord(record, this.#record)) {
      this.#record = record
      effects.push({ type: 'record-changed', record })
    }
    return effects
  }

  #refusal(event: JobEvent): IgnoredWhy | null {
    if (isTerminal(this.#state)) return 'ended'
    if (!('attempt' in event)) return null
    if (event.attempt !== this.attempt) return 'stale-attempt'
    if ('slot' in event && runOf(this.#state)?.isAt(event.slot, event.taskManager) === false) return 'stale-incarnation'
    return null
  }

  #next(event: JobEvent, context: JobContext): JobState {
    const state = this.#state
    switch (state.name) {
      case 'created':
        return created(state, event, context)
      case 'waiting-for-slots':
        return waitingForSlots(state, event, context)
      case 'deploying':
        return deploying(state, event, context)
      case 'running':
        return running(state, event, context)
      case 'restarting':
        return restarting(state, event, context)
      case 'committing':
        return committing(state, event, context)
      case 'finishing':
        return finishing(state, event, context)
      case 'failing':
        return failing(state, event, context)
      case 'cancelling':
        return cancelling(state, event, context)
      case 'finished':
      case 'failed':
      case 'canceled':
        return state
    }
  }

  #enter(next: JobState, at: EventTime): void {
    const from = this.#state
    checkEdge(from.name, next.name)
    this.#state = next
    this.#latestRun = runOf(next) ?? this.#latestRun
    if (from.name === next.name) return
    if (next.name === 'waiting-for-slots' && next.cause !== null && !isOrderly(next.cause.error)) {
      this.#restarts++
      // One that the last JobManager had counted and not begun is not counted twice.
      if (from.name === 'created') this.#restarts = Math.min(this.#restarts, this.#failuresBefore(next.attempt))
    }
    if (isTerminal(next)) this.#finishedAtMs = at.wallMs
  }

  /** Of a job that was taken up: each earlier attempt has either failed or ended with an orderly stop. */
  #failuresBefore(attempt: number): number {
    return attempt - 1 - this.#orderlyStops
  }

  #context(at: EventTime, effects: JobEffect[]): JobContext {
    return {
      graph: this.graph,
      timings: this.#timings,
      restartPolicy: this.#restartPolicy,
      at,
      emit: effect => {
        effects.push(effect)
      },
      timer: delayMs => {
        const timer = ++this.#timers
        effects.push({ type: 'set-timer', timer, delayMs })
        return timer
      },
      history: (kind, message) => {
        effects.push({ type: 'history', kind, message, atMs: at.wallMs })
      },
      exception: (attempt, error) => {
        effects.push({ type: 'exception', attempt, error, atMs: at.wallMs })
      },
      ignored: why => {
        this.#ignored[why]++
      },
      started: () => {
        this.#startedAtMs ??= at.wallMs
      },
    }
  }

  #makeRecord(): JobRecord {
    const { status, restarting: isRestarting, cause } = publicState(this.#state)
    const waiting = this.#state.name === 'waiting-for-slots'
    return {
      status,
      reason: reasonOf(this.#state, this.graph.slotCount),
      restarting: isRestarting,
      // An attempt begins with its slots.
      attempt: waiting ? this.attempt - 1 : this.attempt,
      restarts: this.#restarts,
      error: cause,
      startedAtMs: this.#startedAtMs,
      finishedAtMs: isEnded(status) ? this.#finishedAtMs : null,
    }
  }
}

function runOf(state: JobState): AttemptRun | null {
  switch (state.name) {
    case 'deploying':
    case 'running':
    case 'committing':
      return state.run
    case 'restarting':
      return state.teardown.run
    case 'finishing':
    case 'failing':
    case 'cancelling':
      return state.ending.step === 'releasing' ? state.ending.teardown.run : null
    default:
      return null
  }
}

function attemptOf(state: JobState): number {
  switch (state.name) {
    case 'created':
      return 0
    case 'waiting-for-slots':
      return state.attempt
    case 'deploying':
    case 'running':
      return state.run.attempt
    case 'restarting':
      return state.teardown.run.attempt
    case 'committing':
      return state.token.record.attempt
    case 'finishing':
    case 'failing':
    case 'cancelling':
      return state.ending.attempt
    case 'finished':
    case 'failed':
    case 'canceled':
      return state.attempt
  }
}

function sameRecord(a: JobRecord, b: JobRecord): boolean {
  return (Object.keys(a) as (keyof JobRecord)[]).every(key => a[key] === b[key])
}
