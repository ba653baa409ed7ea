import { WeirError } from '@weir/engine/base/errors'
import { MESSAGE_BYTES_MAX } from '@weir/proto/channel-options'
import { TaskEvent } from '@weir/proto/generated/weir/v1/cluster'
import { decodeError, encodeError } from '@weir/proto/rpc-errors'

/** Events of one call at most. */
const EVENTS_PER_CALL = 200
/** What is left of the message of an error that is too large to be sent. */
const MESSAGE_KEPT = 10_000
/** What a call holds beside its events. */
const ENVELOPE_BYTES = 1024
const MEBIBYTE = 1024 * 1024

/**
 * Events on their way to the JobManager, in order, each until it is taken. Calls that turn out to be too large become
 * smaller; an event that is too large by itself, which would be refused for ever, becomes the failure of its slot.
 */
export class TaskEventQueue {
  readonly #bytesMax: number
  #events: TaskEvent[] = []
  #perCall = EVENTS_PER_CALL

  /** `messageBytesMax`: of a call with its events. */
  constructor(messageBytesMax = MESSAGE_BYTES_MAX) {
    this.#bytesMax = messageBytesMax - ENVELOPE_BYTES
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  push(event: TaskEvent): void {
    this.#events.push(event)
  }

  /** Those of the next call. */
  next(): readonly TaskEvent[] {
    return this.#events.slice(0, this.#perCall)
  }

  /** The first `count` have arrived. */
  taken(count: number): void {
    this.#events.splice(0, count)
    this.#perCall = EVENTS_PER_CALL
  }

  /**
   * A call with the first `count` was refused for its size: the next one is another. False where nothing of it is too large,
   * so that it was refused for another reason, and may be repeated.
   */
  tooLarge(count: number): boolean {
    if (count > 1) {
      this.#perCall = Math.ceil(count / 2)
      return true
    }
    const event = this.#events[0]
    const bytes = event === undefined ? 0 : TaskEvent.encode(event).finish().length
    if (event === undefined || bytes <= this.#bytesMax) return false
    this.#events[0] = { ...event, kind: { $case: 'failed', value: { error: encodeError(failureOf(event, bytes)) } } }
    return true
  }

  clear(): void {
    this.#events = []
    this.#perCall = EVENTS_PER_CALL
  }
}

/** Of a slot that has something to say of `bytes`. */
function failureOf({ kind }: TaskEvent, bytes: number): WeirError {
  const size = `${Math.ceil(bytes / MEBIBYTE)} MiB, and a message to the JobManager may have ${MESSAGE_BYTES_MAX / MEBIBYTE}`
  if (kind?.$case === 'subtaskFinished') {
    const { vertex, subtask, committables } = kind.value
    const sinks = committables.map(({ operator }) => `'${operator}'`).join(', ')
    return new WeirError(
      'JOB_TOO_LARGE',
      `what subtask ${subtask} of vertex ${vertex} has made ready to commit (${sinks}) takes ${size}; write fewer and larger files, or raise the parallelism`,
      { place: { subtask } },
    )
  }
  const error = kind?.$case === 'failed' ? decodeError(kind.value.error) : null
  if (error === null) return new WeirError('JOB_TOO_LARGE', `a report of kind '${kind?.$case}' takes ${size}`)
  const { code, message, place } = error
  return new WeirError(code, `${message.slice(0, MESSAGE_KEPT)} … (the whole error takes ${size})`, { place })
}
