import { randomBytes } from 'node:crypto'
import type { EffectOf, JobEffect } from '@weir/control/job/job-effect'
import type { JobEventBody, TaskManagerRef } from '@weir/control/job/job-event'
import { WeirError } from '@weir/engine/base/errors'
import type { Timers } from '@weir/engine/base/platform'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import type { Logger } from '@weir/process/logging'
import type { AttemptRef, SlotPlacement } from '@weir/proto/generated/weir/v1/cluster'
import type { SourceCatalog, TaskManagerGateway } from './ports.ts'
import type { TaskManagerDirectory } from './task-manager-directory.ts'

/** What slots need of a job to run it. */
export interface JobCode {
  readonly jobId: string
  readonly name: string
  readonly graph: JobGraph
  readonly graphHash: string
  readonly bundle: string
  readonly sourceMap: string
}

export interface JobCommandsParts {
  readonly code: JobCode
  readonly directory: TaskManagerDirectory
  readonly sources: SourceCatalog
  readonly epoch: number
  readonly workdir: string
  readonly logger: Logger
  readonly timers: Timers
  /** Where answers go. */
  readonly post: (event: JobEventBody) => void
}

type Command =
  | 'discover-splits'
  | 'deploy'
  | 'start-slots'
  | 'assign-splits'
  | 'align-sources'
  | 'cancel-slots'
  | 'commit'
  | 'abort-leftovers'
export type CommandEffect = EffectOf<Command>

const LOSS_NOTICED_MS = 300
const ALIGN_AGAIN_MS = 1_000

/** Commands to one TaskManager about one attempt, one after the other. */
interface Lane {
  tail: Promise<void>
  /** After a failure or a cancellation nothing more of the attempt is sent. */
  closed: boolean
  /** By alignment group, the latest word of how far the slowest is. */
  readonly slowest: Map<string, number>
  /** Groups whose word waits to be sent. */
  readonly alignmentQueued: Set<string>
}

/**
 * Carries out the effects of one job that reach out of the JobManager. Deployment, splits and start arrive at a
 * TaskManager in the order in which they were decided; a cancellation does not wait behind them.
 */
export class JobCommands {
  readonly #parts: JobCommandsParts
  readonly #graphJson: Buffer
  readonly #lanes = new Map<string, Lane>()
  #lanesOf = 0
  #dataToken = ''
  #turn = 0

  constructor(parts: JobCommandsParts) {
    this.#parts = parts
    this.#graphJson = Buffer.from(JSON.stringify(parts.code.graph))
  }

  carryOut(effect: CommandEffect): void {
    switch (effect.type) {
      case 'discover-splits':
        void this.#discover(effect)
        return
      case 'deploy':
        this.#beginAttempt(effect.attempt)
        this.#inLane(effect, gateway => this.#deploy(gateway, effect))
        return
      case 'start-slots':
        this.#inLane(effect, gateway => gateway.start(this.#ref(effect.attempt)))
        return
      case 'assign-splits':
        this.#inLane(effect, gateway => this.#assign(gateway, effect))
        return
      case 'align-sources':
        this.#align(effect)
        return
      case 'cancel-slots':
        void this.#cancel(effect)
        return
      case 'commit':
        void this.#commit(effect)
        return
      case 'abort-leftovers':
        void this.#abortLeftovers(effect)
        return
    }
  }

