import type { LiveMessage, LiveTopic } from '@weir/proto/web/live'
import { topicKey } from '@weir/proto/web/live'
import { describe, expect, it, vi } from 'vitest'
import { LiveStore } from './live-store.ts'
import type { LiveClock, LiveStreamEvents, LiveTransport } from './live-transport.ts'

const OVERVIEW: LiveTopic = { kind: 'overview' }
const JOB: LiveTopic = { kind: 'job', jobId: 'job_1' }
const LOGS: LiveTopic = { kind: 'logs', jobId: 'job_1', operator: null, subtask: null, search: null }

class TestClock implements LiveClock {
  #now = 1_000
  #timers: { at: number; callback: () => void }[] = []
  now(): number {
    return this.#now
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter(other => other !== due)
      this.#now = due.at
      due.callback()
    }
    this.#now = end
  }
}

interface OpenedStream {
  readonly topics: string[]
  readonly lastEventId: string | null
  readonly events: LiveStreamEvents
  closed: boolean
}

function setUp(session: 'ok' | 'unauthenticated' | 'unreachable' = 'ok') {
  const clock = new TestClock()
  const streams: OpenedStream[] = []
  const transport: LiveTransport = {
    open(topics, lastEventId, events) {
      const stream: OpenedStream = { topics: topics.map(topicKey), lastEventId, events, closed: false }
      streams.push(stream)
      return () => {
        stream.closed = true
      }
    },
    checkSession: vi.fn(async () => session),
  }
  const onUnauthenticated = vi.fn()
  const store = new LiveStore({ transport, clock, onUnauthenticated })
  const watch = (topic: LiveTopic, limit = 0): { readonly heard: () => number; readonly end: () => void } => {
    let heard = 0
    const end = store.watch(topic, limit, () => {
      heard += 1
    })
    return { heard: () => heard, end }
  }
  /** The one stream that is open. */
  const stream = (): OpenedStream => {
    const open = streams.filter(({ closed }) => !closed)
    expect(open).toHaveLength(1)
    return open[0]!
  }
  return { clock, streams, transport, onUnauthenticated, store, watch, stream }
}

function snapshot(topic: LiveTopic, doc: unknown): LiveMessage {
  return { type: 'snapshot', topic: topicKey(topic), doc }
}

describe('the subscription', () => {
  it('is one for the union of all topics in use', () => {
    const { clock, watch, stream, streams } = setUp()
    watch(OVERVIEW)
    watch(JOB)
    watch(JOB)
    expect(streams).toHaveLength(0)
    clock.advance(50)
    expect(stream().topics).toEqual(['overview', 'job/job_1'])
    expect(streams).toHaveLength(1)
  })

  it('is opened anew from the position reached when a topic is added', () => {
    const { clock, watch, stream, streams } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onOpen()
    stream().events.onMessage('id-7', snapshot(OVERVIEW, { jobs: {} }))
    watch(JOB)
    clock.advance(50)
    expect(streams[0]!.closed).toBe(true)
    expect(stream()).toMatchObject({ topics: ['overview', 'job/job_1'], lastEventId: 'id-7' })
  })

  it('outlives a reader that unmounts and mounts again', () => {
    const { clock, watch, streams, store } = setUp()
    const reader = watch(OVERVIEW)
    clock.advance(50)
    streams[0]!.events.onMessage('id-1', snapshot(OVERVIEW, { a: 1 }))
    reader.end()
    clock.advance(500)
    watch(OVERVIEW)
    clock.advance(5_000)
    expect(streams).toHaveLength(1)
    expect(store.topic(OVERVIEW).document).toEqual({ state: 'ready', doc: { a: 1 } })
  })

  it('leaves out a topic some time after its last reader has gone, and forgets what it said', () => {
    const { clock, watch, stream, store } = setUp()
    watch(OVERVIEW)
    const reader = watch(JOB)
    clock.advance(50)
    stream().events.onMessage('id-1', snapshot(JOB, { name: 'a' }))
    reader.end()
    clock.advance(2_000)
    expect(stream().topics).toEqual(['overview'])
    expect(store.topic(JOB).document).toEqual({ state: 'loading' })
  })

  it('asks for everything anew when a topic comes back whose position the last id still names', () => {
    const { clock, watch, stream } = setUp()
    watch(OVERVIEW)
    const reader = watch(LOGS, 10)
    clock.advance(50)
    stream().events.onMessage('id-1', { type: 'append', topic: topicKey(LOGS), items: [1], reset: true })
    reader.end()
    clock.advance(2_000)
    watch(LOGS, 10)
    clock.advance(50)
    expect(stream().lastEventId).toBeNull()
  })

  it('takes no more topics than the server does: those that were asked for last', () => {
    const { clock, watch, stream } = setUp()
    for (let index = 0; index < 10; index++) watch({ kind: 'job', jobId: `job_${index}` })
    clock.advance(50)
    expect(stream().topics).toHaveLength(8)
    expect(stream().topics.at(-1)).toBe('job/job_9')
  })
})

