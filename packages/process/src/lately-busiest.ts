/** How often a thread should be looked at, ms. */
export const LOOK_MS = 20
/** What a look counts at the next one: after 35 of them, two thirds of a second, it is half. */
const KEPT = 0.98

/**
 * Which operator a thread has lately spent most of its time in, found out from outside by looks at even intervals. The one
 * that runs at the moment at which memory is used up may be any of them; it is mostly the busiest that has used it.
 */
export class LatelyBusiest {
  readonly #scores = new Map<number, number>()

  /** `probeId`: what the probe of the thread shows; 0 when no operator runs. */
  look(probeId: number): void {
    for (const [id, score] of this.#scores) this.#scores.set(id, score * KEPT)
    if (probeId !== 0) this.#scores.set(probeId, (this.#scores.get(probeId) ?? 0) + 1)
  }

  /** Its probeId; 0 while none has been seen. */
  get probeId(): number {
    let busiest = 0
    let most = 0
    for (const [id, score] of this.#scores) {
      if (score <= most) continue
      most = score
      busiest = id
    }
    return busiest
  }
}
