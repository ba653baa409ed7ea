import type { ChannelSender } from './channel.ts'
import type { Doorbell } from './doorbell.ts'
import type { InputGate } from './input-gate.ts'

/** A channel and the slots of the job that it joins. */
export interface ChannelPlace {
  readonly id: number
  /** The edge of the execution graph that it belongs to: records of one edge mostly have one shape. */
  readonly edge: number
  readonly fromSlot: number
  readonly toSlot: number
}

/** How the subtasks of one thread reach others. */
export interface SlotNetwork {
  readonly doorbell: Doorbell
  /** A gate for one input of a subtask in `slot`; its channels are then joined by `receive`. */
  gate(input: number): InputGate
  /** The sending end of a channel that starts in this thread. */
  sender(place: ChannelPlace): ChannelSender
  /** Joins the receiving end of a channel to its gate. */
  receive(place: ChannelPlace, gate: InputGate): void
  /** Takes what has arrived into the gates. */
  poll(): void
  /**
   * Wakes the threads for which there is something that they have not been woken for. To be called before this thread
   * sleeps or ends, and every few ms while it does not.
   */
  settle(): void
}
