import { WeirError } from '@weir/engine/base/errors'
import type { LiveTopic } from '@weir/proto/web/live'
import { describe, expect, it } from 'vitest'
import { HubHarness, settled, VIEWER } from '../../test/live-harness.ts'
import { SUBSCRIBERS_MAX } from './live-hub.ts'

const JOB: LiveTopic = { kind: 'job', jobId: 'job_1' }
const OVERVIEW: LiveTopic = { kind: 'overview' }

describe('a live document', () => {
  it('comes whole at first, then as what has changed, at most once a second', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB])
    await settled()
    expect(page.messages).toEqual([{ type: 'snapshot', topic: 'job/job_1', doc: { status: 'RUNNING', count: 0 } }])
    for (let count = 1; count <= 50; count++) {
      harness.sources.jobs.set('job_1', { status: 'RUNNING', count })
      await harness.pass(100)
    }
    const deltas = page.received.filter(({ message }) => message.type === 'delta')
    expect(deltas.length).toBe(5)
    const gaps = deltas.slice(1).map(({ atMs }, index) => atMs - deltas[index]!.atMs)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000)
    expect(page.docs.get('job/job_1')).toEqual({ status: 'RUNNING', count: 50 })
  })

  it('is made once for all who watch it, and sends nothing while nothing changes', async () => {
    const harness = new HubHarness()
    const pages = Array.from({ length: 20 }, () => harness.open([JOB]))
    await harness.pass(5000)
    expect(harness.sources.asked.length).toBeLessThanOrEqual(6)
    for (const page of pages) expect(page.messages.map(({ type }) => type)).toEqual(['snapshot'])
  })

  it('shows a change by an event within 300 ms, with the measured values of before', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB, OVERVIEW])
    await harness.pass(1100)
    harness.sources.asked.length = 0
    harness.sources.jobs.set('job_1', { status: 'FAILED', count: 0 })
    harness.sources.changed('job_1')
    await harness.pass(300)
    expect(page.docs.get('job/job_1')).toEqual({ status: 'FAILED', count: 0 })
    expect(page.docs.get('overview')).toMatchObject({ jobs: { job_1: { status: 'FAILED', count: 0 } } })
    expect(harness.sources.asked).toEqual([
      { what: 'job_1', freshness: 'prompt' },
      { what: 'overview', freshness: 'prompt' },
    ])
  })

  it('shows a storm of events in at most five steps a second, and its end', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB])
    await harness.pass(50)
    for (let count = 1; count <= 100; count++) {
      harness.sources.jobs.set('job_1', { count })
      harness.sources.changed('job_1')
      await harness.pass(10)
    }
    await harness.pass(300)
    expect(page.of('delta').length).toBeLessThanOrEqual(7)
    expect(page.docs.get('job/job_1')).toEqual({ count: 100 })
  })

  it('is gone when there is no such job, also when it is deleted while it is watched', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB, { kind: 'job', jobId: 'job_9' }])
    await harness.pass(100)
    expect(page.of('gone')).toEqual([{ type: 'gone', topic: 'job/job_9', message: 'there is no job job_9' }])
    harness.sources.jobs.delete('job_1')
    harness.sources.changed('job_1')
    await harness.pass(300)
    expect(page.of('gone')).toHaveLength(2)
    harness.sources.asked.length = 0
    await harness.pass(3000)
    expect(harness.sources.asked).toEqual([])
    expect(page.isEnded).toBe(false)
  })

  it('stays as it was while it cannot be made, and goes on afterwards', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB])
    await harness.pass(100)
    harness.sources.failure = new WeirError('DATABASE', 'away')
    await harness.pass(3000)
    expect(page.messages).toHaveLength(1)
    expect(harness.faults).toContain('job/job_1: away')
    harness.sources.failure = null
    harness.sources.jobs.set('job_1', { count: 7 })
    await harness.pass(1100)
    expect(page.docs.get('job/job_1')).toEqual({ count: 7 })
  })

  it('is looked at seldom once only an event can change it', async () => {
    const harness = new HubHarness()
    harness.sources.isSettled = true
    const page = harness.open([JOB])
    await harness.pass(5000)
    expect(harness.sources.asked).toHaveLength(1)
    harness.sources.jobs.set('job_1', { count: 1 })
    harness.sources.changed('job_1')
    await harness.pass(300)
    expect(page.docs.get('job/job_1')).toEqual({ count: 1 })
  })
})

