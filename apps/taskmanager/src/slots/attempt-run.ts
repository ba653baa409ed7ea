import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { type ExecutionGraph, executionGraph, slotOf } from '@weir/engine/graph/execution-graph'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { allocateAttemptMemory, placedChannels } from '@weir/engine/network/attempt-memory'
import type { ChannelSettings } from '@weir/engine/network/channel'
import type { SourceSplit } from '@weir/engine/operators/source'
import type { DeployRequest, TaskEvent } from '@weir/proto/generated/weir/v1/cluster'
import type { SlotMetrics, SubtaskMetrics } from '@weir/proto/metrics'
import type { SpillLease, StateHost } from '@weir/state-host/state-host'
import type { NetworkThread } from '../network/network-thread.ts'
import type { ProgressWatch, WatchedSlot } from './progress-watch.ts'
import type { FromSlot } from './slot-protocol.ts'
import { SlotThread } from './slot-thread.ts'

export interface AttemptRunParts {
  readonly request: DeployRequest
  readonly taskManagerId: string
  readonly slotWorker: URL
  readonly folder: string
  readonly buffersPerSlot: number
  readonly heapMbPerSlot: number
  /** Where state goes for which there is no room in memory; undefined: all of it stays. */
  readonly state: { readonly host: StateHost; readonly roomBytes: number } | undefined
  readonly settings: ChannelSettings
  readonly watermarkIntervalMs: number
  readonly network: NetworkThread
  readonly watch: ProgressWatch
  readonly report: (event: TaskEvent) => void
  readonly publishRows: (operator: string, subtask: number, rows: readonly unknown[]) => void
  readonly log: (
    level: 'info' | 'warn' | 'error',
    fields: { operator?: string; subtask?: number; slot: number },
    message: string,
  ) => void
  /** A slot's thread cannot be ended: the process has to be. */
  readonly onUnstoppable: (error: WeirError) => void
  /** All slots of the attempt here are released. */
  readonly onReleased: () => void
}

interface Slot {
  readonly number: number
  readonly lease: SpillLease | undefined
  readonly thread: SlotThread
  readonly watched: WatchedSlot
  metrics: readonly SubtaskMetrics[]
  failed: boolean
  released: boolean
}

/** The slots of one attempt of a job in this TaskManager, from deployment to release. */
export class AttemptRun {
  readonly jobId: string
  readonly attempt: number
  readonly leaderEpoch: number
  readonly slotCount: number
  readonly #parts: AttemptRunParts
  readonly #graph: ExecutionGraph
  readonly #slots: Slot[] = []
  /** Errors that the log of this attempt has in full. */
  readonly #told = new Set<string>()
  #released = false

  /** Throws BUFFERS when the pool is too small for the job's channels; nothing is left behind then. */
  constructor(parts: AttemptRunParts) {
    const { request, taskManagerId, network } = parts
    const ref = request.attempt
    if (ref === undefined) throw new WeirError('PROTOCOL', 'a deployment names no attempt')
    this.#parts = parts
    this.jobId = ref.jobId
    this.attempt = ref.attempt
    this.leaderEpoch = ref.leaderEpoch
    const graphText = request.graph.toString('utf8')
    const graph = executionGraph(JSON.parse(graphText) as JobGraph)
    this.#graph = graph
    const here = request.slots.filter(slot => slot.taskManagerId === taskManagerId).map(slot => slot.slot)
    this.slotCount = here.length
    const memory = allocateAttemptMemory(graph, here, parts.buffersPerSlot, parts.settings, network.doorbell)
    const placement = new Map(request.slots.map(slot => [slot.slot, slot]))
    const channels = placedChannels(graph, new Set(here)).filter(channel => channel.transport === 'tcp')
    const peerOf = (slot: number): string => placement.get(slot)?.taskManagerId ?? ''
    const peers = new Map(
      channels
        .map(channel => placement.get(channel.startsHere ? channel.toSlot : channel.fromSlot))
        .filter(peer => peer !== undefined)
        .map(peer => [
          peer.taskManagerId,
          { taskManagerId: peer.taskManagerId, host: peer.dataHost, port: peer.dataPort },
        ]),
    )
    network.post({
      type: 'attach',
      jobId: this.jobId,
      attempt: this.attempt,
      token: request.dataToken,
      memory,
      outgoing: channels.filter(channel => channel.startsHere).map(channel => [channel.id, peerOf(channel.toSlot)]),
      incoming: channels
        .filter(channel => channel.endsHere)
        .map(channel => [channel.id, channel.toSlot, peerOf(channel.fromSlot)]),
      starts: channels.filter(channel => channel.startsHere).map(channel => [channel.id, channel.fromSlot]),
      peers: [...peers.values()],
    })
    mkdirSync(parts.folder, { recursive: true })
    const bundleFile = join(parts.folder, 'job.mjs')
    writeFileSync(bundleFile, request.bundle)
    for (const number of here) {
      const probe = new SharedArrayBuffer(8)
      const lease = parts.state?.host.lease()
      const thread = new SlotThread(
        parts.slotWorker,
        {
          jobId: this.jobId,
          attempt: this.attempt,
          slot: number,
          bundleFile,
          sourceMap: request.sourceMap.toString('utf8'),
          graph: graphText,
          graphHash: request.graphHash,
          memory,
          probe,
          workdir: request.workdir,
          watermarkIntervalMs: parts.watermarkIntervalMs,
          ...(parts.state === undefined || lease === undefined
            ? {}
            : { state: { roomBytes: parts.state.roomBytes, memory: lease.memory } }),
        },
        parts.heapMbPerSlot,
        {
          onMessage: message => this.#onMessage(number, message),
          onExit: error => this.#onExit(number, error),
          onUnstoppable: error => this.#onUnstoppable(number, error),
        },
      )
      this.#slots.push({ number, lease, thread, watched: thread, metrics: [], failed: false, released: false })
    }
  }

