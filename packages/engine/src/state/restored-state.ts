import { assert } from '../base/assert.ts'
import type { KeyedSnapshotEntry } from './keyed-state-backend.ts'
import type { SegmentChain } from './segments/segment-chain.ts'

/**
 * What was restored and nobody has asked for yet, by state, as bytes: from single entries, or from segments, where it stays
 * compressed. It counts as state, and goes into snapshots as it is.
 */
export class RestoredState {
  readonly #ownsKeyGroup: (keyGroup: number) => boolean
  readonly #waiting = new Map<string, KeyedSnapshotEntry[]>()
  #waitingBytes = 0
  /** Until all of its states were asked for. */
  #chain: SegmentChain | undefined
  #chainStates = new Set<string>()

  /** `ownsKeyGroup`: segments hold entries of other key groups, too, which are passed over. */
  constructor(ownsKeyGroup: (keyGroup: number) => boolean) {
    this.#ownsKeyGroup = ownsKeyGroup
  }

  add(entry: KeyedSnapshotEntry): void {
    this.#waitingBytes += sizeOf(entry)
    const waiting = this.#waiting.get(entry.state)
    if (waiting === undefined) this.#waiting.set(entry.state, [entry])
    else waiting.push(entry)
  }

  /** At most one, and before any entry. */
  addChain(chain: SegmentChain): void {
    assert(this.#waiting.size === 0 && this.#chain === undefined, 'segments were restored beside other state')
    this.#chain = chain
    this.#chainStates = chain.states
  }

  /** Whether there is anything of the state that nobody has taken. */
  has(state: string): boolean {
    if (this.#waiting.has(state)) return true
    if (!this.#chainStates.has(state)) return false
    // A segment may name a state all of whose entries are gone.
    for (const _ of (this.#chain as SegmentChain).entries(state)) return true
    return false
  }

  /** Gives what there is of the state out, once. */
  *take(state: string): Generator<KeyedSnapshotEntry, void, void> {
    if (this.#chainStates.delete(state)) {
      for (const entry of (this.#chain as SegmentChain).entries(state))
        if (this.#ownsKeyGroup(entry.keyGroup)) yield entry
      if (this.#chainStates.size === 0) this.#chain = undefined
    }
    const waiting = this.#waiting.get(state) ?? []
    this.#waiting.delete(state)
    for (const entry of waiting) this.#waitingBytes -= sizeOf(entry)
    yield* waiting
  }

  /** Those that were restored one by one, which stand in no segment. */
  entries(): KeyedSnapshotEntry[] {
    return [...this.#waiting.values()].flat()
  }

  get sizeBytes(): number {
    return this.#waitingBytes + (this.#chain?.sizeBytes ?? 0)
  }
}

function sizeOf({ key, value }: KeyedSnapshotEntry): number {
  return key.byteLength + value.byteLength
}
