/** So many wrong credentials of one address are answered at once … */
const BURST = 20
/** … and after that one in each so many ms. */
const REFILL_MS = 1_000
/** Addresses and callers that are remembered; beyond it the oldest is forgotten. */
const REMEMBERED_MAX = 10_000

interface Bucket {
  tokens: number
  at: number
}

/**
 * Slows down guessing: an address that has shown many wrong credentials must wait before the next is looked at. A
 * credential that was right before is never held up, so a script with an old token does not lock its neighbours out:
 * on loopback all callers share one address.
 */
export class FailureLimiter {
  readonly #buckets = new Map<string, Bucket>()
  readonly #knownGood = new Set<string>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Ms until a credential of this address may be tried; 0 when it may now. */
  waitMs(address: string, credentialHash: string): number {
    if (this.#knownGood.has(credentialHash)) return 0
    const bucket = this.#buckets.get(address)
    if (bucket === undefined) return 0
    this.#refill(bucket)
    return bucket.tokens >= 1 ? 0 : Math.ceil((1 - bucket.tokens) * REFILL_MS)
  }

  failed(address: string, credentialHash: string): void {
    this.#knownGood.delete(credentialHash)
    const bucket = this.#buckets.get(address) ?? { tokens: BURST, at: this.#now() }
    this.#refill(bucket)
    bucket.tokens = Math.max(0, bucket.tokens - 1)
    // Set again, so that the map's order is that of the latest failure and the first is the one to forget.
    this.#buckets.delete(address)
    this.#buckets.set(address, bucket)
    forgetOldest(this.#buckets)
  }

  succeeded(credentialHash: string): void {
    this.#knownGood.add(credentialHash)
    forgetOldest(this.#knownGood)
  }

  #refill(bucket: Bucket): void {
    const now = this.#now()
    bucket.tokens = Math.min(BURST, bucket.tokens + Math.max(0, now - bucket.at) / REFILL_MS)
    bucket.at = now
  }
}

function forgetOldest(collection: Map<string, unknown> | Set<string>): void {
  if (collection.size <= REMEMBERED_MAX) return
  const oldest = collection.keys().next().value
  if (oldest !== undefined) collection.delete(oldest)
}