describe('a reader that comes back', () => {
  const changing = async (harness: HubHarness, from: number, to: number) => {
    for (let count = from; count <= to; count++) {
      harness.sources.jobs.set('job_1', { count, fixed: 'x' })
      await harness.pass(1000)
    }
  }

  it('gets the deltas that it missed, also when nobody watched meanwhile', async () => {
    const harness = new HubHarness()
    const first = harness.open([JOB])
    await changing(harness, 1, 3)
    const id = first.lastId
    first.leave()
    await settled()
    harness.sources.jobs.set('job_1', { count: 9, fixed: 'x' })
    await harness.pass(60_000)
    const second = harness.open([JOB], { lastEventId: id })
    second.docs.set('job/job_1', first.docs.get('job/job_1'))
    await harness.pass(100)
    expect(second.messages).toEqual([
      { type: 'delta', topic: 'job/job_1', changes: [{ path: [], merge: { count: 9 } }] },
    ])
    expect(second.docs.get('job/job_1')).toEqual({ count: 9, fixed: 'x' })
  })

  it('gets nothing when it has missed nothing, and keeps what it has', async () => {
    const harness = new HubHarness()
    const first = harness.open([JOB])
    await harness.pass(100)
    first.leave()
    const second = harness.open([JOB], { lastEventId: first.lastId })
    await harness.pass(1500)
    expect(second.messages).toEqual([])
  })

  it('sees a document that seldom changes at once, too: a page that is loaded anew does not wait', async () => {
    const harness = new HubHarness()
    harness.sources.isSettled = true
    const first = harness.open([JOB])
    await harness.pass(2000)
    first.leave()
    await settled()
    harness.sources.jobs.set('job_1', { status: 'FINISHED', count: 5 })
    const second = harness.open([JOB])
    await settled()
    expect(second.messages).toEqual([{ type: 'snapshot', topic: 'job/job_1', doc: { status: 'FINISHED', count: 5 } }])
  })

  it('gets the whole document when it missed more than is kept', async () => {
    const harness = new HubHarness()
    const watcher = harness.open([JOB])
    const first = harness.open([JOB])
    await changing(harness, 1, 2)
    const id = first.lastId
    first.leave()
    await changing(harness, 3, 70)
    const late = harness.open([JOB], { lastEventId: id })
    await settled()
    expect(late.messages).toMatchObject([{ type: 'snapshot', doc: { count: 70 } }])
    const recent = harness.open([JOB], { lastEventId: watcher.received.at(-40)!.id })
    await settled()
    expect(recent.messages.map(({ type }) => type)).toEqual(['delta'])
  })

  it('gets the whole document from a JobManager that was started anew', async () => {
    const before = new HubHarness('one')
    const first = before.open([JOB])
    await changing(before, 1, 2)
    const after = new HubHarness('two')
    const second = after.open([JOB], { lastEventId: first.lastId })
    await after.pass(100)
    expect(second.messages.map(({ type }) => type)).toEqual(['snapshot'])
  })

  it('gets the whole document for an id that was made up', async () => {
    const harness = new HubHarness()
    for (const lastEventId of ['', 'x', 'one', 'one~zz.1.1', 'one~bd445c462b.1.999', 'one~~~', '~'.repeat(500)]) {
      const page = harness.open([JOB], { lastEventId })
      await harness.pass(100)
      expect(
        page.messages.map(({ type }) => type),
        lastEventId,
      ).toEqual(['snapshot'])
      page.leave()
    }
  })

  it('may ask for other topics than before', async () => {
    const harness = new HubHarness()
    const first = harness.open([OVERVIEW, JOB])
    await harness.pass(100)
    const second = harness.open([JOB, { kind: 'rows', jobId: 'job_1', operator: null }], { lastEventId: first.lastId })
    await harness.pass(100)
    expect(second.messages).toEqual([{ type: 'append', topic: 'rows/job_1/', items: [], reset: true }])
  })
})

