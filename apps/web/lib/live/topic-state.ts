import type { LiveMessage } from '@weir/proto/web/live'
import { applyChanges } from '@weir/proto/web/live-delta'

/** A live document, as a page sees it. */
export type LiveDoc<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly doc: T }
  | { readonly state: 'gone'; readonly message: string }

/** A list that grows at its end, as a page sees it: the newest `limit` items, oldest first. */
export interface LiveList<T> {
  readonly state: 'loading' | 'ready' | 'gone'
  readonly items: readonly T[]
  /** How many have come in all, those included that have gone again at the limit. */
  readonly received: number
  /** Why there is nothing, when it is gone. */
  readonly message: string | null
}

/** What is known of one topic. Replaced, never changed in place, so that readers can compare by identity. */
export interface TopicState {
  readonly document: LiveDoc<unknown>
  readonly list: LiveList<unknown>
}

export const LOADING: LiveDoc<never> = { state: 'loading' }
const EMPTY_LIST: LiveList<never> = { state: 'loading', items: [], received: 0, message: null }
export const NEW_TOPIC: TopicState = { document: LOADING, list: EMPTY_LIST }

export type TopicMessage = Exclude<LiveMessage, { readonly type: 'tick' }>

/**
 * The state after a message. Null when the message continues something that is not there (a delta without its
 * document): then only a new snapshot helps.
 */
export function afterMessage(state: TopicState, message: TopicMessage, limit: number): TopicState | null {
  switch (message.type) {
    case 'snapshot':
      return { ...state, document: { state: 'ready', doc: message.doc } }
    case 'delta': {
      if (state.document.state !== 'ready') return null
      return { ...state, document: { state: 'ready', doc: applyChanges(state.document.doc, message.changes) } }
    }
    case 'append': {
      const before = message.reset ? EMPTY_LIST : state.list
      const items = message.items.length === 0 ? before.items : [...before.items, ...message.items].slice(-limit)
      return {
        ...state,
        list: { state: 'ready', items, received: before.received + message.items.length, message: null },
      }
    }
    case 'gone':
      return {
        document: { state: 'gone', message: message.message },
        list: { ...state.list, state: 'gone', message: message.message },
      }
  }
}
