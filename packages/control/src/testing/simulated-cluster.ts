import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { subtasksInSlot } from '@weir/engine/graph/execution-graph'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import type { EffectOf, JobEffect } from '../job/job-effect.ts'
import type { JobEventBody, SlotAllocation, TaskManagerRef } from '../job/job-event.ts'
import { JobMaster, type JobMasterOptions } from '../job/job-master.ts'
import { ResourceManager } from '../resources/resource-manager.ts'
import { type Placement, spread } from '../scheduling/placement.ts'
import type { SplitAssignment } from '../sources/split-enumerator.ts'

/** A source of parallelism 2, an operator of 3 behind a hash exchange, a sink of 3 chained to it: two vertices, 3 slots. */
export function testGraph(extra: Partial<JobGraph> = {}): JobGraph {
  return jobGraphSchema.parse({
    name: 'test',
    parallelism: 3,
    nodes: [
      { uid: 'source', type: 'source', name: 'source', parallelism: 2 },
      { uid: 'count', type: 'map', name: 'count' },
      { uid: 'sink', type: 'sink', name: 'sink' },
    ],
    edges: [
      { from: 'source', to: 'count', partitioner: 'hash', key: 'x => x' },
      { from: 'count', to: 'sink' },
    ],
    ...extra,
  })
}

export const SPLITS = ['a', 'b', 'c', 'd', 'e']

interface Worker {
  readonly attempt: number
  readonly slot: number
  started: boolean
  readonly assigned: SplitAssignment[]
  readonly finished: Set<string>
}

interface SimulatedTaskManager {
  readonly ref: TaskManagerRef
  workers: Worker[]
}

/** Something that is on its way and will happen when the scheduler picks it. */
type Pending = () => void

/**
 * One job on a few TaskManagers, in memory: every message waits in the queue of its link until the test's schedule picks
 * that link, every timer until virtual time reaches it. What holds at each moment is asserted as it goes.
 */
export class SimulatedCluster {
  readonly job: JobMaster
  readonly resources: ResourceManager
  /** What the committed output is made of: `<attempt>/<subtask>`. */
  readonly committed: string[] = []
  readonly history: string[] = []
  /** What TaskManagers have been told of alignment groups. */
  readonly aligned: EffectOf<'align-sources'>[] = []
  /** Splits read, by attempt. */
  readonly read = new Map<number, string[]>()
  /** Set by tests: what the next tries answer. */
  commitFailures: WeirError[] = []
  discoverFailures: WeirError[] = []
  deployFailures: ('refused' | 'lost')[] = []
  #nowMs = 0
  #incarnations = 0
  readonly #taskManagers = new Map<string, SimulatedTaskManager>()
  readonly #links = new Map<string, Pending[]>()
  readonly #timers = new Map<number, number>()
  readonly #sourcesDone = new Map<number, Set<number>>()
  #records = 0

