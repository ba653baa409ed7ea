import { type LiveMessage, type LiveTopic, topicKey } from '@weir/proto/web/live'
import { type Connection, connectionOf, DELAYED_AFTER_MS, type LinkFacts, retryDelayMs } from './connection.ts'
import type { LiveClock, LiveTransport } from './live-transport.ts'
import { afterMessage, NEW_TOPIC, type TopicState } from './topic-state.ts'

/** What the server takes in one subscription. */
const TOPICS_MAX = 8
/** A topic that nobody shows any more is kept this long: a reader that remounts finds its document still there. */
const LINGER_MS = 1_500
/** Readers that come and go within one render make one change of the subscription, not many. */
const SETTLE_MS = 20

interface TopicEntry {
  readonly topic: LiveTopic
  readonly listeners: Set<() => void>
  /** One for each reader: how many items of a list it wants. */
  readonly limits: number[]
  state: TopicState
  callOffLinger: (() => void) | null
}

export interface LiveStoreOptions {
  readonly transport: LiveTransport
  readonly clock: LiveClock
  /** The session has ended. Called once; the store rests then. */
  readonly onUnauthenticated: () => void
}

/**
 * All live data of a tab, outside of React. One subscription carries the union of the topics in use; it is opened anew,
 * from the position reached, when that union changes, when it broke (for ever, with back-off), and when the tab is seen
 * again. What was known stays readable all the while.
 */
export class LiveStore {
  readonly #options: LiveStoreOptions
  readonly #topics = new Map<string, TopicEntry>()
  readonly #connectionListeners = new Set<() => void>()
  #visible = true
  #ended = false
  #lastEventId: string | null = null
  /** The topics whose positions `#lastEventId` names. */
  #positions: ReadonlySet<string> = new Set()
  /** Counts streams, so that what an old one still says is not heard. */
  #generation = 0
  #closeStream: (() => void) | null = null
  #openTopics = ''
  #callOffSettle: (() => void) | null = null
  #callOffRetry: (() => void) | null = null
  #callOffDelayed: (() => void) | null = null
  #facts: LinkFacts
  #connection: Connection

