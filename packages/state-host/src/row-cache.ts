/** What an entry costs beside its bytes: places in the Map and the heads of two strings. */
const ENTRY_BYTES = 96

/**
 * Rows that were written or read lately, in front of the disk: keys and values as texts of one unit per byte, which take
 * up the least. Two generations: what is not asked for while the young one fills up goes with the old one.
 */
export class RowCache {
  readonly #limitBytes: number
  #young = new Map<string, string>()
  #old = new Map<string, string>()
  #youngBytes = 0
  hits = 0

  /** 0: caches nothing. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get isOff(): boolean {
    return this.#limitBytes === 0
  }

  get(key: string): string | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) {
      this.hits++
      return young
    }
    const old = this.#old.get(key)
    if (old === undefined) return undefined
    this.hits++
    this.#add(key, old)
    return old
  }

  put(key: string, value: string): void {
    if (this.isOff) return
    if (this.#young.has(key)) this.#young.set(key, value)
    else this.#add(key, value)
    this.#old.delete(key)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  deletePrefix(prefix: string): void {
    for (const rows of [this.#young, this.#old])
      for (const key of rows.keys()) if (key.startsWith(prefix)) rows.delete(key)
  }

  #add(key: string, value: string): void {
    this.#young.set(key, value)
    this.#youngBytes += key.length + value.length + ENTRY_BYTES
    if (this.#youngBytes <= this.#limitBytes / 2) return
    this.#old = this.#young
    this.#young = new Map()
    this.#youngBytes = 0
  }
}
