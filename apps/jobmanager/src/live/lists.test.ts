import type { RowItem } from '@weir/proto/web/job-details'
import type { LiveTopic } from '@weir/proto/web/live'
import { describe, expect, it } from 'vitest'
import { HubHarness, settled } from '../../test/live-harness.ts'

const ROWS: LiveTopic = { kind: 'rows', jobId: 'job_1', operator: null }
const ROWS_KEY = 'rows/job_1/'
const logs = (search: string | null = null): LiveTopic => ({
  kind: 'logs',
  jobId: 'job_1',
  operator: null,
  subtask: null,
  search,
})
const LOGS_KEY = 'logs/job_1///'

describe('live rows', () => {
  const publish = (harness: HubHarness, ...rows: unknown[]) => harness.sources.rows.add('job_1', 1, 'print', 0, rows, 5)
  const shown = (list: unknown[] | undefined) => (list as RowItem[]).map(({ row }) => row)

  it('begin with those that are kept, and go on once a second with those that come', async () => {
    const harness = new HubHarness()
    publish(harness, 'a', 'b')
    const page = harness.open([ROWS])
    await settled()
    expect(page.messages).toMatchObject([
      { type: 'append', topic: ROWS_KEY, reset: true, items: [{ seq: 1 }, { seq: 2 }] },
    ])
    for (let i = 0; i < 20; i++) {
      publish(harness, i)
      await harness.pass(100)
    }
    await harness.pass(1000)
    expect(page.messages.length).toBeLessThanOrEqual(4)
    expect(page.messages.slice(1).every(message => message.type === 'append' && !message.reset)).toBe(true)
    expect(shown(page.lists.get(ROWS_KEY))).toEqual(['a', 'b', ...Array.from({ length: 20 }, (_, i) => i)])
  })

  it('say that there are none', async () => {
    const harness = new HubHarness()
    const page = harness.open([ROWS])
    await harness.pass(2500)
    expect(page.messages).toEqual([{ type: 'append', topic: ROWS_KEY, items: [], reset: true }])
  })

  it('come in several messages when they are many, in order and each once', async () => {
    const harness = new HubHarness()
    publish(harness, ...Array.from({ length: 1000 }, (_, i) => i))
    const page = harness.open([ROWS])
    await settled()
    expect(page.messages.length).toBe(2)
    expect(shown(page.lists.get(ROWS_KEY))).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('begin anew with a new attempt of the job, and where more came than are kept', async () => {
    const harness = new HubHarness()
    publish(harness, 'old')
    const page = harness.open([ROWS])
    await harness.pass(100)
    harness.sources.rows.add('job_1', 2, 'print', 0, ['new'], 6)
    await harness.pass(1100)
    expect(shown(page.lists.get(ROWS_KEY))).toEqual(['new'])
    const many = Array.from({ length: 3000 }, (_, i) => i)
    harness.sources.rows.add('job_1', 2, 'print', 0, many, 6)
    await harness.pass(1100)
    expect(shown(page.lists.get(ROWS_KEY))).toEqual(many.slice(-1000))
  })

  it('of one operator are not mixed with those of others', async () => {
    const harness = new HubHarness()
    const page = harness.open([{ kind: 'rows', jobId: 'job_1', operator: 'collect' }])
    publish(harness, 'a')
    harness.sources.rows.add('job_1', 1, 'collect', 0, ['b'], 5)
    await harness.pass(1100)
    publish(harness, 'c')
    await harness.pass(1100)
    expect(shown(page.lists.get('rows/job_1/collect'))).toEqual(['b'])
  })

  it('go on for a reader that comes back, from where it was', async () => {
    const harness = new HubHarness()
    publish(harness, 'a')
    const first = harness.open([ROWS])
    await harness.pass(100)
    first.leave()
    publish(harness, 'b')
    await harness.pass(5000)
    const second = harness.open([ROWS], { lastEventId: first.lastId })
    await harness.pass(100)
    expect(second.messages).toMatchObject([{ type: 'append', reset: false, items: [{ row: 'b' }] }])
  })

  it('are gone with their job', async () => {
    const harness = new HubHarness()
    const page = harness.open([ROWS])
    await harness.pass(100)
    harness.sources.jobs.delete('job_1')
    harness.sources.changed('job_1')
    await harness.pass(300)
    expect(page.messages.at(-1)).toEqual({ type: 'gone', topic: ROWS_KEY, message: 'there is no job job_1' })
  })
})

describe('live logs', () => {
  const texts = (list: unknown[] | undefined) => (list as { message: string }[]).map(({ message }) => message)

  it('begin with the newest lines, and are followed from there: nothing is read twice', async () => {
    const harness = new HubHarness()
    harness.sources.log('one')
    const page = harness.open([logs()])
    await settled()
    expect(page.messages).toEqual([
      {
        type: 'append',
        topic: LOGS_KEY,
        reset: true,
        items: [
          {
            seq: 1,
            at: Date.parse('2026-01-02T03:04:05.000Z'),
            level: 'info',
            process: 'tm-1',
            operator: null,
            subtask: null,
            attempt: null,
            message: 'one',
          },
        ],
      },
    ])
    harness.sources.log('two')
    await harness.pass(3100)
    expect(texts(page.lists.get(LOGS_KEY))).toEqual(['one', 'two'])
    expect(harness.sources.logReads).toEqual([null, '1', '2', '2'])
  })

  it('are searched on the server, each search for itself', async () => {
    const harness = new HubHarness()
    for (const text of ['apple', 'pear', 'apple pie']) harness.sources.log(text)
    const page = harness.open([logs('apple'), logs('pear')])
    await harness.pass(100)
    expect(texts(page.lists.get('logs/job_1///apple'))).toEqual(['apple', 'apple pie'])
    expect(texts(page.lists.get('logs/job_1///pear'))).toEqual(['pear'])
  })

  it('are cut down to a level on the server, so that old errors are found behind many other lines', async () => {
    const harness = new HubHarness()
    harness.sources.log('it broke', 'error')
    for (let i = 0; i < 3_000; i++) harness.sources.log(`line ${i}`)
    const page = harness.open([{ ...logs(), level: 'error' } as LiveTopic, logs()])
    await harness.pass(100)
    expect(texts(page.lists.get('logs-error/job_1///'))).toEqual(['it broke'])
    expect(texts(page.lists.get(LOGS_KEY))).not.toContain('it broke')
  })

  it('are read once for all who follow them', async () => {
    const harness = new HubHarness()
    const pages = Array.from({ length: 10 }, () => harness.open([logs()]))
    harness.sources.log('one')
    await harness.pass(3100)
    expect(harness.sources.logReads.length).toBeLessThanOrEqual(4)
    for (const page of pages) expect(texts(page.lists.get(LOGS_KEY))).toEqual(['one'])
  })

  it('go on for a reader that comes back, and begin anew where more came than are kept', async () => {
    const harness = new HubHarness()
    harness.sources.log('one')
    const first = harness.open([logs()])
    await harness.pass(100)
    first.leave()
    harness.sources.log('two')
    const second = harness.open([logs()], { lastEventId: first.lastId })
    await harness.pass(1100)
    expect(second.messages).toMatchObject([{ reset: false, items: [{ seq: 2, message: 'two' }] }])
    for (let i = 0; i < 5000; i++) harness.sources.log(`line ${i}`)
    await harness.pass(6000)
    const late = harness.open([logs()], { lastEventId: first.lastId })
    await settled()
    expect(late.messages[0]).toMatchObject({ reset: true })
    expect(texts(late.lists.get(LOGS_KEY)).at(-1)).toBe(texts(second.lists.get(LOGS_KEY)).at(-1))
  })

  it('show of a very long line its beginning', async () => {
    const harness = new HubHarness()
    harness.sources.log('x'.repeat(1_000_000))
    const page = harness.open([logs()])
    await harness.pass(100)
    expect(texts(page.lists.get(LOGS_KEY))[0]?.length).toBeLessThan(20_000)
  })
})
