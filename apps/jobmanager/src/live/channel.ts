import type { LiveMessage } from '@weir/proto/web/live'

/** How far a reader of a topic has come. It means something only to the channel that has the same generation. */
export interface Position {
  readonly generation: number
  readonly at: number
}

export interface Reading {
  readonly message: LiveMessage
  /** Where the reader stands when it has the message; null: the topic sends nothing more. */
  readonly position: Position | null
}

/**
 * One topic with all its readers. What is new is found out once for all of them, and only while somebody watches; a
 * reader takes what it has not got yet whenever it is ready for it, so a slow one needs no queue.
 */
export interface Channel {
  /** What a reader gets next; null when there is nothing for it (yet). A reader without a position has nothing. */
  read(position: Position | null): Reading | null
  /** Somebody watches now, and nobody did before. */
  start(): void
  /** Nobody watches any more: no timer goes on. */
  stop(): void
  /** Something has happened that people should see before the next second. */
  nudge(): void
  /** The topic has ended: nothing of it is worth keeping. */
  readonly isOver: boolean
}