describe('documents and lists', () => {
  it('a delta changes the document and tells the readers of that topic alone', () => {
    const { clock, watch, stream, store } = setUp()
    const overview = watch(OVERVIEW)
    const job = watch(JOB)
    clock.advance(50)
    stream().events.onMessage('1', snapshot(OVERVIEW, { a: 1, b: { c: 2 } }))
    stream().events.onMessage('2', snapshot(JOB, {}))
    const before = store.topic(OVERVIEW).document
    stream().events.onMessage('3', { type: 'delta', topic: 'overview', changes: [{ path: ['a'], value: 5 }] })
    const after = store.topic(OVERVIEW).document
    expect(after).toEqual({ state: 'ready', doc: { a: 5, b: { c: 2 } } })
    if (before.state !== 'ready' || after.state !== 'ready') throw new Error('not ready')
    expect((after.doc as { b: unknown }).b).toBe((before.doc as { b: unknown }).b)
    expect(overview.heard()).toBe(2)
    expect(job.heard()).toBe(1)
  })

  it('a delta without its document makes the store ask for a snapshot', () => {
    const { clock, watch, stream, streams } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onMessage('9', { type: 'delta', topic: 'overview', changes: [{ path: ['a'], value: 5 }] })
    expect(streams).toHaveLength(2)
    expect(stream().lastEventId).toBeNull()
  })

  it('a list keeps the newest items up to the largest limit of its readers, and counts all', () => {
    const { clock, watch, stream, store } = setUp()
    watch(LOGS, 2)
    watch(LOGS, 3)
    clock.advance(50)
    expect(store.topic(LOGS).list.state).toBe('loading')
    stream().events.onMessage('1', { type: 'append', topic: topicKey(LOGS), items: ['a', 'b'], reset: true })
    stream().events.onMessage('2', { type: 'append', topic: topicKey(LOGS), items: ['c', 'd'], reset: false })
    expect(store.topic(LOGS).list).toEqual({ state: 'ready', items: ['b', 'c', 'd'], received: 4, message: null })
    stream().events.onMessage('3', { type: 'append', topic: topicKey(LOGS), items: ['z'], reset: true })
    expect(store.topic(LOGS).list).toMatchObject({ items: ['z'], received: 1 })
  })

  it('what is gone says why', () => {
    const { clock, watch, stream, store } = setUp()
    watch(JOB)
    clock.advance(50)
    stream().events.onMessage('1', { type: 'gone', topic: topicKey(JOB), message: 'there is no job job_1' })
    expect(store.topic(JOB).document).toEqual({ state: 'gone', message: 'there is no job job_1' })
  })

  it('what an old stream still says is not heard', () => {
    const { clock, watch, streams, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    watch(JOB)
    clock.advance(50)
    streams[0]!.events.onMessage('1', snapshot(OVERVIEW, { old: true }))
    streams[0]!.events.onEnd()
    expect(store.topic(OVERVIEW).document).toEqual({ state: 'loading' })
    expect(streams).toHaveLength(2)
  })
})

describe('the connection', () => {
  it('is live while something comes, delayed after 4 s without, and live again with the next word', () => {
    const { clock, watch, stream, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    const told = vi.fn()
    store.watchConnection(told)
    stream().events.onOpen()
    stream().events.onMessage('1', snapshot(OVERVIEW, {}))
    expect(store.connection().state).toBe('live')
    clock.advance(3_900)
    expect(store.connection().state).toBe('live')
    clock.advance(200)
    expect(store.connection().state).toBe('delayed')
    told.mockClear()
    stream().events.onMessage('2', { type: 'tick', at: 77_000 })
    expect(store.connection().state).toBe('live')
    expect(told).toHaveBeenCalled()
    expect(store.connection().serverClock).toEqual({ at: 77_000, heardAt: clock.now() })
  })

  it('is disconnected when a broken stream cannot be opened again, and tries for ever with growing pauses up to 5 s', async () => {
    const { clock, watch, stream, streams, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onOpen()
    stream().events.onEnd()
    expect(store.connection().state).toBe('live')
    clock.advance(500)
    expect(streams).toHaveLength(2)
    const pauses: number[] = []
    for (let round = 0; round < 20; round++) {
      const before = clock.now()
      stream().events.onEnd()
      await Promise.resolve()
      expect(store.connection().state).toBe('disconnected')
      const opened = streams.length
      while (streams.length === opened) clock.advance(100)
      pauses.push(clock.now() - before)
    }
    expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 5_000])
    expect(Math.max(...pauses)).toBe(5_000)
    stream().events.onOpen()
    expect(store.connection().state).toBe('live')
  })

  it('goes on from the position reached after a break', () => {
    const { clock, watch, stream } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onMessage('id-3', snapshot(OVERVIEW, { a: 1 }))
    stream().events.onEnd()
    clock.advance(500)
    expect(stream().lastEventId).toBe('id-3')
  })

  it('keeps what was known while it is gone', () => {
    const { clock, watch, stream, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onMessage('id-3', snapshot(OVERVIEW, { a: 1 }))
    stream().events.onEnd()
    clock.advance(60_000)
    expect(store.topic(OVERVIEW).document).toEqual({ state: 'ready', doc: { a: 1 } })
  })

  it('is tried at once by hand', () => {
    const { clock, watch, stream, streams, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onEnd()
    clock.advance(500)
    stream().events.onEnd()
    const before = streams.length
    store.retryNow()
    expect(streams).toHaveLength(before + 1)
    expect(stream().closed).toBe(false)
  })

  it('a session that has ended leads to the log-in, once, and nothing is tried any more', async () => {
    const { clock, watch, streams, onUnauthenticated } = setUp('unauthenticated')
    watch(OVERVIEW)
    clock.advance(50)
    streams[0]!.events.onEnd()
    await vi.waitFor(() => expect(onUnauthenticated).toHaveBeenCalledTimes(1))
    clock.advance(60_000)
    expect(streams).toHaveLength(1)
    expect(onUnauthenticated).toHaveBeenCalledTimes(1)
  })
})

describe('a hidden tab', () => {
  it('holds no stream, and resumes where it was when it is seen', () => {
    const { clock, watch, stream, streams, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onOpen()
    stream().events.onMessage('id-4', snapshot(OVERVIEW, {}))
    store.setVisible(false)
    expect(streams[0]!.closed).toBe(true)
    clock.advance(600_000)
    expect(streams).toHaveLength(1)
    store.setVisible(true)
    expect(store.connection().state).toBe('live')
    clock.advance(50)
    expect(stream().lastEventId).toBe('id-4')
  })

  it('does not retry either', () => {
    const { clock, watch, stream, streams, store } = setUp()
    watch(OVERVIEW)
    clock.advance(50)
    stream().events.onEnd()
    store.setVisible(false)
    clock.advance(600_000)
    expect(streams).toHaveLength(1)
  })
})
