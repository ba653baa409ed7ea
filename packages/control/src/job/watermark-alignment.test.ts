import { slotOf } from '@weir/engine/graph/execution-graph'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EffectOf, JobEffect } from './job-effect.ts'
import type { JobEventBody, TaskManagerRef } from './job-event.ts'
import { JobMaster } from './job-master.ts'

const INTERVAL_MS = 500
const TASK_MANAGERS: readonly TaskManagerRef[] = ['tm-1', 'tm-2', 'tm-3'].map(id => ({ id, incarnation: 'i' }))

/** Two sources of parallelism 2 in one group, one by itself in another, one in none; all into one sink. */
function graph(): JobGraph {
  const source = (uid: string, parallelism: number, group?: string) => {
    const alignment = group === undefined ? {} : { alignment: { group, maxDriftMs: 100, intervalMs: INTERVAL_MS } }
    const watermarks = { strategy: 'monotonous', ...alignment }
    return { uid, type: 'source', name: uid, parallelism, watermarks, slotSharingGroup: uid }
  }
  return jobGraphSchema.parse({
    name: 'aligned',
    parallelism: 1,
    nodes: [
      source('clicks', 2, 'g'),
      source('views', 2, 'g'),
      source('alone', 1, 'other'),
      source('free', 1),
      { uid: 'sink', type: 'sink', name: 'sink' },
    ],
    edges: ['clicks', 'views', 'alone', 'free'].map(from => ({ from, to: 'sink', partitioner: 'rebalance' })),
  })
}

const MEMBERS: readonly (readonly [operator: string, subtask: number])[] = [
  ['clicks', 0],
  ['clicks', 1],
  ['views', 0],
  ['views', 1],
]

/** A job that runs, with a clock and the timers that it sets. */
class RunningJob {
  readonly master = new JobMaster({ jobId: 'job', graph: graph(), random: { next: () => 0.5 } })
  readonly announced: (EffectOf<'align-sources'> & { atMs: number })[] = []
  readonly #timers = new Map<number, number>()
  #nowMs = 0

  constructor() {
    this.handle({ type: 'start' })
    const { slotCount } = this.master.graph
    const slots = Array.from({ length: slotCount }, (_, slot) => ({
      slot,
      taskManager: TASK_MANAGERS[slot % TASK_MANAGERS.length]!,
      taskManagerSlot: slot,
    }))
    this.handle({ type: 'slots-allocated', attempt: 1, slots })
    for (const operator of ['clicks', 'views', 'alone', 'free']) {
      this.handle({ type: 'splits-discovered', attempt: 1, operator, splits: [] })
    }
    for (const { slot, taskManager } of slots) this.handle({ type: 'slot-deployed', attempt: 1, slot, taskManager })
    expect(this.master.state.name).toBe('running')
  }

  get nowMs(): number {
    return this.#nowMs
  }

