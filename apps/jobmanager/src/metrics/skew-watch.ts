import { skewOf } from '@weir/control/verdict/skew'

/** A difference counts when it shows in each of so many windows in a row, in the same subtask. */
const WINDOWS = 3
/** Credit comes in bursts of seconds, and rows of a file in blocks: a shorter window would see those. */
const WINDOW_MS = 10_000
const MARK_EVERY_MS = 2_500
const KEPT_MS = WINDOWS * WINDOW_MS + 2 * MARK_EVERY_MS
/** Who has said nothing for so long is no measure. */
const SILENCE_MS_MAX = 15_000

/** How many records a subtask had taken in at a moment. */
interface Mark {
  readonly monotonicMs: number
  readonly taken: number
}

/**
 * Whether one subtask of a vertex does lastingly more than the others: over half a minute, and in each part of it. A
 * look of a few seconds would take every burst for a skew.
 */
export class SkewWatch {
  /** Of the subtasks of one vertex that have not finished, oldest mark first. */
  readonly #marks = new Map<number, Mark[]>()

  report(subtask: number, taken: number, finished: boolean, monotonicMs: number): void {
    if (finished) {
      this.#marks.delete(subtask)
      return
    }
    const marks = this.#marks.get(subtask) ?? []
    this.#marks.set(subtask, marks)
    const last = marks.at(-1)
    if (last !== undefined && monotonicMs - last.monotonicMs < MARK_EVERY_MS) return
    marks.push({ monotonicMs, taken })
    while (marks.length > 2 && marks[1]!.monotonicMs <= monotonicMs - KEPT_MS) marks.shift()
  }

  /** What `skewOf` says of the whole time; null while it has not been so for long enough. */
  factor(nowMonotonicMs: number): number | null {
    const known = [...this.#marks.values()]
    if (known.length < 2) return null
    const end = Math.min(...known.map(marks => marks.at(-1)!.monotonicMs))
    if (nowMonotonicMs - end > SILENCE_MS_MAX) return null
    const busiest = new Set<number>()
    for (let window = 0; window < WINDOWS; window++) {
      const rates = ratesBetween(known, end - (window + 1) * WINDOW_MS, end - window * WINDOW_MS)
      if (rates === null || skewOf(rates) === null) return null
      busiest.add(rates.indexOf(Math.max(...rates)))
    }
    if (busiest.size > 1) return null
    const whole = ratesBetween(known, end - WINDOWS * WINDOW_MS, end)
    return whole === null ? null : skewOf(whole)
  }
}

/** Records per second of each; null when one of them has not been there for so long. */
function ratesBetween(subtasks: readonly (readonly Mark[])[], from: number, to: number): number[] | null {
  const rates: number[] = []
  for (const marks of subtasks) {
    const [before, after] = [takenAt(marks, from), takenAt(marks, to)]
    if (before === null || after === null) return null
    rates.push(((after - before) * 1000) / (to - from))
  }
  return rates
}

/** Between two marks as if records had come evenly. */
function takenAt(marks: readonly Mark[], at: number): number | null {
  const next = marks.findIndex(({ monotonicMs }) => monotonicMs >= at)
  const after = marks[next]
  if (after === undefined) return null
  if (after.monotonicMs === at) return after.taken
  const before = marks[next - 1]
  if (before === undefined) return null
  const share = (at - before.monotonicMs) / (after.monotonicMs - before.monotonicMs)
  return before.taken + share * (after.taken - before.taken)
}