  async #discover({ attempt, operator, parallelism }: EffectOf<'discover-splits'>): Promise<void> {
    const { code, sources, workdir, post } = this.#parts
    const node = code.graph.nodes.find(({ uid }) => uid === operator)
    try {
      if (node === undefined) throw new WeirError('ASSERTION', `the graph has no source ${operator}`)
      const splits = await sources.discoverSplits(node.type, node.config, { parallelism, workdir })
      post({ type: 'splits-discovered', attempt, operator, splits })
    } catch (thrown) {
      post({ type: 'splits-failed', attempt, operator, error: WeirError.from(thrown, 'INTERNAL', { operator }) })
    }
  }

  #beginAttempt(attempt: number): void {
    if (this.#lanesOf === attempt) return
    this.#lanesOf = attempt
    this.#lanes.clear()
    this.#dataToken = randomBytes(32).toString('base64url')
  }

  #inLane(
    effect: EffectOf<'deploy' | 'start-slots' | 'assign-splits' | 'align-sources'>,
    send: (gateway: TaskManagerGateway) => Promise<void>,
  ): void {
    const { attempt, taskManager } = effect
    const lane = this.#lane(attempt, taskManager)
    lane.tail = lane.tail.then(async () => {
      if (lane.closed) return
      try {
        await send(this.#gateway(taskManager))
      } catch (thrown) {
        const error = WeirError.from(thrown)
        lane.closed = true
        // Its slots have ended by themselves, and their reports, which say why, are on their way.
        if (error.code === 'STALE_ATTEMPT') return
        // A process that has died is noticed by its stream, too: that is the better reason, if it comes at all.
        if (error.code === 'CONNECTION_LOST') await this.#pause(LOSS_NOTICED_MS)
        this.#parts.post({ type: 'command-failed', attempt, taskManager, error })
      }
    })
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#parts.timers.after(ms, resolve)
    })
  }

  async #deploy(gateway: TaskManagerGateway, effect: EffectOf<'deploy'>): Promise<void> {
    const { code, workdir, post } = this.#parts
    const { attempt, taskManager } = effect
    const refusal = await gateway.deploy({
      attempt: this.#ref(attempt),
      jobName: code.name,
      graph: this.#graphJson,
      graphHash: code.graphHash,
      bundle: Buffer.from(code.bundle),
      sourceMap: Buffer.from(code.sourceMap),
      slots: this.#placements(effect),
      dataToken: this.#dataToken,
      workdir,
    })
    if (refusal === null) return
    this.#lane(attempt, taskManager).closed = true
    post({ type: 'deploy-refused', attempt, taskManager, error: refusal })
  }

  #placements({ slots }: EffectOf<'deploy'>): SlotPlacement[] {
    return slots.map(({ slot, taskManager }) => {
      const registration = this.#parts.directory.registrationOf(taskManager)
      if (registration === null) throw gone(taskManager)
      return { slot, taskManagerId: taskManager.id, dataHost: registration.host, dataPort: registration.dataPort }
    })
  }

  #assign(gateway: TaskManagerGateway, effect: EffectOf<'assign-splits'>): Promise<void> {
    const { attempt, operator, assignment } = effect
    return gateway.assignSplits({
      attempt: this.#ref(attempt),
      operator,
      subtask: assignment.subtask,
      splits: Buffer.from(JSON.stringify(assignment.splits)),
      noMoreSplits: assignment.noMoreSplits,
      unreadSplits: assignment.unreadSplits,
    })
  }

  /**
   * A TaskManager that is slow to answer gets the latest word once, not all that were due in the meantime. One that does
   * not answer is told again: its sources wait as before until then, which is no reason to fail the attempt.
   */
  #align(effect: EffectOf<'align-sources'>): void {
    const { attempt, taskManager, group, slowest } = effect
    const lane = this.#lane(attempt, taskManager)
    lane.slowest.set(group, slowest)
    if (lane.alignmentQueued.has(group)) return
    lane.alignmentQueued.add(group)
    const latest = (): number => lane.slowest.get(group) ?? slowest
    this.#inLane(effect, async gateway => {
      lane.alignmentQueued.delete(group)
      try {
        await gateway.alignSources({ attempt: this.#ref(attempt), group, slowest: latest() })
      } catch (thrown) {
        const error = WeirError.from(thrown)
        if (error.code !== 'CONNECTION_LOST') throw error
        this.#parts.logger.warn({ attempt }, `${taskManager.id} was not told how far sources are: ${error.message}`)
        this.#parts.timers.after(ALIGN_AGAIN_MS, () => {
          if (this.#lanesOf === attempt && !lane.closed) this.#align({ ...effect, slowest: latest() })
        })
      }
    })
  }

  async #cancel({ attempt, taskManager, graceMs }: EffectOf<'cancel-slots'>): Promise<void> {
    this.#lane(attempt, taskManager).closed = true
    const gateway = this.#parts.directory.gateway(taskManager)
    // Lost: then it counts as released, and is told so with its next message.
    if (gateway === null) return
    try {
      await gateway.cancel({ attempt: this.#ref(attempt), graceMs })
      this.#parts.post({ type: 'cancel-taken', attempt, taskManager })
    } catch (thrown) {
      // The JobMaster asks again until the slots are released, or the TaskManager is lost.
      const error = WeirError.from(thrown)
      this.#parts.logger.warn({ attempt }, `${taskManager.id} did not take a cancellation: ${error.message}`)
    }
  }

  async #commit({ attempt, token }: EffectOf<'commit'>): Promise<void> {
    const { directory, workdir, post } = this.#parts
    const committables = token.record.committables.map(({ operator, committables: list }) => ({
      operator,
      committables: Buffer.from(JSON.stringify(list)),
    }))
    try {
      const gateway = directory.anyGateway(this.#turn++)
      await gateway.commit({ attempt: this.#ref(attempt), committables, graph: this.#graphJson, workdir })
      post({ type: 'committed', attempt })
    } catch (thrown) {
      post({ type: 'commit-failed', attempt, error: WeirError.from(thrown) })
    }
  }

  async #abortLeftovers({ attempt }: EffectOf<'abort-leftovers'>): Promise<void> {
    const { directory, workdir, post } = this.#parts
    try {
      const gateway = directory.anyGateway(this.#turn++)
      await gateway.abortLeftovers({ attempt: this.#ref(attempt), graph: this.#graphJson, workdir })
      post({ type: 'leftovers-aborted', attempt })
    } catch (thrown) {
      post({ type: 'leftovers-failed', attempt, error: WeirError.from(thrown) })
    }
  }

  #ref(attempt: number): AttemptRef {
    return { jobId: this.#parts.code.jobId, attempt, leaderEpoch: this.#parts.epoch }
  }

  #gateway(taskManager: TaskManagerRef): TaskManagerGateway {
    const gateway = this.#parts.directory.gateway(taskManager)
    if (gateway === null) throw gone(taskManager)
    return gateway
  }

  #lane(attempt: number, taskManager: TaskManagerRef): Lane {
    const key = `${attempt}/${taskManager.id}/${taskManager.incarnation}`
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const made: Lane = { tail: Promise.resolve(), closed: false, slowest: new Map(), alignmentQueued: new Set() }
    this.#lanes.set(key, made)
    return made
  }
}

export function isCommand(effect: JobEffect): effect is CommandEffect {
  switch (effect.type) {
    case 'discover-splits':
    case 'deploy':
    case 'start-slots':
    case 'assign-splits':
    case 'align-sources':
    case 'cancel-slots':
    case 'commit':
    case 'abort-leftovers':
      return true
    default:
      return false
  }
}

function gone(taskManager: TaskManagerRef): WeirError {
  return new WeirError('TASK_MANAGER_LOST', `TaskManager ${taskManager.id} is gone`)
}