  start(): void {
    this.#parts.network.post({ type: 'connect', jobId: this.jobId, attempt: this.attempt })
    for (const slot of this.#slots) {
      this.#parts.watch.add(slot.watched, performance.now())
      slot.thread.post({ type: 'start' })
    }
  }

  /** Idempotent. Each slot reports `released` when its worker is gone, within `graceMs`. */
  cancel(graceMs: number): void {
    for (const slot of this.#slots) slot.thread.stop(graceMs)
  }

  assignSplits(
    operator: string,
    subtask: number,
    splits: readonly SourceSplit[],
    noMore: boolean,
    unread: boolean,
  ): void {
    const vertex = this.#graph.vertices.find(candidate => candidate.nodes.some(node => node.uid === operator))
    const slot = vertex === undefined ? undefined : this.#slots.find(({ number }) => number === slotOf(vertex, subtask))
    if (slot === undefined) {
      throw new WeirError('PROTOCOL', `splits for '${operator}' [${subtask}], which does not run in this TaskManager`)
    }
    slot.thread.post({ type: 'splits', operator, subtask, splits, noMoreSplits: noMore, unreadSplits: unread })
  }

  /** Each slot finds the sources of the group that it runs. */
  alignSources(group: string, slowest: number): void {
    for (const slot of this.#slots) {
      if (!slot.released) slot.thread.post({ type: 'align', group, slowest })
    }
  }

  /** The network cannot carry the attempt's records any more. */
  onNetworkFailure(error: WeirError): void {
    const slot = this.#slots.find(candidate => !candidate.released)
    if (slot !== undefined) this.#fail(slot, error)
  }

  /** The slots that run. */
  threads(): readonly SlotThread[] {
    return this.#slots.filter(slot => !slot.released).map(slot => slot.thread)
  }

  metrics(): SlotMetrics[] {
    return this.#slots
      .filter(slot => slot.metrics.length > 0)
      .map(slot => ({ jobId: this.jobId, attempt: this.attempt, slot: slot.number, subtasks: slot.metrics }))
  }

  reportStuck(watched: WatchedSlot, operator: string, stuckMs: number): boolean {
    const slot = this.#slots.find(candidate => candidate.watched === watched)
    if (slot === undefined) return false
    this.#report(slot.number, { $case: 'progress', value: { stuckInOperator: operator, stuckMs: Math.round(stuckMs) } })
    return true
  }

  #onMessage(number: number, message: FromSlot): void {
    const slot = this.#slots.find(candidate => candidate.number === number)
    // Its worker ran before the constructor was through, which a worker cannot; or it is gone.
    if (slot === undefined || slot.released) return
    switch (message.type) {
      case 'deployed':
        this.#report(number, { $case: 'deployed', value: {} })
        return
      case 'failed':
        this.#fail(slot, WeirError.fromJson(message.error))
        return
      case 'splitRequested':
        this.#report(number, {
          $case: 'splitRequested',
          value: { operator: message.operator, subtask: message.subtask },
        })
        return
      case 'watermark':
        this.#report(number, {
          $case: 'watermarkReported',
          value: { operator: message.operator, subtask: message.subtask, watermark: message.watermark },
        })
        return
      case 'finished':
        this.#report(number, {
          $case: 'subtaskFinished',
          value: {
            vertex: message.vertex,
            subtask: message.subtask,
            committables: message.committables.map(([operator, committables]) => ({
              operator,
              committables: Buffer.from(JSON.stringify(committables)),
            })),
          },
        })
        return
      case 'heap':
        return
      case 'metrics':
        slot.metrics = message.subtasks
        return
      case 'rows':
        this.#parts.publishRows(message.operator, message.subtask, message.rows)
        return
      case 'log':
        this.#parts.log(
          message.level,
          { operator: message.operator, subtask: message.subtask, slot: number },
          message.message,
        )
    }
  }

  #onExit(number: number, error: WeirError | undefined): void {
    const slot = this.#slots.find(candidate => candidate.number === number)
    if (slot === undefined) return
    if (error !== undefined) this.#fail(slot, error)
    slot.released = true
    // What it wrote to disk is removed in the background: nobody reads it any more.
    void slot.lease?.release()
    this.#parts.watch.remove(slot.watched)
    this.#report(number, { $case: 'released', value: {} })
    if (this.#released || this.#slots.some(candidate => !candidate.released)) return
    this.#released = true
    this.#parts.network.post({ type: 'detach', jobId: this.jobId, attempt: this.attempt })
    rmSync(this.#parts.folder, { recursive: true, force: true })
    this.#parts.onReleased()
  }

  #onUnstoppable(number: number, error: WeirError): void {
    const slot = this.#slots.find(candidate => candidate.number === number)
    if (slot !== undefined) this.#fail(slot, error)
    this.#parts.onUnstoppable(error)
  }

  #fail(slot: Slot, error: WeirError): void {
    if (slot.failed) return
    slot.failed = true
    const { operator, subtask } = error.place
    const inFull = `${error.code}: ${error.message}\n${error.stack ?? ''}`
    // Subtasks mostly fail alike: a stack is read once.
    const words = this.#told.has(inFull) ? `${error.code}: the same error as above, in this subtask too` : inFull
    this.#told.add(inFull)
    this.#parts.log('error', { operator, subtask, slot: slot.number }, words)
    this.#report(slot.number, { $case: 'failed', value: { error: Buffer.from(JSON.stringify(error.toJson())) } })
  }

  #report(slot: number, kind: NonNullable<TaskEvent['kind']>): void {
    this.#parts.report({ jobId: this.jobId, attempt: this.attempt, slot, kind })
  }
}
