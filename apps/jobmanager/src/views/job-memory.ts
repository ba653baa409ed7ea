import { SinceMemory } from '@weir/control/verdict/since-memory'
import { verdictOf } from '@weir/control/verdict/verdict'
import type { StuckFacts } from '@weir/control/verdict/verdict-facts'
import type { JobDoc, Verdict } from '@weir/proto/web/job-doc'
import type { JobStatusView } from '../dispatcher/control-plane.ts'
import type { LiveJob } from '../dispatcher/job-views.ts'
import type { JobFigures } from '../metrics/job-metrics.ts'
import { factsOf, type JobSight, operatorOf, refOf, withoutRecords } from './job-sight.ts'

/** Figures of a moment ago are as good as new ones: reports come once a second. */
const FIGURES_FRESH_MS = 900

/** What is remembered of one job between two looks at it. */
export class JobMemory {
  readonly #since = new SinceMemory()
  /** When each call that does not return was begun, wall-clock ms, by slot and operator. */
  #stuckSince = new Map<string, number>()
  #figures: { readonly value: JobFigures; readonly atMs: number; readonly running: boolean } | null = null
  #doc: JobDoc | null = null

  /** The job's verdict, with since when it holds; it quotes records only for those who see records. */
  verdictOf(sight: JobSight, seesRecords: boolean): Verdict {
    const facts = factsOf(sight)
    return this.#since.see(verdictOf(seesRecords ? facts : withoutRecords(facts)), sight.now)
  }

  figuresOf({ metrics, running }: LiveJob, nowMonotonicMs: number): JobFigures {
    const kept = this.#figures
    if (kept !== null && kept.running === running && nowMonotonicMs - kept.atMs < FIGURES_FRESH_MS) return kept.value
    const value = metrics.figures(running, nowMonotonicMs)
    this.#figures = { value, atMs: nowMonotonicMs, running }
    return value
  }

  /** The call that has not returned for the longest time. */
  stuckOf({ stuck, status, graph }: LiveJob, now: number): StuckFacts | null {
    const since = new Map<string, number>()
    let longest: StuckFacts | null = null
    for (const { slot, operator, ms } of stuck) {
      const key = `${status.attempt}/${slot}/${operator}`
      // The report says how long it had lasted then, and comes once.
      const begun = this.#stuckSince.get(key) ?? now - ms
      since.set(key, begun)
      if (longest !== null && longest.since <= begun) continue
      const vertex = graph.vertices.find(
        ({ firstSlot, parallelism, nodes }) =>
          slot >= firstSlot && slot < firstSlot + parallelism && nodes.some(({ name }) => name === operator),
      )
      const node = vertex?.nodes.find(({ name }) => name === operator)
      longest = {
        operator: (node && refOf(graph, node)) ?? operatorOf(graph, operator) ?? { uid: operator, name: operator },
        subtask: vertex === undefined ? null : slot - vertex.firstSlot,
        since: begun,
      }
    }
    this.#stuckSince = since
    return longest
  }

  /** The latest document, when it is of the same status and attempt; null otherwise. */
  docBefore({ status, attempt, restarting }: JobStatusView): JobDoc | null {
    const doc = this.#doc
    const same = doc?.status === status && doc.attempt === attempt && doc.restarting === restarting
    return same ? doc : null
  }

  keepDoc(doc: JobDoc): void {
    this.#doc = doc
  }
}
