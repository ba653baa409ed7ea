import type { TaskManagerRef } from '@weir/control/job/job-event'
import type { LostTaskManager, ResourceManager } from '@weir/control/resources/resource-manager'
import { WeirError } from '@weir/engine/base/errors'
import type { Clock } from '@weir/engine/base/platform'
import type { AttemptRef, HeartbeatRequest, RegisterRequest } from '@weir/proto/generated/weir/v1/cluster'
import type { TaskManagerRecord } from '../store/records.ts'
import type { TaskManagerLoss, TaskManagerView } from './control-plane.ts'
import type { GatewayFactory, TaskManagerGateway } from './ports.ts'

/** Lost TaskManagers that are still shown. */
const LOST_SHOWN_MAX = 100
/** Of a TaskManager that is there again: so many of the times when it was away, for so long. */
const LOSSES_SHOWN_MAX = 5
const LOSSES_SHOWN_MS = 24 * 3_600_000

interface Known {
  readonly ref: TaskManagerRef
  readonly registration: RegisterRequest
  readonly gateway: TaskManagerGateway
  lastHeartbeatMs: number
  load: Pick<HeartbeatRequest, 'cpu' | 'memoryUsedBytes' | 'eventLoopUtilization'> | null
}

export interface Registration {
  /** What became lost with it: an older incarnation under the same id. */
  readonly lost: LostTaskManager | null
  readonly isNew: boolean
}

/**
 * The TaskManagers of the cluster with what is needed to speak to them and to show them. Which of them count, and whose
 * slots are free, the ResourceManager decides.
 */
export class TaskManagerDirectory {
  readonly #resources: ResourceManager
  readonly #gatewayFor: GatewayFactory
  readonly #clock: Clock
  readonly #epoch: number
  readonly #known = new Map<string, Known>()
  /** By id; a TaskManager that is back leaves it. */
  readonly #lost = new Map<string, TaskManagerView>()
  /** By id, oldest first. */
  readonly #losses = new Map<string, readonly TaskManagerLoss[]>()

  constructor(resources: ResourceManager, gatewayFor: GatewayFactory, clock: Clock, epoch: number) {
    this.#resources = resources
    this.#gatewayFor = gatewayFor
    this.#clock = clock
    this.#epoch = epoch
  }

