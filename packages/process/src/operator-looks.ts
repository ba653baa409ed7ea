/** How often a thread should be looked at, ms. */
export const LOOK_MS = 20
/** What a look counts at the next one: after 35 of them, two thirds of a second, it is half. */
const KEPT = 0.98

/**
 * In which operators a thread spends its time, found out from outside by looks at even intervals, each of which sees at most
 * one of them running. Costs the thread nothing, and tells the operators of one chain apart. An operator is named by its
 * probeId, what the probe of the thread shows; 0 when none runs.
 */
export class OperatorLooks {
  readonly #seen = new Map<number, number>()
  readonly #lately = new Map<number, number>()

  look(probeId: number): void {
    for (const [id, score] of this.#lately) this.#lately.set(id, score * KEPT)
    if (probeId === 0) return
    this.#seen.set(probeId, this.seen(probeId) + 1)
    this.#lately.set(probeId, (this.#lately.get(probeId) ?? 0) + 1)
  }

  /** In how many looks the operator was running. */
  seen(probeId: number): number {
    return this.#seen.get(probeId) ?? 0
  }

  /**
   * The operator in which most of the time was spent lately; 0 while none has been seen. The one that runs at the moment at
   * which memory is used up may be any of them; it is mostly the busiest that has used it.
   */
  get busiestLately(): number {
    let busiest = 0
    let most = 0
    for (const [id, score] of this.#lately) {
      if (score <= most) continue
      most = score
      busiest = id
    }
    return busiest
  }
}