  constructor(options: LiveStoreOptions) {
    this.#options = options
    this.#facts = {
      open: false,
      everOpen: false,
      failures: 0,
      heardAt: options.clock.now(),
      dataAt: null,
      retryAt: null,
    }
    this.#connection = connectionOf(this.#facts, options.clock.now(), null)
  }

  /** Begins to follow a topic; call what it returns when it is not shown any more. `limit` is for lists. */
  watch(topic: LiveTopic, limit: number, listener: () => void): () => void {
    const key = topicKey(topic)
    let entry = this.#topics.get(key)
    if (entry === undefined) {
      entry = { topic, listeners: new Set(), limits: [], state: NEW_TOPIC, callOffLinger: null }
      this.#topics.set(key, entry)
      // What was known of it is forgotten, so the server must not go on behind it.
      if (this.#positions.has(key)) this.#lastEventId = null
    }
    const watched = entry
    watched.callOffLinger?.()
    watched.callOffLinger = null
    watched.listeners.add(listener)
    watched.limits.push(limit)
    this.#settle()
    return () => {
      watched.listeners.delete(listener)
      watched.limits.splice(watched.limits.indexOf(limit), 1)
      if (watched.limits.length > 0) return
      watched.callOffLinger = this.#options.clock.after(LINGER_MS, () => {
        this.#topics.delete(key)
        this.#settle()
      })
    }
  }

  /** What is known of a topic now; the same object until something changes. */
  topic(topic: LiveTopic): TopicState {
    return this.#topics.get(topicKey(topic))?.state ?? NEW_TOPIC
  }

  /** How the stream is; the same object until something changes. */
  readonly connection = (): Connection => this.#connection

  readonly watchConnection = (listener: () => void): (() => void) => {
    this.#connectionListeners.add(listener)
    return () => this.#connectionListeners.delete(listener)
  }

  /** A hidden tab holds no stream. One that is seen again goes on where it was. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return
    this.#visible = visible
    if (visible) {
      this.#setFacts({ heardAt: this.#options.clock.now(), failures: 0, retryAt: null })
      this.#settle()
    } else {
      this.#close()
    }
  }

  /** Tries at once instead of waiting for the end of the back-off. */
  readonly retryNow = (): void => {
    if (this.#closeStream === null && this.#visible) this.#open()
  }

  /** Ends everything. */
  close(): void {
    this.#ended = true
    this.#callOffSettle?.()
    this.#close()
  }

  #settle(): void {
    this.#callOffSettle?.()
    this.#callOffSettle = this.#options.clock.after(SETTLE_MS, () => {
      this.#callOffSettle = null
      if (this.#ended || !this.#visible) return
      const wanted = this.#wantedTopics().map(topicKey).join('\n')
      // While a retry is due, it will take what is wanted then.
      if (wanted !== this.#openTopics && this.#callOffRetry === null) this.#open()
      else if (this.#closeStream === null && this.#callOffRetry === null) this.#open()
    })
  }

  /** Those that were asked for last, should there be more than the server takes. */
  #wantedTopics(): LiveTopic[] {
    return [...this.#topics.values()].slice(-TOPICS_MAX).map(({ topic }) => topic)
  }

  #open(): void {
    this.#close()
    const topics = this.#wantedTopics()
    this.#openTopics = topics.map(topicKey).join('\n')
    if (topics.length === 0 || this.#ended) return
    const generation = this.#generation
    const isCurrent = (): boolean => generation === this.#generation
    this.#armDelayed()
    this.#closeStream = this.#options.transport.open(topics, this.#lastEventId, {
      onOpen: () => {
        if (!isCurrent()) return
        this.#setFacts({ open: true, everOpen: true, failures: 0, retryAt: null, heardAt: this.#options.clock.now() })
        this.#armDelayed()
      },
      onMessage: (id, message) => {
        if (isCurrent()) this.#take(id, message)
      },
      onEnd: () => {
        if (isCurrent()) this.#broke()
      },
    })
  }

  #close(): void {
    this.#generation += 1
    this.#callOffRetry?.()
    this.#callOffRetry = null
    this.#callOffDelayed?.()
    this.#callOffDelayed = null
    const close = this.#closeStream
    this.#closeStream = null
    this.#openTopics = ''
    close?.()
  }

  #broke(): void {
    const { clock, transport } = this.#options
    this.#close()
    const failures = this.#facts.failures + 1
    const delayMs = retryDelayMs(failures)
    // The first failure is often a restart of the proxy or a laptop that wakes: the badge turns when the retry fails too.
    this.#setFacts({ open: failures > 1 ? false : this.#facts.open, failures, retryAt: clock.now() + delayMs })
    const generation = this.#generation
    this.#callOffRetry = clock.after(delayMs, () => {
      this.#callOffRetry = null
      this.#open()
    })
    void transport.checkSession().then(session => {
      if (session !== 'unauthenticated' || generation !== this.#generation || this.#ended) return
      this.close()
      this.#options.onUnauthenticated()
    })
  }

  #take(id: string, message: LiveMessage): void {
    const now = this.#options.clock.now()
    if (message.type === 'tick') {
      this.#reached(id)
      this.#setFacts({ open: true, failures: 0, retryAt: null, heardAt: now })
      this.#connection = connectionOf(this.#facts, now, { at: message.at, heardAt: now })
      this.#tellConnection()
      this.#armDelayed()
      return
    }
    this.#setFacts({ open: true, failures: 0, retryAt: null, heardAt: now, dataAt: now })
    this.#armDelayed()
    const entry = this.#topics.get(message.topic)
    if (entry === undefined) {
      this.#reached(id)
      return
    }
    const state = afterMessage(entry.state, message, Math.max(0, ...entry.limits))
    if (state === null) {
      this.#lastEventId = null
      this.#open()
      return
    }
    this.#reached(id)
    entry.state = state
    for (const listener of [...entry.listeners]) listener()
  }

  #reached(id: string): void {
    this.#lastEventId = id
    this.#positions = new Set(this.#openTopics.split('\n'))
  }

  #armDelayed(): void {
    this.#callOffDelayed?.()
    this.#callOffDelayed = this.#options.clock.after(DELAYED_AFTER_MS + 1, () => {
      this.#callOffDelayed = null
      this.#setFacts({})
    })
  }

  #setFacts(facts: Partial<LinkFacts>): void {
    this.#facts = { ...this.#facts, ...facts }
    const next = connectionOf(this.#facts, this.#options.clock.now(), this.#connection.serverClock)
    const before = this.#connection
    this.#connection = next
    if (before.state !== next.state || before.retryAt !== next.retryAt || before.connecting !== next.connecting) {
      this.#tellConnection()
    } else if (before.heardAt === next.heardAt) {
      this.#connection = before
    }
  }

  #tellConnection(): void {
    for (const listener of [...this.#connectionListeners]) listener()
  }
}