  constructor(options: Partial<JobMasterOptions> = {}, placement: Placement = spread) {
    this.resources = new ResourceManager(placement, 15_000)
    this.job = new JobMaster({ jobId: 'job', graph: testGraph(), random: { next: () => 0.5 }, ...options })
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Changes of the record seen so far. */
  get recordChanges(): number {
    return this.#records
  }

  get pending(): number {
    return [...this.#links.values()].reduce((sum, queue) => sum + queue.length, 0) + this.#timers.size
  }

  get taskManagerIds(): string[] {
    return [...this.#taskManagers.keys()]
  }

  workersOf(attempt: number): number {
    return [...this.#taskManagers.values()].flatMap(({ workers }) => workers.filter(w => w.attempt === attempt)).length
  }

  get workers(): number {
    return [...this.#taskManagers.values()].reduce((sum, { workers }) => sum + workers.length, 0)
  }

  // faults and users

  addTaskManager(id: string, slots: number): void {
    const ref = { id, incarnation: `i${++this.#incarnations}` }
    this.#taskManagers.set(id, { ref, workers: [] })
    const { lost } = this.resources.register({ ...ref, slots }, this.#nowMs)
    if (lost !== null) this.#post('resources', () => this.handle({ type: 'task-manager-lost', ...lost }))
    this.#allocate()
  }

  /** kill -9: its workers are gone, what it had sent may still arrive. */
  killTaskManager(id: string): void {
    const killed = this.#taskManagers.get(id)
    if (killed === undefined) return
    this.#taskManagers.delete(id)
    this.#links.delete(`to ${id}`)
    this.#post('resources', () => {
      const lost = this.resources.lose(killed.ref, 'its connection closed')
      if (lost !== null) this.#post('resources', () => this.handle({ type: 'task-manager-lost', ...lost }))
      this.#allocate()
    })
  }

  /** A worker throws. */
  failSlot(id: string, error: WeirError): void {
    const taskManager = this.#taskManagers.get(id)
    const worker = taskManager?.workers[0]
    if (taskManager === undefined || worker === undefined) return
    this.#report(taskManager.ref, { type: 'slot-failed', ...this.#from(taskManager, worker), error })
  }

  handle(body: JobEventBody): void {
    const wasEnded = this.job.ended
    const effects = this.job.handle({ ...body, at: { wallMs: this.#nowMs, monotonicMs: this.#nowMs } })
    assert(!wasEnded || effects.length === 0, 'a job that has ended does nothing any more')
    for (const effect of effects) this.#carryOut(effect)
    this.#allocate()
  }

  // the schedule

  /** Lets one pending thing happen; `choice` picks the link (or the earliest timer). False when nothing is pending. */
  step(choice: number): boolean {
    const open = [...this.#links].filter(([, queue]) => queue.length > 0)
    const count = open.length + (this.#timers.size > 0 ? 1 : 0)
    if (count === 0) return false
    const chosen = open[choice % count]
    if (chosen === undefined) this.#fireEarliest()
    else chosen[1].shift()!()
    this.#check()
    return true
  }

  /** Delivers everything, timers only when nothing else is under way, until the job has ended. */
  settle(stepsMax = 5000): void {
    for (let i = 0; i < stepsMax && this.step(0); i++) if (this.job.ended && this.workers === 0) return
  }

  /** Until `done`, or nothing is left to happen but timers. */
  until(done: () => boolean): void {
    for (let i = 0; i < 5000 && !done(); i++) assert(this.step(0), 'nothing is pending any more')
    assert(done(), 'it did not happen')
  }

  /** Delivers all messages, but fires no timer. */
  deliverAll(): void {
    for (let i = 0; i < 5000 && [...this.#links.values()].some(queue => queue.length > 0); i++) this.step(0)
  }

  #fireEarliest(): void {
    const [timer, dueMs] = [...this.#timers].sort((a, b) => a[1] - b[1])[0]!
    this.#timers.delete(timer)
    this.#nowMs = Math.max(this.#nowMs, dueMs)
    this.handle({ type: 'timer', timer })
  }

  #post(link: string, pending: Pending): void {
    const queue = this.#links.get(link)
    if (queue === undefined) this.#links.set(link, [pending])
    else queue.push(pending)
  }

  #check(): void {
    const attempts = new Set([...this.#taskManagers.values()].flatMap(({ workers }) => workers.map(w => w.attempt)))
    assert(attempts.size <= 1, `workers of ${attempts.size} attempts run at once`)
  }

  #allocate(): void {
    const { granted, waiting } = this.resources.allocate()
    for (const { attempt, slots } of granted) {
      this.#post('resources', () => this.handle({ type: 'slots-allocated', attempt, slots }))
    }
    for (const { attempt, free } of waiting) {
      this.#post('resources', () => this.handle({ type: 'slots-waiting', attempt, free }))
    }
  }

  #carryOut(effect: JobEffect): void {
    switch (effect.type) {
      case 'request-slots':
        this.resources.request('job', effect.attempt, effect.count, 1)
        return
      case 'release-slots':
        this.resources.release('job', effect.attempt)
        return
      case 'discover-splits': {
        const { attempt, operator } = effect
        const error = this.discoverFailures.shift()
        const splits = SPLITS.map(id => ({ id, state: null }))
        this.#post('world', () =>
          this.handle(
            error === undefined
              ? { type: 'splits-discovered', attempt, operator, splits }
              : { type: 'splits-failed', attempt, operator, error },
          ),
        )
        return
      }
      case 'deploy':
        this.#deploy(effect.taskManager, effect.attempt, effect.slots)
        return
      case 'start-slots':
        this.#toTaskManager(effect.taskManager, taskManager => {
          for (const worker of taskManager.workers) {
            if (worker.attempt !== effect.attempt) continue
            worker.started = true
            this.#work(taskManager, worker)
          }
        })
        return
      case 'assign-splits':
        this.#toTaskManager(effect.taskManager, taskManager => {
          const worker = taskManager.workers.find(
            w => w.attempt === effect.attempt && w.slot === effect.assignment.subtask,
          )
          worker?.assigned.push(effect.assignment)
          if (worker?.started) this.#work(taskManager, worker)
        })
        return
      case 'align-sources':
        this.#toTaskManager(effect.taskManager, () => this.aligned.push(effect))
        return
      case 'cancel-slots':
        this.#toTaskManager(effect.taskManager, taskManager => {
          this.#report(taskManager.ref, {
            type: 'cancel-taken',
            attempt: effect.attempt,
            taskManager: taskManager.ref,
          })
          const ended = taskManager.workers.filter(worker => worker.attempt === effect.attempt)
          taskManager.workers = taskManager.workers.filter(worker => worker.attempt !== effect.attempt)
          for (const worker of ended) {
            this.#report(taskManager.ref, { type: 'slot-released', ...this.#from(taskManager, worker) })
          }
          this.#report(taskManager.ref, {
            type: 'attempt-not-held',
            attempt: effect.attempt,
            taskManager: taskManager.ref,
          })
        })
        return
      case 'record-commit':
        this.#post('store', () => this.handle({ type: 'commit-recorded', attempt: effect.attempt }))
        return
      case 'commit':
        this.#post('world', () => {
          const { attempt, token } = effect
          const error = this.commitFailures.shift()
          if (error !== undefined) return this.handle({ type: 'commit-failed', attempt, error })
          // Idempotent, as committers are.
          for (const { committables } of token.record.committables) {
            for (const committable of committables) {
              if (!this.committed.includes(String(committable))) this.committed.push(String(committable))
            }
          }
          this.handle({ type: 'committed', attempt })
        })
        return
      case 'abort-leftovers':
        this.#post('world', () => this.handle({ type: 'leftovers-aborted', attempt: effect.attempt }))
        return
      case 'set-timer':
        this.#timers.set(effect.timer, this.#nowMs + effect.delayMs)
        return
      case 'cancel-timer':
        this.#timers.delete(effect.timer)
        return
      case 'history':
        this.history.push(effect.kind)
        return
      case 'record-changed':
        this.#records++
        return
      case 'attempt-started':
      case 'attempt-ended':
      case 'exception':
        return
    }
  }

  #deploy(ref: TaskManagerRef, attempt: number, slots: readonly SlotAllocation[]): void {
    const failure = this.deployFailures.shift()
    if (failure === 'refused') {
      const error = new WeirError('BUFFERS', 'too few buffers')
      this.#post(`from ${ref.id}`, () => this.handle({ type: 'deploy-refused', attempt, taskManager: ref, error }))
      return
    }
    if (failure === 'lost') {
      const error = new WeirError('CONNECTION_LOST', 'no answer')
      this.#post(`from ${ref.id}`, () => this.handle({ type: 'command-failed', attempt, taskManager: ref, error }))
      return
    }
    this.#toTaskManager(ref, taskManager => {
      for (const { slot, taskManager: at } of slots) {
        if (at.id !== ref.id) continue
        const worker: Worker = { attempt, slot, started: false, assigned: [], finished: new Set() }
        taskManager.workers.push(worker)
        this.#report(ref, { type: 'slot-deployed', ...this.#from(taskManager, worker) })
      }
    })
  }

  /** A source subtask reads what it has and asks for more; the others finish when all sources have. */
  #work(taskManager: SimulatedTaskManager, worker: Worker): void {
    for (const { vertex, subtask } of subtasksInSlot(this.job.graph, worker.slot)) {
      if (worker.finished.has(`${vertex}/${subtask}`)) continue
      if (vertex === 0) this.#readSplits(taskManager, worker)
      else if (this.#sourcesDone.get(worker.attempt)?.size === 2) {
        this.#finish(taskManager, worker, vertex, subtask, [`${worker.attempt}/${subtask}`])
      }
    }
  }

  #readSplits(taskManager: SimulatedTaskManager, worker: Worker): void {
    let last = false
    for (const { splits, noMoreSplits } of worker.assigned.splice(0)) {
      last ||= noMoreSplits
      const read = this.read.get(worker.attempt) ?? []
      this.read.set(worker.attempt, read)
      read.push(...splits.map(split => split.id))
    }
    this.#reportWatermark(taskManager, worker, last)
    if (!last) {
      const request = { operator: 'source', subtask: worker.slot }
      this.#report(taskManager.ref, { type: 'split-requested', ...request, ...this.#from(taskManager, worker) })
      return
    }
    this.#finish(taskManager, worker, 0, worker.slot, [])
    const done = this.#sourcesDone.get(worker.attempt) ?? new Set()
    this.#sourcesDone.set(worker.attempt, done.add(worker.slot))
    if (done.size < 2) return
    for (const other of this.#taskManagers.values()) {
      for (const each of other.workers) {
        if (each.attempt === worker.attempt && each.started) this.#work(other, each)
      }
    }
  }

  /** Where the source is aligned: as far as it has read, or at its end. */
  #reportWatermark(taskManager: SimulatedTaskManager, worker: Worker, atEnd: boolean): void {
    if (this.job.graph.job.nodes[0]?.watermarks?.alignment === undefined) return
    const watermark = atEnd ? Number.POSITIVE_INFINITY : (this.read.get(worker.attempt)?.length ?? 0)
    const report = { operator: 'source', subtask: worker.slot, watermark, ...this.#from(taskManager, worker) }
    this.#report(taskManager.ref, { type: 'watermark-reported', ...report })
  }

  #finish(
    taskManager: SimulatedTaskManager,
    worker: Worker,
    vertex: number,
    subtask: number,
    committables: readonly string[],
  ): void {
    if (worker.finished.has(`${vertex}/${subtask}`)) return
    worker.finished.add(`${vertex}/${subtask}`)
    this.#report(taskManager.ref, {
      type: 'subtask-finished',
      ...this.#from(taskManager, worker),
      vertex,
      subtask,
      committables: [{ operator: 'sink', committables }],
    })
  }

  #from(taskManager: SimulatedTaskManager, worker: Worker) {
    return { attempt: worker.attempt, slot: worker.slot, taskManager: taskManager.ref }
  }

  #toTaskManager(ref: TaskManagerRef, action: (taskManager: SimulatedTaskManager) => void): void {
    this.#post(`to ${ref.id}`, () => {
      const taskManager = this.#taskManagers.get(ref.id)
      if (taskManager?.ref.incarnation === ref.incarnation) action(taskManager)
    })
  }

  #report(ref: TaskManagerRef, body: JobEventBody): void {
    this.#post(`from ${ref.id}`, () => this.handle(body))
  }
}
