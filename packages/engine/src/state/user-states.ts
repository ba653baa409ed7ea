import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from '../functions/state-descriptors.ts'
import { AggregatingStateInMemory } from './aggregating-state.ts'
import { type Cell, ExpiringCell, PlainCell } from './cell.ts'
import type { KeyedStateBackend } from './keyed-state-backend.ts'
import { type ListCell, ListStateInMemory } from './list-state.ts'
import { TabledMapState } from './map-state.ts'
import type { TablesByKey } from './nested-tables.ts'
import { ReducingStateInMemory } from './reducing-state.ts'
import { ValueStateInMemory } from './value-state.ts'

export type StateDescriptor =
  | ValueStateDescriptor<unknown>
  | ListStateDescriptor<unknown>
  | MapStateDescriptor<unknown, unknown>
  | ReducingStateDescriptor<unknown>
  | AggregatingStateDescriptor<unknown, unknown, unknown>

type StateKind = StateDescriptor['kind']
const KINDS: readonly StateKind[] = ['value', 'list', 'map', 'reducing', 'aggregating']

/** What entries of a state look like: those with a time to live hold when they expire. */
interface StateForm {
  readonly kind: StateKind
  readonly expires: boolean
}
const FORMS: readonly StateForm[] = KINDS.flatMap(kind => [false, true].map(expires => ({ kind, expires })))

export interface UserStatesParts {
  /** Knows the current key, and has the tables. */
  readonly backend: KeyedStateBackend
  /** Entries of a map for each key; those that expire hold an ExpiringEntry. */
  readonly mapTables: (stateName: string, expires: boolean) => TablesByKey<unknown>
  /** Whether there is restored state of this name that nobody has asked for yet. */
  readonly isRestored: (stateName: string) => boolean
  readonly clock: Clock
}

/** The states that a user's function asks for by descriptors: each made once, of the tables of the backend. */
export class UserStates {
  readonly #parts: UserStatesParts
  readonly #states = new Map<string, { readonly form: StateForm; readonly state: unknown }>()

  constructor(parts: UserStatesParts) {
    this.#parts = parts
  }

  /** Throws STATE_TYPE for one that is used, or was written, in another form. */
  get(descriptor: StateDescriptor): unknown {
    const form = formOf(descriptor)
    const known = this.#states.get(descriptor.name)
    if (known === undefined) {
      this.#checkForm(form, descriptor.name)
      const state = this.#create(descriptor)
      this.#states.set(descriptor.name, { form, state })
      return state
    }
    if (known.form.kind === form.kind && known.form.expires === form.expires) return known.state
    throw new WeirError(
      'STATE_TYPE',
      `the state '${descriptor.name}' is used both as ${textOf(known.form)} and as ${textOf(form)}; give each its own name`,
    )
  }

  #create(descriptor: StateDescriptor): unknown {
    const { backend, mapTables, clock } = this.#parts
    switch (descriptor.kind) {
      case 'value':
        return new ValueStateInMemory(this.#cell(descriptor), descriptor.default)
      case 'list':
        return new ListStateInMemory(this.#cell<ListCell<unknown>>(descriptor))
      case 'map': {
        const tables = mapTables(nameIn(formOf(descriptor), descriptor.name), descriptor.ttlMs !== undefined)
        return new TabledMapState(backend, tables, clock, descriptor.ttlMs)
      }
      case 'reducing':
        return new ReducingStateInMemory(this.#cell(descriptor), descriptor.reduce)
      case 'aggregating':
        return new AggregatingStateInMemory(this.#cell(descriptor), descriptor.aggregator)
    }
  }

  #cell<V>(descriptor: Exclude<StateDescriptor, MapStateDescriptor<unknown, unknown>>): Cell<V> {
    const { backend, clock } = this.#parts
    const name = nameIn(formOf(descriptor), descriptor.name)
    if (descriptor.ttlMs === undefined) return new PlainCell(backend, backend.table<V>(name))
    return new ExpiringCell(backend, name, clock, descriptor.ttlMs)
  }

  /** What was restored tells in which form it was written. */
  #checkForm(form: StateForm, name: string): void {
    const asked = nameIn(form, name)
    for (const written of FORMS) {
      const stateName = nameIn(written, name)
      if (stateName === asked || !this.#parts.isRestored(stateName)) continue
      throw new WeirError(
        'STATE_TYPE',
        `the state '${name}' was written as ${textOf(written)} and is now asked for as ${textOf(form)}; ask for it as ${textOf(written)}, or give the new state another name`,
      )
    }
  }
}

/** The names under which a user's state may stand in the backend, one for each form. */
export function userStateNames(name: string): readonly string[] {
  return FORMS.map(form => nameIn(form, name))
}

function formOf({ kind, ttlMs }: StateDescriptor): StateForm {
  return { kind, expires: ttlMs !== undefined }
}

/** Names of states that users chose stand apart from those of operators, and carry the form of the state. */
function nameIn({ kind, expires }: StateForm, name: string): string {
  return `user/${kind}${expires ? '+ttl' : ''}/${name}`
}

/** `value state`; `value state with a time to live`. */
function textOf({ kind, expires }: StateForm): string {
  return `${kind} state${expires ? ' with a time to live' : ''}`
}
