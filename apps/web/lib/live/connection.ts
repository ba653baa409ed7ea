/** `live`: data or a sign of life within 4 s. `delayed`: none since. `disconnected`: no stream can be opened. */
export type ConnectionState = 'live' | 'delayed' | 'disconnected'

/** Silence that makes a stream `delayed`; the server says something at least every 2 s. */
export const DELAYED_AFTER_MS = 4_000

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 5_000

/** How long to wait before the next try, after so many failures in a row. Never gives up. */
export function retryDelayMs(failures: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** Math.max(failures - 1, 0), RETRY_MAX_MS)
}

/** What has happened on the line. Times are of the store's clock, which never goes back. */
export interface LinkFacts {
  readonly open: boolean
  readonly everOpen: boolean
  /** Tries that failed in a row. */
  readonly failures: number
  /** When anything came last (or the page began to wait). */
  readonly heardAt: number
  /** When data came last. */
  readonly dataAt: number | null
  /** When the next try is due. */
  readonly retryAt: number | null
}

/** The server's wall clock, as heard at a moment of the store's clock. */
export interface ServerClock {
  readonly at: number
  readonly heardAt: number
}

export interface Connection {
  readonly state: ConnectionState
  /** No stream has been there yet, and none has failed: the page has just begun. */
  readonly connecting: boolean
  readonly heardAt: number
  readonly retryAt: number | null
  readonly serverClock: ServerClock | null
}

export function connectionOf(facts: LinkFacts, now: number, serverClock: ServerClock | null): Connection {
  return {
    state: stateOf(facts, now),
    connecting: !facts.everOpen && facts.failures === 0,
    heardAt: facts.heardAt,
    retryAt: facts.retryAt,
    serverClock,
  }
}

function stateOf(facts: LinkFacts, now: number): ConnectionState {
  if (!facts.open && facts.failures > 0) return 'disconnected'
  return now - facts.heardAt > DELAYED_AFTER_MS ? 'delayed' : 'live'
}