  /** Throws STALE_ATTEMPT for an incarnation that was lost once. */
  register(request: RegisterRequest): Registration {
    const ref = { id: request.taskManagerId, incarnation: request.incarnation }
    const isNew = !this.#resources.isCurrent(ref)
    const { accepted, lost } = this.#resources.register({ ...ref, slots: request.slots }, this.#clock.monotonicMs())
    if (!accepted) throw staleIncarnation(ref)
    if (lost !== null) this.#forget(lost.taskManager)
    const known = this.#known.get(ref.id)
    known?.gateway.close()
    this.#known.set(ref.id, {
      ref,
      registration: request,
      gateway: this.#gatewayFor(addressOf(request.host, request.rpcPort), ref.id),
      lastHeartbeatMs: this.#clock.now(),
      load: known?.load ?? null,
    })
    this.#noteReturn(ref.id)
    this.#resources.setOrphans(ref, this.orphansAmong(request.attempts).length)
    return { lost, isNew }
  }

  /** Throws STALE_ATTEMPT when the sender does not count (any more). */
  heartbeat(request: HeartbeatRequest): TaskManagerRef {
    const ref = { id: request.taskManagerId, incarnation: request.incarnation }
    if (!this.#resources.heartbeat(ref, this.#clock.monotonicMs())) throw staleIncarnation(ref)
    const known = this.#known.get(ref.id)
    if (known !== undefined) {
      known.lastHeartbeatMs = this.#clock.now()
      known.load = request
    }
    this.#resources.setOrphans(ref, this.orphansAmong(request.attempts).length)
    return ref
  }

  /** Throws STALE_ATTEMPT when the sender of a message does not count (any more). */
  check(ref: TaskManagerRef): void {
    if (!this.#resources.isCurrent(ref)) throw staleIncarnation(ref)
  }

  /** Attempts of an earlier JobManager: nobody follows them up. */
  orphansAmong(attempts: readonly AttemptRef[]): AttemptRef[] {
    return attempts.filter(attempt => attempt.leaderEpoch !== this.#epoch)
  }

  /** Null when it was lost before. */
  lose(ref: TaskManagerRef, why: string): LostTaskManager | null {
    const lost = this.#resources.lose(ref, why)
    if (lost !== null) this.#forget(ref)
    return lost
  }

  loseSilent(): LostTaskManager[] {
    const lost = this.#resources.loseSilent(this.#clock.monotonicMs())
    for (const { taskManager } of lost) this.#forget(taskManager)
    return lost
  }

  /** Null when this incarnation does not count any more. */
  gateway(ref: TaskManagerRef): TaskManagerGateway | null {
    const known = this.#known.get(ref.id)
    return known?.ref.incarnation === ref.incarnation ? known.gateway : null
  }

  /** Any TaskManager, another one with each `turn`. Throws NO_TASK_MANAGERS. */
  anyGateway(turn: number): TaskManagerGateway {
    const all = [...this.#known.values()]
    const chosen = all[turn % Math.max(1, all.length)]
    if (chosen === undefined) throw new WeirError('NO_TASK_MANAGERS', 'no TaskManager is registered')
    return chosen.gateway
  }

  registrationOf(ref: TaskManagerRef): RegisterRequest | null {
    const known = this.#known.get(ref.id)
    return known?.ref.incarnation === ref.incarnation ? known.registration : null
  }

  get count(): number {
    return this.#known.size
  }

  has(id: string): boolean {
    return this.#known.has(id)
  }

  /** Beats for the database. */
  beats(): { id: string; incarnation: string; at: number }[] {
    return [...this.#known.values()].map(({ ref, lastHeartbeatMs }) => ({ ...ref, at: lastHeartbeatMs }))
  }

  /** TaskManagers of an earlier JobManager, shown as LOST until they register here. */
  remember(records: readonly TaskManagerRecord[]): void {
    for (const record of records) {
      if (this.#known.has(record.id)) continue
      this.#showLost({
        id: record.id,
        host: record.host,
        status: 'LOST',
        slotsTotal: record.slots,
        slotsFree: 0,
        lastHeartbeat: record.lastHeartbeat,
        lostAt: record.lostAt,
        pid: 0,
        version: '',
        cpu: null,
        eventLoopUtilization: null,
        memoryUsedBytes: null,
        memoryTotalBytes: null,
        slots: [],
        losses: [],
      })
    }
  }

  /** By id. */
  views(): TaskManagerView[] {
    const active = [...this.#known.values()].map(known => this.#viewOf(known))
    return [...active, ...this.#lost.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  close(): void {
    for (const { gateway } of this.#known.values()) gateway.close()
    this.#known.clear()
  }

  #viewOf({ ref, registration, lastHeartbeatMs, load }: Known): TaskManagerView {
    const slots = this.#resources.slotsOf(ref.id)
    return {
      id: ref.id,
      host: registration.host,
      status: 'ACTIVE',
      slotsTotal: slots.length,
      slotsFree: slots.filter(slot => slot === null).length,
      lastHeartbeat: lastHeartbeatMs,
      lostAt: null,
      pid: registration.pid,
      version: registration.version,
      cpu: load?.cpu ?? null,
      eventLoopUtilization: load?.eventLoopUtilization ?? null,
      memoryUsedBytes: load?.memoryUsedBytes ?? null,
      memoryTotalBytes: registration.memoryBytes,
      slots,
      losses: this.#recentLosses(ref.id),
    }
  }

  #forget(ref: TaskManagerRef): void {
    const known = this.#known.get(ref.id)
    if (known?.ref.incarnation !== ref.incarnation) return
    const view = this.#viewOf(known)
    known.gateway.close()
    this.#known.delete(ref.id)
    this.#showLost({
      ...view,
      status: 'LOST',
      lostAt: this.#clock.now(),
      slotsTotal: known.registration.slots,
      slotsFree: 0,
      slots: [],
    })
  }

  #noteReturn(id: string): void {
    const lostAt = this.#lost.get(id)?.lostAt ?? null
    this.#lost.delete(id)
    if (lostAt === null) return
    const losses = [...this.#recentLosses(id), { lostAt, backAt: this.#clock.now() }].slice(-LOSSES_SHOWN_MAX)
    // Set again, so that those who were back last come last.
    this.#losses.delete(id)
    this.#losses.set(id, losses)
    if (this.#losses.size > LOST_SHOWN_MAX) this.#losses.delete(this.#losses.keys().next().value!)
  }

  #recentLosses(id: string): readonly TaskManagerLoss[] {
    const since = this.#clock.now() - LOSSES_SHOWN_MS
    return (this.#losses.get(id) ?? []).filter(({ backAt }) => backAt >= since)
  }

  #showLost(view: TaskManagerView): void {
    this.#lost.set(view.id, view)
    if (this.#lost.size > LOST_SHOWN_MAX) this.#lost.delete(this.#lost.keys().next().value!)
  }
}

export function addressOf(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`
}

function staleIncarnation(ref: TaskManagerRef): WeirError {
  return new WeirError(
    'STALE_ATTEMPT',
    `incarnation ${ref.incarnation} of TaskManager ${ref.id} counts as lost: it has to end its slots and register as a new one`,
  )
}