describe('a subscription', () => {
  it('tells the clock of the server at once and at least every 2 s', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB])
    await harness.pass(10_000)
    const ticks = page.received.filter(({ message }) => message.type === 'tick')
    expect(ticks[0]).toMatchObject({ atMs: 0, message: { at: 1_000_000 } })
    const gaps = ticks.slice(1).map(({ atMs }, index) => atMs - ticks[index]!.atMs)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2000)
  })

  it('ends with its signal, and then no timer is left and nothing is made any more', async () => {
    const harness = new HubHarness()
    const topics: LiveTopic[] = [
      JOB,
      OVERVIEW,
      { kind: 'rows', jobId: 'job_1', operator: null },
      { kind: 'logs', jobId: 'job_1', operator: null, subtask: null, search: null },
    ]
    const pages = [harness.open(topics), harness.open(topics)]
    await harness.pass(1500)
    pages[0]!.leave()
    await harness.pass(1000)
    expect(pages.map(({ isEnded }) => isEnded)).toEqual([true, false])
    pages[1]!.leave()
    await settled()
    expect(pages.map(({ isEnded, failure }) => [isEnded, failure])).toEqual([
      [true, null],
      [true, null],
    ])
    expect(harness.clock.pending).toBe(0)
    harness.sources.asked.length = 0
    harness.sources.changed('job_1')
    await harness.pass(5000)
    expect(harness.sources.asked).toEqual([])
    expect(harness.clock.pending).toBe(0)
  })

  it('ends when the server closes, and none is taken afterwards', async () => {
    const harness = new HubHarness()
    const page = harness.open([JOB])
    await harness.pass(100)
    harness.hub.close()
    await settled()
    expect(page.isEnded).toBe(true)
    const late = harness.open([JOB])
    await settled()
    expect([late.isEnded, late.messages]).toEqual([true, []])
    expect(harness.clock.pending).toBe(0)
  })

  it('refuses the topics that its caller may not see, each by itself', async () => {
    const harness = new HubHarness()
    harness.sources.rows.add('job_1', 1, 'print', 0, ['secret'], 1)
    const topics: LiveTopic[] = [
      JOB,
      { kind: 'rows', jobId: 'job_1', operator: null },
      { kind: 'logs', jobId: 'job_1', operator: null, subtask: null, search: null },
    ]
    const page = harness.open(topics, { principal: VIEWER })
    await harness.pass(3000)
    expect(page.of('snapshot')).toHaveLength(1)
    expect(page.of('append')).toEqual([])
    expect(page.of('gone')).toMatchObject([
      { topic: 'rows/job_1/', message: expect.stringContaining('it takes developer (or the right to see records)') },
      { topic: 'logs/job_1///', message: expect.stringContaining('it takes operator') },
    ])
    expect(harness.sources.logReads).toEqual([])
    const granted = harness.open(topics.slice(1, 2), { principal: { ...VIEWER, seeRecords: true } })
    await harness.pass(100)
    expect(granted.lists.get('rows/job_1/')).toHaveLength(1)
  })

  it('makes a document of its own for those who may not see records', async () => {
    const harness = new HubHarness()
    const pages = [harness.open([JOB, OVERVIEW]), harness.open([JOB, OVERVIEW], { principal: VIEWER })]
    await harness.pass(2500)
    expect(pages.map(page => page.docs.get('job/job_1'))).toEqual([
      { status: 'RUNNING', count: 0 },
      { status: 'RUNNING', count: 0, quiet: true },
    ])
    expect(pages.map(page => page.docs.get('overview'))).toMatchObject([{ quiet: false }, { quiet: true }])
    // A position among the documents of the one is none among those of the other.
    const back = harness.open([JOB], { principal: VIEWER, lastEventId: pages[0]!.lastId })
    await harness.pass(100)
    expect(back.messages).toMatchObject([{ type: 'snapshot', doc: { quiet: true } }])
  })

  it('makes no queue for a reader that does not read: it catches up in one step', async () => {
    const harness = new HubHarness()
    const end = new AbortController()
    const slow = harness.hub.watch([JOB], null, { ...VIEWER }, end.signal)[Symbol.asyncIterator]()
    expect((await slow.next()).value?.message.type).toBe('tick')
    expect((await slow.next()).value?.message.type).toBe('snapshot')
    const watcher = harness.open([JOB])
    for (let count = 1; count <= 20; count++) {
      harness.sources.jobs.set('job_1', { status: 'RUNNING', count })
      await harness.pass(1000)
    }
    const messages = [(await slow.next()).value?.message, (await slow.next()).value?.message]
    expect(messages.map(message => message?.type)).toEqual(['tick', 'delta'])
    expect(watcher.docs.get('job/job_1')).toEqual({ status: 'RUNNING', count: 20 })
    end.abort()
    expect((await slow.next()).done).toBe(true)
  })

  it('is refused beyond the number that this JobManager serves', async () => {
    const harness = new HubHarness()
    const pages = Array.from({ length: SUBSCRIBERS_MAX }, () => harness.open([JOB]))
    await settled()
    const late = harness.open([JOB])
    await settled()
    expect(late.failure).toMatchObject({ code: 'CONFLICT' })
    pages[0]!.leave()
    await settled()
    const next = harness.open([JOB])
    await settled()
    expect(next.messages).toHaveLength(1)
    for (const page of [...pages, next]) page.leave()
    await settled()
    expect(harness.clock.pending).toBe(0)
  })
})
