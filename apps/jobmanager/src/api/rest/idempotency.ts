import { createHash } from 'node:crypto'
import { WeirError } from '@weir/engine/base/errors'

/** How long a key is remembered, and how many at most; the oldest is forgotten first. */
const REMEMBERED_MS = 24 * 3_600_000
const REMEMBERED_MAX = 1_000
const KEY_CHARACTERS_MAX = 200

interface Remembered<T> {
  readonly fingerprint: string
  readonly answer: Promise<T>
  readonly at: number
}

/**
 * Makes repeated requests with one `Idempotency-Key` have one effect: the second gets the first's answer, also while the
 * first is still under way. A failed request is forgotten, so that it can be tried again. The keys live in the memory of
 * this process: a restart forgets them.
 */
export class IdempotencyKeys<T> {
  readonly #remembered = new Map<string, Remembered<T>>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** `caller` keeps the keys of different callers apart; `request` is what the key stands for. Throws CONFLICT. */
  run(caller: string, key: string, request: readonly (Uint8Array | string)[], work: () => Promise<T>): Promise<T> {
    if (key === '' || key.length > KEY_CHARACTERS_MAX) {
      throw new WeirError('REQUEST_INVALID', `Idempotency-Key must have 1 to ${KEY_CHARACTERS_MAX} characters`)
    }
    const id = JSON.stringify([caller, key])
    const fingerprint = fingerprintOf(request)
    const known = this.#remembered.get(id)
    if (known !== undefined && this.#now() - known.at < REMEMBERED_MS) {
      if (known.fingerprint === fingerprint) return known.answer
      throw new WeirError('CONFLICT', `the Idempotency-Key "${key}" was used for another job: take a new key`)
    }
    const answer = work()
    this.#remembered.delete(id)
    this.#remembered.set(id, { fingerprint, answer, at: this.#now() })
    this.#forgetOldest()
    answer.catch(() => {
      if (this.#remembered.get(id)?.answer === answer) this.#remembered.delete(id)
    })
    return answer
  }

  #forgetOldest(): void {
    if (this.#remembered.size <= REMEMBERED_MAX) return
    const oldest = this.#remembered.keys().next().value
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }
}

function fingerprintOf(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    hash.update(`${part.length}:`)
    hash.update(part)
  }
  return hash.digest('hex')
}
