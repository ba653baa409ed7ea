import { WeirError } from '../base/errors.ts'
import type { BroadcastState, ReadOnlyBroadcastState } from '../functions/broadcast-process-function.ts'
import type { MapStateDescriptor } from '../functions/state-descriptors.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { decodeValue } from '../record/value-codec.ts'
import { detachValue } from '../state/detach.ts'
import type { OperatorSnapshot } from './operator.ts'

/** A broadcast state as it stands in an operator's config. */
export interface BroadcastStateConfig {
  readonly name: string
}

type Entries = Map<CanonicalKey, readonly [key: unknown, value: unknown]>

/** Entries of each state by its name, as a snapshot holds them. */
type BroadcastContents = Record<string, (readonly [key: unknown, value: unknown])[]>

/**
 * The broadcast states of one operator in one subtask. Every subtask has all of their contents, so a snapshot of any one
 * subtask is the whole, at whatever parallelism it is restored. What was restored and is not asked for any more is
 * carried on.
 */
export class BroadcastStates {
  readonly #names: ReadonlySet<string>
  readonly #entries = new Map<string, Entries>()
  readonly #writable = new Map<string, BroadcastState<unknown, unknown>>()
  readonly #readOnly = new Map<string, ReadOnlyBroadcastState<unknown, unknown>>()

  constructor(states: readonly BroadcastStateConfig[]) {
    this.#names = new Set(states.map(({ name }) => name))
    for (const name of this.#names) this.#entries.set(name, new Map())
  }

  writable<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V> {
    const name = this.#checked(descriptor)
    let state = this.#writable.get(name)
    if (state === undefined) {
      state = new Writable(this.#entries.get(name) as Entries)
      this.#writable.set(name, state)
    }
    return state as BroadcastState<unknown, unknown> as BroadcastState<K, V>
  }

  readOnly<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V> {
    const name = this.#checked(descriptor)
    let state = this.#readOnly.get(name)
    if (state === undefined) {
      state = new ReadOnly(name, this.#entries.get(name) as Entries)
      this.#readOnly.set(name, state)
    }
    return state as ReadOnlyBroadcastState<unknown, unknown> as ReadOnlyBroadcastState<K, V>
  }

  contents(): BroadcastContents {
    return Object.fromEntries([...this.#entries].map(([name, entries]) => [name, [...entries.values()]]))
  }

  /** Takes the contents of the first snapshot that has any; all have the same. */
  restore(snapshots: readonly OperatorSnapshot[]): void {
    for (const { operatorState } of snapshots) {
      if (operatorState === undefined) continue
      const { broadcast } = decodeValue(operatorState) as { broadcast?: BroadcastContents }
      if (broadcast === undefined) continue
      for (const [name, list] of Object.entries(broadcast)) {
        this.#entries.set(name, new Map(list.map(entry => [canonicalKey(entry[0]), entry])))
      }
      return
    }
  }

  #checked({ name, kind }: { readonly name: string; readonly kind?: string }): string {
    if (kind !== undefined && kind !== 'map') {
      throw new WeirError(
        'USER_FUNCTION',
        `broadcast state is map state, but '${name}' was asked for as ${kind} state; describe it by mapState('${name}')`,
      )
    }
    if (this.#names.has(name)) return name
    const known = [...this.#names].map(known => `'${known}'`).join(', ')
    throw new WeirError(
      'USER_FUNCTION',
      `there is no broadcast state '${name}', only ${known}; give its descriptor to broadcast(…) too`,
    )
  }
}

/** Has the methods of a writable one, so that a function that uses them is told what is wrong. */
class ReadOnly implements BroadcastState<unknown, unknown> {
  readonly #name: string
  readonly #entries: Entries

  constructor(name: string, entries: Entries) {
    this.#name = name
    this.#entries = entries
  }

  get(key: unknown): unknown {
    return this.#entries.get(canonicalKey(key))?.[1]
  }

  has(key: unknown): boolean {
    return this.#entries.has(canonicalKey(key))
  }

  *keys(): Iterable<unknown> {
    for (const [key] of this.#entries.values()) yield key
  }

  *values(): Iterable<unknown> {
    for (const [, value] of this.#entries.values()) yield value
  }

  *entries(): Iterable<[unknown, unknown]> {
    for (const [key, value] of this.#entries.values()) yield [key, value]
  }

  isEmpty(): boolean {
    return this.#entries.size === 0
  }

  put(): never {
    throw this.#refused('put')
  }

  remove(): never {
    throw this.#refused('remove')
  }

  clear(): never {
    throw this.#refused('clear')
  }

  #refused(method: string): WeirError {
    return new WeirError(
      'USER_FUNCTION',
      `${method}() on the broadcast state '${this.#name}' where it can only be read: other subtasks would not see the change; change it in processBroadcastElement`,
    )
  }
}

class Writable implements BroadcastState<unknown, unknown> {
  readonly #entries: Entries
  readonly #reading: ReadOnly

  constructor(entries: Entries) {
    this.#entries = entries
    this.#reading = new ReadOnly('', entries)
  }

  get(key: unknown): unknown {
    return this.#reading.get(key)
  }

  has(key: unknown): boolean {
    return this.#reading.has(key)
  }

  keys(): Iterable<unknown> {
    return this.#reading.keys()
  }

  values(): Iterable<unknown> {
    return this.#reading.values()
  }

  entries(): Iterable<[unknown, unknown]> {
    return this.#reading.entries()
  }

  isEmpty(): boolean {
    return this.#reading.isEmpty()
  }

  put(key: unknown, value: unknown): void {
    const canonical = canonicalKey(key)
    const known = this.#entries.get(canonical)
    if (known === undefined) this.#entries.set(detachValue(canonical), [detachValue(key), detachValue(value)])
    else this.#entries.set(canonical, [known[0], detachValue(value)])
  }

  remove(key: unknown): void {
    this.#entries.delete(canonicalKey(key))
  }

  clear(): void {
    this.#entries.clear()
  }
}
