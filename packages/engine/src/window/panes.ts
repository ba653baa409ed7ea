import { WeirError } from '../base/errors.ts'
import type { RuntimeContext } from '../functions/process-function.ts'
import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  ValueStateDescriptor,
} from '../functions/state-descriptors.ts'
import { AggregatingStateInMemory } from '../state/aggregating-state.ts'
import type { Cell } from '../state/cell.ts'
import { detachValue } from '../state/detach.ts'
import type { ListCell } from '../state/list-state.ts'
import { ListStateInMemory } from '../state/list-state.ts'
import { ReducingStateInMemory } from '../state/reducing-state.ts'
import { ValueStateInMemory } from '../state/value-state.ts'
import { type MapCell, PaneMapState } from './pane-map-state.ts'

/** One window of one key with a trigger of its own. Plain data: a part of snapshots. */
export interface Pane<Contents> {
  readonly start: number
  readonly end: number
  /** Whether it holds records. */
  filled: boolean
  contents: Contents | undefined
  /** Highest timestamp of the records that it has had. */
  at: number
  /** The trigger's state by name. */
  state: Map<string, unknown> | undefined
}

type AnyDescriptor =
  | ValueStateDescriptor<unknown>
  | ListStateDescriptor<unknown>
  | MapStateDescriptor<unknown, unknown>
  | ReducingStateDescriptor<unknown>
  | AggregatingStateDescriptor<unknown, unknown, unknown>

type MergeableDescriptor =
  | ListStateDescriptor<unknown>
  | ReducingStateDescriptor<unknown>
  | AggregatingStateDescriptor<unknown, unknown, unknown>

/** State of triggers: kept in the pane that is current. */
export class PaneStates {
  readonly #states = new Map<string, { readonly kind: string; readonly state: unknown }>()
  /** The one that state belongs to. The operator tells the state backend about its row when the trigger is through. */
  pane: Pane<unknown> | undefined

  readonly getState = ((descriptor: AnyDescriptor): unknown => {
    const known = this.#states.get(descriptor.name)
    if (known?.kind === descriptor.kind) return known.state
    if (known !== undefined) {
      throw new WeirError(
        'USER_FUNCTION',
        `the trigger uses the state '${descriptor.name}' both as ${known.kind} state and as ${descriptor.kind} state; give each its own name`,
      )
    }
    const state = this.#create(descriptor)
    this.#states.set(descriptor.name, { kind: descriptor.kind, state })
    return state
  }) as RuntimeContext['getState']

  /** Puts what the merged windows had under this name into the current pane. */
  merge(descriptor: MergeableDescriptor, merged: readonly (Map<string, unknown> | undefined)[]): void {
    const cell = this.#cell<unknown>(descriptor.name)
    for (const states of merged) {
      const held = states?.get(descriptor.name)
      if (held === undefined) continue
      const known = cell.get()
      cell.set(known === undefined ? held : mergedState(descriptor, known, held))
    }
  }

  #create(descriptor: AnyDescriptor): unknown {
    const { name } = descriptor
    switch (descriptor.kind) {
      case 'value':
        return new ValueStateInMemory(this.#cell(name), descriptor.default)
      case 'list':
        return new ListStateInMemory(this.#cell<ListCell<unknown>>(name))
      case 'map':
        return new PaneMapState(this.#cell<MapCell<unknown, unknown>>(name))
      case 'reducing':
        return new ReducingStateInMemory(this.#cell(name), descriptor.reduce)
      case 'aggregating':
        return new AggregatingStateInMemory(this.#cell(name), descriptor.aggregator)
    }
  }

  #cell<V>(name: string): Cell<V> {
    const current = (): Pane<unknown> => this.pane as Pane<unknown>
    return {
      get: () => current().state?.get(name) as V | undefined,
      set: value => {
        const pane = current()
        pane.state ??= new Map()
        // What was changed in place holds nothing that would have to be detached again.
        pane.state.set(name, value === pane.state.get(name) ? value : detachValue(value))
      },
      clear: () => {
        const pane = current()
        pane.state?.delete(name)
        if (pane.state?.size === 0) pane.state = undefined
      },
    }
  }
}

function mergedState(descriptor: MergeableDescriptor, a: unknown, b: unknown): unknown {
  switch (descriptor.kind) {
    case 'reducing':
      return descriptor.reduce(a, b)
    case 'aggregating':
      return descriptor.aggregator.merge(a, b)
    case 'list':
      return { items: [...(a as ListCell<unknown>).items, ...(b as ListCell<unknown>).items], lent: false }
    default:
      throw new WeirError(
        'USER_FUNCTION',
        'mergePartitionedState() takes the descriptor of a list, a reducing or an aggregating state; other state has no way to be merged',
      )
  }
}
