import type { WeirError } from '@weir/engine/base/errors'
import type { Platform } from '@weir/engine/base/platform'
import { type LiveTopic, topicKey } from '@weir/proto/web/live'
import type { Channel } from './channel.ts'
import { DocumentChannel } from './document-channel.ts'
import { JobRows } from './job-rows.ts'
import { ListChannel } from './list-channel.ts'
import type { LiveChange, LiveSources } from './live-sources.ts'
import { LogLines } from './log-lines.ts'

/** Channels that nobody watches and that are kept, so that a tab which is seen again goes on where it was. */
const IDLE_MAX = 32

export interface ChannelRegistryParts {
  readonly sources: LiveSources
  readonly platform: Pick<Platform, 'clock' | 'timers'>
  readonly onNews: () => void
  readonly onFault: (topic: string, error: WeirError) => void
}

interface Entry {
  readonly topic: LiveTopic
  readonly channel: Channel
  readers: number
}

/** The channels by topic, shared by all who watch it and may see the same of it. */
export class ChannelRegistry {
  readonly #parts: ChannelRegistryParts
  readonly #entries = new Map<string, Entry>()
  readonly #byChannel = new Map<Channel, string>()
  #generation = 0

  constructor(parts: ChannelRegistryParts) {
    this.#parts = parts
  }

  /** `seesRecords`: whether a document may quote records. Who may not see rows or logs at all is not let in here. */
  join(topic: LiveTopic, seesRecords: boolean): Channel {
    const isDocument = topic.kind === 'overview' || topic.kind === 'job'
    const key = isDocument && !seesRecords ? `${topicKey(topic)} without records` : topicKey(topic)
    const entry = this.#entries.get(key) ?? this.#open(key, topic, seesRecords)
    if (entry.readers++ === 0) entry.channel.start()
    return entry.channel
  }

  leave(channel: Channel): void {
    const key = this.#byChannel.get(channel)
    const entry = key === undefined ? undefined : this.#entries.get(key)
    if (key === undefined || entry === undefined) return
    if (--entry.readers > 0) return
    channel.stop()
    // Set again, so that the one which is idle longest comes first.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    if (channel.isOver) this.#close(key, channel)
    this.#closeIdle()
  }

  /** Whoever watches what has changed sees it before the next second. */
  changed({ jobId }: LiveChange): void {
    for (const { topic, channel, readers } of this.#entries.values()) {
      if (readers > 0 && (topic.kind === 'overview' || topic.jobId === jobId)) channel.nudge()
    }
  }

  /** How many are watched. */
  get watched(): number {
    return [...this.#entries.values()].filter(({ readers }) => readers > 0).length
  }

  #open(key: string, topic: LiveTopic, seesRecords: boolean): Entry {
    const entry = { topic, channel: this.#make(topic, seesRecords), readers: 0 }
    this.#entries.set(key, entry)
    this.#byChannel.set(entry.channel, key)
    return entry
  }

  #close(key: string, channel: Channel): void {
    this.#entries.delete(key)
    this.#byChannel.delete(channel)
  }

  #closeIdle(): void {
    const idle = [...this.#entries].filter(([, { readers }]) => readers === 0)
    for (const [key, { channel }] of idle.slice(0, Math.max(0, idle.length - IDLE_MAX))) this.#close(key, channel)
  }

  #make(topic: LiveTopic, seesRecords: boolean): Channel {
    const key = topicKey(topic)
    const { sources, platform, onNews, onFault } = this.#parts
    const { clock, timers } = platform
    const fault = (error: WeirError): void => onFault(key, error)
    const shared = { topic: key, generation: ++this.#generation, clock, timers, onNews, onFault: fault }
    switch (topic.kind) {
      case 'overview':
        return new DocumentChannel({ ...shared, compute: freshness => sources.overview(freshness, seesRecords) })
      case 'job':
        return new DocumentChannel({
          ...shared,
          compute: freshness => sources.job(topic.jobId, freshness, seesRecords),
        })
      case 'rows': {
        const { jobId, operator } = topic
        const source = new JobRows({ jobId, operator }, sources.rows)
        return new ListChannel({ ...shared, source, requireJob: () => sources.requireJob(jobId) })
      }
      case 'logs': {
        const { jobId, operator, subtask, search, level = null } = topic
        const source = new LogLines({ jobId, operator, subtask, search, level }, sources.readLog)
        return new ListChannel({ ...shared, source, requireJob: () => sources.requireJob(jobId) })
      }
    }
  }
}