  handle(body: JobEventBody): readonly JobEffect[] {
    const effects = this.master.handle({ ...body, at: { wallMs: this.#nowMs, monotonicMs: this.#nowMs } })
    for (const effect of effects) {
      if (effect.type === 'align-sources') this.announced.push({ ...effect, atMs: this.#nowMs })
      if (effect.type === 'set-timer') this.#timers.set(effect.timer, this.#nowMs + effect.delayMs)
      if (effect.type === 'cancel-timer') this.#timers.delete(effect.timer)
    }
    return effects
  }

  report(operator: string, subtask: number, watermark: number): void {
    this.handle({
      type: 'watermark-reported',
      attempt: 1,
      ...this.#at(operator, subtask),
      operator,
      subtask,
      watermark,
    })
  }

  finish(operator: string, subtask: number): void {
    const { vertex, ...at } = this.#at(operator, subtask)
    this.handle({ type: 'subtask-finished', attempt: 1, ...at, vertex, subtask, committables: [] })
  }

  taskManagerOf(operator: string, subtask: number): string {
    return this.#at(operator, subtask).taskManager.id
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const [next] = [...this.#timers].filter(([, dueMs]) => dueMs <= endMs).sort((a, b) => a[1] - b[1])
      if (next === undefined) break
      this.#timers.delete(next[0])
      this.#nowMs = next[1]
      this.handle({ type: 'timer', timer: next[0] })
    }
    this.#nowMs = endMs
  }

  #at(operator: string, subtask: number) {
    const vertex = this.master.graph.vertices.find(({ nodes }) => nodes.some(({ uid }) => uid === operator))!
    const slot = slotOf(vertex, subtask)
    return { slot, taskManager: TASK_MANAGERS[slot % TASK_MANAGERS.length]!, vertex: vertex.index }
  }
}

describe('the JobMaster tells a group of aligned sources how far the slowest is', () => {
  it('as soon as each subtask has said where it is, on every TaskManager that runs one', () => {
    const job = new RunningJob()
    for (const [operator, subtask] of MEMBERS.slice(1)) job.report(operator, subtask, 100)
    expect(job.announced).toEqual([])
    job.report('clicks', 0, 40)
    expect(job.announced.map(({ group, slowest }) => [group, slowest])).toEqual(job.announced.map(() => ['g', 40]))
    const told = job.announced.map(({ taskManager }) => taskManager.id).sort()
    expect(told).toEqual([...new Set(MEMBERS.map(member => job.taskManagerOf(...member)))].sort())
  })

  it('at most once per interval, and then with the latest', () => {
    const job = new RunningJob()
    for (const [operator, subtask] of MEMBERS) job.report(operator, subtask, 0)
    job.announced.length = 0
    job.advance(100)
    for (const watermark of [10, 20, 30]) for (const member of MEMBERS) job.report(...member, watermark)
    expect(job.announced).toEqual([])
    job.advance(INTERVAL_MS - 101)
    expect(job.announced).toEqual([])
    job.advance(1)
    expect(new Set(job.announced.map(({ slowest }) => slowest))).toEqual(new Set([30]))
  })

  it('without those that are idle or have finished; when nobody is left to wait for, that nobody waits', () => {
    const job = new RunningJob()
    const latest = (): number | undefined => job.announced.at(-1)?.slowest
    for (const [index, [operator, subtask]] of MEMBERS.entries()) job.report(operator, subtask, index * 10)
    expect(latest()).toBe(0)
    job.report('clicks', 0, Number.POSITIVE_INFINITY)
    job.advance(INTERVAL_MS)
    expect(latest()).toBe(10)
    job.finish('clicks', 1)
    job.advance(INTERVAL_MS)
    expect(latest()).toBe(20)
    job.report('clicks', 0, 5)
    job.advance(INTERVAL_MS)
    expect(latest()).toBe(5)
    for (const [operator, subtask] of MEMBERS) job.report(operator, subtask, Number.POSITIVE_INFINITY)
    job.advance(INTERVAL_MS)
    expect(latest()).toBe(Number.POSITIVE_INFINITY)
  })

  it('and nothing to other groups, or because of a source that is in none, or of an attempt that is over', () => {
    const job = new RunningJob()
    for (const [operator, subtask] of MEMBERS) job.report(operator, subtask, 7)
    job.report('free', 0, 1)
    expect(job.master.ignored['not-expected']).toBe(1)
    expect(new Set(job.announced.map(({ group }) => group))).toEqual(new Set(['g']))
    job.report('alone', 0, 3)
    expect(job.announced.at(-1)).toMatchObject({ group: 'other', slowest: 3 })
    const stale = { attempt: 0, slot: 0, taskManager: TASK_MANAGERS[0]!, operator: 'clicks', subtask: 0, watermark: 0 }
    expect(job.handle({ type: 'watermark-reported', ...stale })).toEqual([])
  })
})

type Step =
  | { readonly kind: 'report'; readonly member: number; readonly watermark: number }
  | { readonly kind: 'finish'; readonly member: number }
  | { readonly kind: 'advance'; readonly ms: number }

const member = fc.nat({ max: MEMBERS.length - 1 })
const watermark = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 50 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('report' as const), member, watermark }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('finish' as const), member }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat({ max: 700 }) }) },
)

it('whatever the order of reports and ends, every announcement is the minimum of those that still run, and the last one comes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const job = new RunningJob()
      const reports = new Map<number, number>()
      const running = new Set(MEMBERS.keys())
      const minimum = (): number | undefined =>
        reports.size < running.size ? undefined : Math.min(Number.POSITIVE_INFINITY, ...reports.values())
      const hosts = (): string[] =>
        [...new Set([...running].map(index => job.taskManagerOf(...MEMBERS[index]!)))].sort()
      let lastAtMs = Number.NEGATIVE_INFINITY
      let last: number | undefined
      const check = (): void => {
        for (const [atMs, round] of Map.groupBy(job.announced.splice(0), effect => effect.atMs)) {
          expect(atMs - lastAtMs).toBeGreaterThanOrEqual(INTERVAL_MS)
          expect(round.map(({ taskManager }) => taskManager.id).sort()).toEqual(hosts())
          expect(round.map(({ slowest }) => slowest)).toEqual(round.map(() => minimum()))
          lastAtMs = atMs
          last = round[0]?.slowest
        }
      }
      for (const next of steps) {
        if (next.kind === 'advance') job.advance(next.ms)
        else if (running.has(next.member)) {
          const [operator, subtask] = MEMBERS[next.member]!
          if (next.kind === 'report') {
            reports.set(next.member, next.watermark)
            job.report(operator, subtask, next.watermark)
          } else {
            reports.delete(next.member)
            running.delete(next.member)
            job.finish(operator, subtask)
          }
        }
        check()
      }
      job.advance(INTERVAL_MS)
      check()
      if (running.size > 0 && minimum() !== undefined) expect(last).toBe(minimum())
    }),
    { numRuns: 300 },
  )
})
