import { WeirError } from '@weir/engine/base/errors'
import type { TimerHandle, Timers } from '@weir/engine/base/platform'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import type { LogLine } from '@weir/process/log-reader'
import type { LiveMessage, LiveTopic } from '@weir/proto/web/live'
import { applyChanges } from '@weir/proto/web/live-delta'
import type { Principal } from '../src/auth/permissions.ts'
import { PublishedRows } from '../src/dispatcher/published-rows.ts'
import { LiveHub } from '../src/live/live-hub.ts'
import type { LiveChange, LiveSources } from '../src/live/live-sources.ts'
import type { Freshness } from '../src/live/pace.ts'

export const ADMIN: Principal = { name: 'admin', via: 'session', role: 'admin', seeRecords: true }
export const VIEWER: Principal = { name: 'viewer', via: 'session', role: 'viewer', seeRecords: false }

/** Lets everything happen that is due without time passing. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise(resolve => setImmediate(resolve))
}

/** A manual clock that counts the timers that are set. */
export class CountingClock extends ManualClock implements Timers {
  pending = 0

  override after(delayMs: number, callback: () => void): TimerHandle {
    this.pending++
    let isOver = false
    const over = (): void => {
      if (!isOver) this.pending--
      isOver = true
    }
    const timer = super.after(delayMs, () => {
      over()
      callback()
    })
    return {
      cancel: () => {
        over()
        timer.cancel()
      },
    }
  }
}

/** Sources that a test sets, and what was asked of them. */
export class TestSources implements LiveSources {
  /** By job id; a job that is missing is unknown. */
  readonly jobs = new Map<string, unknown>([['job_1', { status: 'RUNNING', count: 0 }]])
  readonly rows = new PublishedRows()
  readonly lines: LogLine[] = []
  readonly asked: { readonly what: string; readonly freshness: Freshness }[] = []
  readonly logReads: (string | null)[] = []
  isSettled = false
  failure: WeirError | null = null
  #listener: (change: LiveChange) => void = () => undefined

  async overview(freshness: Freshness, seesRecords: boolean) {
    this.asked.push({ what: 'overview', freshness })
    return { doc: { jobs: Object.fromEntries(this.jobs), quiet: !seesRecords }, isSettled: false }
  }

  async job(jobId: string, freshness: Freshness, seesRecords: boolean) {
    this.asked.push({ what: jobId, freshness })
    if (this.failure !== null) throw this.failure
    await this.requireJob(jobId)
    const doc = this.jobs.get(jobId)
    return { doc: seesRecords ? doc : { ...(doc as object), quiet: true }, isSettled: this.isSettled }
  }

  async requireJob(jobId: string): Promise<void> {
    if (!this.jobs.has(jobId)) throw new WeirError('NOT_FOUND', `there is no job ${jobId}`)
  }

  readLog: LiveSources['readLog'] = async (filter, limit, after) => {
    this.logReads.push(after)
    const isWanted = (line: LogLine): boolean =>
      line.msg.includes(filter.search ?? '') && (filter.level === null || line.level === filter.level)
    if (after === null) return { lines: this.lines.filter(isWanted).slice(-limit), cursor: String(this.lines.length) }
    const lines: LogLine[] = []
    let place = Number(after)
    while (place < this.lines.length && lines.length < limit) {
      const line = this.lines[place++]!
      if (isWanted(line)) lines.push(line)
    }
    return { lines, cursor: String(place) }
  }

  onChange(listener: (change: LiveChange) => void): () => void {
    this.#listener = listener
    return () => undefined
  }

  changed(jobId: string | null): void {
    this.#listener({ jobId })
  }

  log(msg: string, level = 'info'): void {
    this.lines.push({ level, time: '2026-01-02T03:04:05.000Z', msg, process: 'tm-1', job: 'job_1' })
  }
}

/** A page: keeps what it was sent, and the state that follows from it. */
export class Page {
  readonly received: { readonly id: string; readonly message: LiveMessage; readonly atMs: number }[] = []
  readonly docs = new Map<string, unknown>()
  readonly lists = new Map<string, unknown[]>()
  failure: unknown = null
  isEnded = false
  readonly #leaving = new AbortController()

  constructor(
    hub: LiveHub,
    clock: ManualClock,
    topics: readonly LiveTopic[],
    options: { lastEventId?: string | null; principal?: Principal } = {},
  ) {
    const { lastEventId = null, principal = ADMIN } = options
    void this.#read(hub.watch(topics, lastEventId, principal, this.#leaving.signal), clock)
  }

  leave(): void {
    this.#leaving.abort()
  }

  get lastId(): string {
    return this.received.at(-1)!.id
  }

  /** Messages without the ticks. */
  get messages(): LiveMessage[] {
    return this.received.map(({ message }) => message).filter(({ type }) => type !== 'tick')
  }

  of(type: LiveMessage['type']): LiveMessage[] {
    return this.received.map(({ message }) => message).filter(message => message.type === type)
  }

  async #read(stream: AsyncIterable<{ id: string; message: LiveMessage }>, clock: ManualClock): Promise<void> {
    try {
      for await (const { id, message } of stream) {
        this.received.push({ id, message, atMs: clock.monotonicMs() })
        this.#take(message)
      }
    } catch (thrown) {
      this.failure = thrown
    }
    this.isEnded = true
  }

  #take(message: LiveMessage): void {
    if (message.type === 'snapshot') this.docs.set(message.topic, message.doc)
    if (message.type === 'delta') {
      this.docs.set(message.topic, applyChanges(this.docs.get(message.topic), message.changes))
    }
    if (message.type === 'append') {
      const known = message.reset ? [] : (this.lists.get(message.topic) ?? [])
      this.lists.set(message.topic, [...known, ...message.items])
    }
  }
}

export class HubHarness {
  readonly clock = new CountingClock(1_000_000)
  readonly sources = new TestSources()
  readonly faults: string[] = []
  readonly hub: LiveHub

  constructor(incarnation = 'one') {
    this.hub = new LiveHub({
      sources: this.sources,
      platform: { clock: this.clock, timers: this.clock },
      incarnation,
      onFault: (topic, error) => this.faults.push(`${topic}: ${error.message}`),
    })
  }

  open(topics: readonly LiveTopic[], options: ConstructorParameters<typeof Page>[3] = {}): Page {
    return new Page(this.hub, this.clock, topics, options)
  }

  /** Time passes in small steps, so that what waits for another thing gets its turn. */
  async pass(ms: number): Promise<void> {
    await settled()
    for (let passed = 0; passed < ms; passed += 50) {
      this.clock.advance(Math.min(50, ms - passed))
      await settled()
    }
  }
}
