import { WeirError } from '@weir/engine/base/errors'
import type { Platform, TimerHandle } from '@weir/engine/base/platform'
import { type LiveMessage, type LiveTopic, topicKey } from '@weir/proto/web/live'
import type { LiveHub as LiveHubInterface } from '../api/trpc/services.ts'
import { mayDo, type Permission, type Principal, roleNeededFor } from '../auth/permissions.ts'
import type { Channel, Position } from './channel.ts'
import { ChannelRegistry } from './channel-registry.ts'
import { eventId, positionsIn, topicTag } from './event-id.ts'
import type { LiveSources } from './live-sources.ts'

/** The server's clock is told at least so often. */
export const TICK_MS = 2_000
/** Subscriptions at the same time: each tab of a browser has one. */
export const SUBSCRIBERS_MAX = 200

export interface LiveHubParts {
  readonly sources: LiveSources
  readonly platform: Pick<Platform, 'clock' | 'timers'>
  /** Differs with each start of the JobManager, so that positions of an earlier one are not taken for its own. */
  readonly incarnation: string
  readonly onFault: (topic: string, error: WeirError) => void
}

interface TopicReader {
  readonly key: string
  readonly tag: string
  /** Null: the caller may not see it, or it has ended. */
  channel: Channel | null
  position: Position | null
  /** What is still to say when there is no channel. */
  refusal: string | null
}

const NEEDS: Readonly<Record<LiveTopic['kind'], Permission>> = {
  overview: 'cluster:read',
  job: 'jobs:read',
  rows: 'records:read',
  logs: 'jobs:logs',
}

/**
 * Live documents and lists for the pages. Readers pull: a message is made when its reader is ready for it, from where that
 * reader stands, so that a slow one gets fewer and larger steps and never a queue.
 */
export class LiveHub implements LiveHubInterface {
  readonly #parts: LiveHubParts
  readonly #channels: ChannelRegistry
  readonly #subscribers = new Set<() => void>()
  readonly #closing = new AbortController()

  constructor(parts: LiveHubParts) {
    this.#parts = parts
    this.#channels = new ChannelRegistry({
      sources: parts.sources,
      platform: parts.platform,
      onNews: () => this.#wakeAll(),
      onFault: parts.onFault,
    })
    parts.sources.onChange(change => this.#channels.changed(change))
  }

  /** Ends all subscriptions, and refuses new ones. */
  close(): void {
    this.#closing.abort()
  }

  async *watch(
    topics: readonly LiveTopic[],
    lastEventId: string | null,
    principal: Principal,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly id: string; readonly message: LiveMessage }, void, undefined> {
    if (this.#subscribers.size >= SUBSCRIBERS_MAX) {
      throw new WeirError('CONFLICT', `${SUBSCRIBERS_MAX} pages watch this cluster already: close some of them`)
    }
    const { clock } = this.#parts.platform
    const end = AbortSignal.any([signal, this.#closing.signal])
    const sleep = new Sleep(this.#parts.platform.timers)
    const wake = (): void => sleep.wake()
    this.#subscribers.add(wake)
    end.addEventListener('abort', wake)
    const readers = this.#readersOf(topics, lastEventId, principal)
    const positions = new Map<string, Position>()
    for (const { tag, position } of readers) if (position !== null) positions.set(tag, position)
    let tickAtMs = clock.monotonicMs()
    try {
      while (!end.aborted) {
        sleep.reset()
        const now = clock.monotonicMs()
        if (now >= tickAtMs) {
          tickAtMs = now + TICK_MS
          yield this.#message({ type: 'tick', at: clock.now() }, positions)
        }
        for (const reader of readers) {
          const message = end.aborted ? null : this.#next(reader, positions)
          if (message !== null) {
            sleep.wake()
            yield this.#message(message, positions)
          }
        }
        await sleep.until(tickAtMs - clock.monotonicMs())
      }
    } finally {
      this.#subscribers.delete(wake)
      end.removeEventListener('abort', wake)
      for (const { channel } of readers) if (channel !== null) this.#channels.leave(channel)
    }
  }

  #readersOf(topics: readonly LiveTopic[], lastEventId: string | null, principal: Principal): TopicReader[] {
    const known = positionsIn(lastEventId, this.#parts.incarnation)
    const unique = new Map(topics.map(topic => [topicKey(topic), topic]))
    return [...unique].map(([key, topic]) => {
      const tag = topicTag(key)
      const permission = NEEDS[topic.kind]
      if (mayDo(principal, permission)) {
        const channel = this.#channels.join(topic, mayDo(principal, 'records:read'))
        return { key, tag, channel, position: known.get(tag) ?? null, refusal: null }
      }
      const refusal = `${principal.name} has the role ${principal.role}, which may not see this: it takes ${roleNeededFor(permission)}`
      return { key, tag, channel: null, position: null, refusal }
    })
  }

  #next(reader: TopicReader, positions: Map<string, Position>): LiveMessage | null {
    const { key, tag, channel, refusal } = reader
    if (channel === null) {
      reader.refusal = null
      return refusal === null ? null : { type: 'gone', topic: key, message: refusal }
    }
    const reading = channel.read(reader.position)
    if (reading === null) return null
    reader.position = reading.position
    if (reading.position !== null) {
      positions.set(tag, reading.position)
    } else {
      positions.delete(tag)
      this.#channels.leave(channel)
      reader.channel = null
    }
    return reading.message
  }

  #message(message: LiveMessage, positions: ReadonlyMap<string, Position>): { id: string; message: LiveMessage } {
    return { id: eventId(this.#parts.incarnation, positions), message }
  }

  #wakeAll(): void {
    for (const wake of this.#subscribers) wake()
  }
}

/** Waiting that can be cut short, also before it has begun. */
class Sleep {
  readonly #timers: Platform['timers']
  #isWoken = false
  #resolve: (() => void) | null = null

  constructor(timers: Platform['timers']) {
    this.#timers = timers
  }

  reset(): void {
    this.#isWoken = false
  }

  wake(): void {
    this.#isWoken = true
    this.#resolve?.()
  }

  async until(delayMs: number): Promise<void> {
    if (this.#isWoken || delayMs <= 0) return
    let timer: TimerHandle | null = null
    await new Promise<void>(resolve => {
      this.#resolve = resolve
      timer = this.#timers.after(delayMs, resolve)
    })
    this.#resolve = null
    ;(timer as TimerHandle | null)?.cancel()
  }
}
