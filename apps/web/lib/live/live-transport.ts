import type { LiveMessage, LiveTopic } from '@weir/proto/web/live'

/** What a stream of live messages tells its reader. After `onEnd` it says nothing more. */
export interface LiveStreamEvents {
  /** The server has accepted the subscription. */
  onOpen(): void
  onMessage(id: string, message: LiveMessage): void
  /** It broke, or never came to be. Whoever reads opens a new one. */
  onEnd(): void
}

/** The way to the server, so that the store can be tested without one. */
export interface LiveTransport {
  /** Subscribes to all `topics` at once, from the position `lastEventId` (null: from now). Gives what ends it. */
  open(topics: readonly LiveTopic[], lastEventId: string | null, events: LiveStreamEvents): () => void
  /** Why it might be that no stream can be opened: nobody is logged in, or nobody is there. */
  checkSession(): Promise<'ok' | 'unauthenticated' | 'unreachable'>
}

/** Time, so that tests can hold it. */
export interface LiveClock {
  /** Ms that never go back. */
  now(): number
  /** Calls back once; gives what calls it off. */
  after(delayMs: number, callback: () => void): () => void
}
