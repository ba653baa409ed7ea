import { encodeKey } from '../record/key-encoding.ts'
import { keyGroupOfBytes } from '../record/key-group.ts'
import { encodeValue } from '../record/value-codec.ts'
import type { StateColumnTable } from './column-table.ts'
import { mapEntryKey, namespacedEntryKey } from './entry-key.ts'
import type { KeyedSnapshotEntry, TableOptions } from './keyed-state-backend.ts'
import type { ExpiringEntry } from './map-state.ts'
import type { NamespacedStateTable, TablesByKey } from './nested-tables.ts'
import type { TypedNumberTable } from './number-table.ts'
import type { StateTable } from './state-table.ts'

/** A table whose rows may be fetched from disk before they are used. */
export type Fetching = Pick<StateTable<unknown>, 'askFor' | 'takeFetched'>

/** How one state is held. */
export type RegisteredState =
  | {
      readonly form: 'table'
      readonly table: (StateTable<unknown> | StateColumnTable<unknown>) & Fetching
      readonly expiresAtMs: TableOptions<unknown>['expiresAtMs']
    }
  | { readonly form: 'numbers'; readonly table: TypedNumberTable }
  | { readonly form: 'namespaced'; readonly tables: NamespacedStateTable<unknown> }
  | { readonly form: 'map'; readonly tables: TablesByKey<unknown>; readonly expires: boolean }

export interface EntryOptions {
  readonly maxParallelism: number
  /** Wall-clock ms: what expired up to then is left out. */
  readonly now: number
}

/** All that a state holds, in no particular order. */
export function* entriesOf(
  state: string,
  registered: RegisteredState,
  { maxParallelism, now }: EntryOptions,
): Generator<KeyedSnapshotEntry, void, void> {
  const entry = (keyBytes: Uint8Array, entryKey: Uint8Array, value: unknown): KeyedSnapshotEntry => ({
    keyGroup: keyGroupOfBytes(keyBytes, maxParallelism),
    state,
    key: entryKey,
    value: encodeValue(value),
  })
  switch (registered.form) {
    case 'numbers':
      for (const { key, value } of registered.table.rows()) {
        const bytes = encodeKey(key)
        yield entry(bytes, bytes, value)
      }
      return
    case 'table':
      for (const { key, value } of registered.table.rows()) {
        if (isPast(registered.expiresAtMs?.(value), now)) continue
        const bytes = encodeKey(key)
        yield entry(bytes, bytes, value)
      }
      return
    case 'namespaced':
      for (const namespace of registered.tables.namespaces()) {
        for (const { key, value } of registered.tables.at(namespace)?.rows() ?? []) {
          const bytes = encodeKey(key)
          yield entry(bytes, namespacedEntryKey(namespace, bytes), value)
        }
      }
      return
    case 'map':
      for (const [, key, table] of registered.tables.keys()) {
        const bytes = encodeKey(key)
        for (const { key: mapKey, value } of table.rows()) {
          if (registered.expires && isPast((value as ExpiringEntry<unknown>).expiresAtMs, now)) continue
          yield entry(bytes, mapEntryKey(bytes, encodeKey(mapKey)), value)
        }
      }
  }
}

function isPast(expiresAtMs: number | undefined, now: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= now
}
