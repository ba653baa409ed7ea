import { describe, expect, test } from 'vitest'
import { verdictOf } from './verdict.ts'
import type { FailureFacts, JobFacts, VertexFacts } from './verdict-facts.ts'

const NOW = 1_000_000_000

function vertex(id: string, change: Partial<VertexFacts> = {}): VertexFacts {
  return {
    id,
    operators: [{ uid: id, name: id }],
    parallelism: 2,
    isSource: false,
    finished: false,
    feeds: [],
    busy: 0.2,
    backpressure: 0,
    busiest: null,
    hottest: null,
    ...change,
  }
}

function chain(...operators: readonly string[]): Pick<VertexFacts, 'operators'> {
  return { operators: operators.map(uid => ({ uid, name: uid })) }
}

function facts(change: Partial<JobFacts> = {}): JobFacts {
  return {
    now: NOW,
    status: 'RUNNING',
    restarting: false,
    committing: false,
    reason: null,
    submittedAt: NOW - 61_000,
    startedAt: NOW - 60_000,
    finishedAt: null,
    slots: null,
    failure: null,
    failures: [],
    hasMoreFailures: false,
    stuck: null,
    input: { records: 1_204, lastAt: NOW - 500, finished: false },
    recordsIn: 200_312,
    recordsOut: 7_120,
    recordsInPerSecond: 18_400,
    recordsOutPerSecond: 1_940,
    vertices: [vertex('src', { isSource: true, feeds: ['count'] }), vertex('count')],
    ...change,
  }
}

const parseFailed: FailureFacts = {
  at: NOW - 1_000,
  code: 'USER_FUNCTION',
  operator: { uid: 'p', name: 'parse' },
  subtask: 1,
  message: "operator 'parse': Cannot read properties of undefined (reading 'x')",
  record: '{"id":7}',
  place: { file: 'clicks.ts', line: 12 },
}

describe('a job that is on its way to run', () => {
  test('says what it does while it starts', () => {
    expect(verdictOf(facts({ status: 'CREATED', reason: 'finding the input' }))).toMatchObject({
      kind: 'starting',
      tone: 'busy',
      text: 'Starting: finding the input.',
    })
    expect(verdictOf(facts({ status: 'CREATED' })).text).toBe('Starting: asking for slots.')
  })

  test('waits for slots with the numbers and a remedy', () => {
    const slots = { needed: 8, free: 4, total: 8, parallelismThatFits: 4 }
    expect(verdictOf(facts({ status: 'CREATED', slots }))).toMatchObject({
      kind: 'waiting-for-slots',
      tone: 'warn',
      text: 'Waits for slots: needs 8, 4 are free.',
      detail:
        'It starts by itself when other jobs give 4 slots back. Or add a TaskManager, or run it with parallelism 4.',
      since: NOW - 61_000,
    })
  })

  test('says that the cluster is too small for it', () => {
    const slots = { needed: 8, free: 1, total: 4, parallelismThatFits: null }
    expect(verdictOf(facts({ status: 'CREATED', slots }))).toMatchObject({
      text: 'Waits for slots: needs 8, 1 is free.',
      detail: 'The cluster has only 4 slots: add a TaskManager with 4 slots more.',
    })
  })

  test('is starting until it is known how many slots are free', () => {
    const slots = { needed: 8, free: null, total: 8, parallelismThatFits: null }
    expect(verdictOf(facts({ status: 'CREATED', slots })).kind).toBe('starting')
  })

  test('has no figures for the first seconds, and is asked about when none come later', () => {
    const vertices = [vertex('src', { busy: null, backpressure: null })]
    const input = { records: null, lastAt: null, finished: false }
    expect(verdictOf(facts({ vertices, input, startedAt: NOW - 4_999 }))).toMatchObject({
      kind: 'starting',
      tone: 'busy',
    })
    expect(verdictOf(facts({ vertices, input, startedAt: NOW - 5_000 }))).toMatchObject({
      tone: 'warn',
      text: 'Running, but no figures have come for 5 s.',
    })
  })
})

describe('a job that runs', () => {
  test('runs well when nobody is short of time', () => {
    expect(verdictOf(facts())).toEqual({
      kind: 'running-well',
      tone: 'ok',
      text: 'Running well: no operator is busy above 0.20, nothing is backpressured.',
      detail: '18.4 k/s come in, 1.94 k/s go out.',
      operator: null,
      since: null,
    })
  })

  test('tells of the source that waits most for slower ones, from a tenth of its time on', () => {
    const waiting = (waits: number, more: Partial<JobFacts> = {}) =>
      verdictOf(
        facts({
          vertices: [
            vertex('fast', { isSource: true, aligned: { group: 'clicks', waits } }),
            vertex('slow', { isSource: true, aligned: { group: 'clicks', waits: 0 } }),
          ],
          ...more,
        }),
      )
    expect(waiting(0.83)).toMatchObject({
      kind: 'running-well',
      detail:
        '18.4 k/s come in, 1.94 k/s go out. The source fast waits 83 % of the time for slower ones of its alignment group clicks.',
    })
    expect(waiting(0.09).detail).toBe('18.4 k/s come in, 1.94 k/s go out.')
    const input = { records: 1_204, lastAt: NOW - 60_000, finished: false }
    expect(waiting(1, { input })).toMatchObject({
      kind: 'no-input',
      detail:
        'The source fast waits 100 % of the time for slower ones of its alignment group clicks, so one that gives nothing stops them, unless it has withIdleness.',
    })
  })

  test('has little to do where a ratio would read as 0.00', () => {
    const at = (busy: number) => verdictOf(facts({ vertices: [vertex('src', { busy })] })).text
    expect(at(0.0049)).toBe('Running well: it has little to do, and nothing is backpressured.')
    expect(at(0.005)).toBe('Running well: no operator is busy above 0.01, nothing is backpressured.')
  })

  test('has a bottleneck where one is busy while what feeds it is backpressured', () => {
    const vertices = [
      vertex('src', { isSource: true, feeds: ['count'], busy: 0.1, backpressure: 0.82 }),
      vertex('count', { feeds: ['out'], busy: 0.97, backpressure: 0.01 }),
      vertex('out', { busy: 0.1 }),
    ]
    expect(verdictOf(facts({ vertices }))).toMatchObject({
      kind: 'bottleneck',
      tone: 'warn',
      text: 'count is the bottleneck: busy 0.97 while its inputs are backpressured.',
      detail:
        'src waits 82 % of the time for room; more than its 2 subtasks, or less work for each record, would help.',
      operator: 'count',
    })
  })

  test.each([
    [0.9, 0.1, 'bottleneck'],
    [0.89, 0.1, 'running-well'],
    [0.9, 0.09, 'running-well'],
  ])('busy %d behind backpressure %d is %s', (busy, backpressure, kind) => {
    const vertices = [vertex('src', { isSource: true, feeds: ['count'], backpressure }), vertex('count', { busy })]
    expect(verdictOf(facts({ vertices })).kind).toBe(kind)
  })

  test('names the last of a row of backpressured operators, not one between', () => {
    const vertices = [
      vertex('src', { isSource: true, feeds: ['a'], busy: 0.05, backpressure: 0.95 }),
      vertex('a', { feeds: ['b'], busy: 0.1, backpressure: 0.9 }),
      vertex('b', { feeds: ['out'], busy: 0.99, backpressure: 0.01 }),
      vertex('out'),
    ]
    expect(verdictOf(facts({ vertices })).operator).toBe('b')
  })

  test('names the operator of a chain in which the time goes, when that is known', () => {
    const source = vertex('src', { isSource: true, feeds: ['parse'], backpressure: 0.9 })
    const slow = { busy: 0.98, ...chain('parse', 'enrich', 'out') }
    const known = verdictOf(
      facts({ vertices: [source, vertex('parse', { ...slow, hottest: { uid: 'enrich', share: 0.93 } })] }),
    )
    expect(known).toMatchObject({
      text: 'enrich is the bottleneck: busy 0.98 while its inputs are backpressured.',
      operator: 'enrich',
    })
    expect(known.detail).toMatch(/^It takes 93 % of the time of its chain\. src waits 90 % of the time/)
    const unknown = verdictOf(facts({ vertices: [source, vertex('parse', slow)] }))
    expect(unknown.text).toBe('parse → enrich → out is the bottleneck: busy 0.98 while its inputs are backpressured.')
  })

  test('has a bottleneck in one subtask when the load is uneven', () => {
    const vertices = [
      vertex('src', { isSource: true, feeds: ['count'], backpressure: 0.8 }),
      vertex('count', { parallelism: 4, busy: 0.3, busiest: { subtask: 3, busy: 0.98 } }),
    ]
    const verdict = verdictOf(facts({ vertices }))
    expect(verdict.text).toBe('count is the bottleneck: its subtask 3 is busy 0.98 while its inputs are backpressured.')
    expect(verdict.detail).toContain('all 4 subtasks together are busy 0.30, so the load is uneven')
  })

  test('has a bottleneck outside when a sink waits', () => {
    const vertices = [
      vertex('src', { isSource: true, feeds: ['out'], backpressure: 0.9 }),
      vertex('out', { busy: 0.1, backpressure: 0.87 }),
    ]
    expect(verdictOf(facts({ vertices }))).toMatchObject({
      kind: 'bottleneck',
      text: 'out is the bottleneck: it waits 87 % of the time for what it writes to.',
    })
  })

  test('says who is held up by whom when nobody is busy enough to be blamed', () => {
    const vertices = [
      vertex('src', { isSource: true, feeds: ['count'], backpressure: 0.6 }),
      vertex('count', { busy: 0.7 }),
    ]
    expect(verdictOf(facts({ vertices })).text).toBe('count holds src up, which waits 60 % of the time.')
  })

  test('is limited by its source when that has no time left and all behind it keep up', () => {
    const vertices = [vertex('src', { isSource: true, feeds: ['count'], busy: 0.97 }), vertex('count')]
    expect(verdictOf(facts({ vertices }))).toMatchObject({
      kind: 'source-is-limit',
      tone: 'ok',
      text: 'The source src is the limit: busy 0.97 while nothing is backpressured.',
      operator: 'src',
    })
    expect(verdictOf(facts({ vertices: [vertex('src', { isSource: true, busy: 0.89 })] })).kind).toBe('running-well')
    const done = [vertex('src', { isSource: true, busy: 0.97, finished: true }), vertex('count')]
    expect(verdictOf(facts({ vertices: done })).kind).toBe('running-well')
  })

  test('finds a slow operator that shares the thread of the source', () => {
    const source = { isSource: true, busy: 0.98, ...chain('src', 'slow', 'out') }
    expect(
      verdictOf(facts({ vertices: [vertex('src', { ...source, hottest: { uid: 'slow', share: 0.96 } })] })),
    ).toMatchObject({
      kind: 'bottleneck',
      text: 'slow is the bottleneck: 96 % of the time of its chain, which is busy 0.98.',
      operator: 'slow',
    })
    expect(
      verdictOf(facts({ vertices: [vertex('src', { ...source, hottest: { uid: 'src', share: 0.8 } })] })).text,
    ).toBe('The source src is the limit: busy 0.98 while nothing is backpressured.')
    expect(verdictOf(facts({ vertices: [vertex('src', source)] })).text).toBe(
      "The source's chain, src → slow → out, is the limit: busy 0.98 while nothing is backpressured.",
    )
  })

  test.each([
    [10_000, 'running-well'],
    [10_001, 'no-input'],
  ])('%d ms without a record is %s', (silentMs, kind) => {
    const input = { records: 1_204, lastAt: NOW - silentMs, finished: false }
    expect(verdictOf(facts({ input })).kind).toBe(kind)
  })

  test('says since when nothing comes in, and who waits for it', () => {
    const input = { records: 1_204, lastAt: NOW - 125_000, finished: false }
    expect(verdictOf(facts({ input }))).toEqual({
      kind: 'no-input',
      tone: 'warn',
      text: 'Nothing has come in for 2 min.',
      detail: 'The source src has read 1,204 records and waits for more: is something being written to what it reads?',
      operator: 'src',
      since: NOW - 125_000,
    })
    expect(verdictOf(facts({ input: { ...input, records: 0 } })).text).toBe(
      'Nothing has come in since it started, 2 min ago.',
    )
  })

  test('does not miss input when all sources have ended', () => {
    const input = { records: 1_204, lastAt: NOW - 60_000, finished: true }
    expect(verdictOf(facts({ input }))).toMatchObject({
      kind: 'running-well',
      text: 'Running well: all input is read, and the rest is being worked off.',
    })
  })

  test('makes no progress in an operator that does not return, whatever else is so', () => {
    const stuck = { operator: { uid: 's', name: 'slow' }, subtask: 2, since: NOW - 12_400 }
    const vertices = [vertex('src', { busy: null, backpressure: null })]
    expect(verdictOf(facts({ stuck, vertices }))).toMatchObject({
      kind: 'no-progress',
      tone: 'error',
      text: 'No progress in slow: subtask 2 has been in one call for 12 s.',
      operator: 's',
      since: NOW - 12_400,
    })
  })

  test('makes its output visible at the end', () => {
    expect(verdictOf(facts({ committing: true, reason: 'making the output visible' }))).toMatchObject({
      kind: 'finishing',
      tone: 'busy',
      detail: null,
    })
    const reason = 'making the output visible failed and is tried again: disk full'
    expect(verdictOf(facts({ committing: true, reason }))).toMatchObject({
      tone: 'warn',
      detail: 'Making the output visible failed and is tried again: disk full.',
    })
  })
})

describe('a job that has failed before', () => {
  const lost: FailureFacts = {
    at: NOW - 40_000,
    code: 'TASK_MANAGER_LOST',
    operator: null,
    subtask: null,
    message: 'TaskManager tm-1 was lost: its connection closed',
    record: null,
    place: null,
  }

  test('says while it restarts why, and what comes', () => {
    expect(
      verdictOf(facts({ restarting: true, failure: lost, reason: 'waiting before the next attempt' })),
    ).toMatchObject({
      kind: 'restarting',
      tone: 'warn',
      text: 'Restarting because TaskManager tm-1 was lost: its connection closed.',
      detail: 'Another attempt is on its way: waiting before the next attempt.',
      since: NOW - 40_000,
    })
    const slots = { needed: 2, free: 0, total: 0, parallelismThatFits: null }
    expect(verdictOf(facts({ restarting: true, failure: lost, slots })).detail).toBe(
      'It needs 2, none is free. The cluster has no slots: add a TaskManager with 2 slots more.',
    )
  })

  test('starts again after the cluster was stopped, which is nothing to worry about', () => {
    const stopped = { ...lost, code: 'CLUSTER_STOPPED', message: 'the cluster was stopped' } as const
    expect(verdictOf(facts({ restarting: true, failure: stopped, reason: 'starting its slots' }))).toMatchObject({
      kind: 'starting',
      tone: 'busy',
      text: 'Starting again: the cluster was stopped while it ran.',
      detail: 'Starting its slots.',
    })
    const slots = { needed: 2, free: 0, total: 0, parallelismThatFits: null }
    expect(verdictOf(facts({ restarting: true, failure: stopped, slots })).detail).toContain(
      'It needs 2, none is free.',
    )
  })

  test('says for ten minutes that it has restarted, and why', () => {
    const at = (ms: number) => ({ ...lost, at: NOW - ms })
    expect(verdictOf(facts({ failures: [at(600_000)] }))).toMatchObject({
      kind: 'restarted',
      text: 'Restarted once in the last 10 minutes, because TaskManager tm-1 was lost: its connection closed.',
      since: NOW - 600_000,
    })
    expect(verdictOf(facts({ failures: [at(600_001)] })).kind).toBe('running-well')
    expect(verdictOf(facts({ failures: [at(700_000), at(3_000), at(2_000), parseFailed] }))).toMatchObject({
      text: "Restarted 3 times in the last 10 minutes, the last time because parse failed: Cannot read properties of undefined (reading 'x').",
      detail: 'In line 12 of clicks.ts, at the record {"id":7}.',
      operator: 'p',
    })
  })

  test('does not count fewer restarts than there were when not all of them are known', () => {
    const failures = Array.from({ length: 20 }, (_, index) => ({ ...lost, at: NOW - 20_000 + index * 1_000 }))
    const textOf = (change: Partial<JobFacts>): string =>
      verdictOf(facts({ failures, hasMoreFailures: true, ...change })).text
    expect(textOf({})).toMatch(/^Restarted at least 20 times in the last 10 minutes/)
    expect(textOf({ hasMoreFailures: false })).toMatch(/^Restarted 20 times/)
    expect(textOf({ failures: [{ ...lost, at: NOW - 700_000 }, ...failures] })).toMatch(/^Restarted 20 times/)
  })

  test('has a bottleneck before it has restarted', () => {
    const vertices = [vertex('src', { isSource: true, feeds: ['b'], backpressure: 0.9 }), vertex('b', { busy: 1 })]
    expect(verdictOf(facts({ failures: [lost], vertices })).kind).toBe('bottleneck')
  })
})

describe('a job that ends', () => {
  test('has failed in an operator, at a record, with the message', () => {
    expect(verdictOf(facts({ status: 'FAILED', failure: parseFailed, finishedAt: NOW }))).toEqual({
      kind: 'failed',
      tone: 'error',
      text: "Failed in parse, subtask 1: Cannot read properties of undefined (reading 'x').",
      detail: 'In line 12 of clicks.ts, at the record {"id":7}.',
      operator: 'p',
      since: NOW,
    })
  })

  test('has failed without a place or a record', () => {
    const failure = { ...parseFailed, operator: null, subtask: null, message: 'no input', record: null, place: null }
    expect(verdictOf(facts({ status: 'FAILED', failure, finishedAt: NOW }))).toMatchObject({
      text: 'Failed: no input.',
      detail: 'It ran for 1 min.',
    })
    expect(verdictOf(facts({ status: 'FAILED', failure, finishedAt: NOW, startedAt: null })).detail).toBe(
      'It never came to run.',
    )
    expect(verdictOf(facts({ status: 'FAILED', failure: { ...failure, record: '[1]' }, finishedAt: NOW })).detail).toBe(
      'At the record [1].',
    )
  })

  test('is failing or cancelling while its slots are ended', () => {
    expect(verdictOf(facts({ status: 'FAILING', failure: parseFailed }))).toMatchObject({
      kind: 'failing',
      tone: 'error',
    })
    expect(verdictOf(facts({ status: 'CANCELLING' }))).toMatchObject({ kind: 'cancelling', tone: 'busy' })
  })

  test('has finished, with totals and how long it took', () => {
    expect(verdictOf(facts({ status: 'FINISHED', finishedAt: NOW - 48_000 }))).toMatchObject({
      kind: 'finished',
      tone: 'ok',
      text: 'Finished in 12 s: 200,312 records in, 7,120 out.',
    })
    expect(verdictOf(facts({ status: 'FINISHED', finishedAt: NOW, recordsIn: null, recordsOut: null })).text).toBe(
      'Finished in 1 min.',
    )
  })

  test('was canceled, before it ran or after a while', () => {
    expect(verdictOf(facts({ status: 'CANCELED', finishedAt: NOW }))).toMatchObject({
      kind: 'canceled',
      tone: 'quiet',
      text: 'Canceled after 1 min.',
      detail: 'Until then 200,312 records in, 7,120 out.',
    })
    expect(verdictOf(facts({ status: 'CANCELED', startedAt: null, finishedAt: NOW })).text).toBe(
      'Canceled before it ran.',
    )
  })
})

describe('an operator without a name', () => {
  const map = { uid: 'map-1d48e035c6', name: 'map', words: "the map after 'numbers'" }

  test('is called by its type and place, at the beginning of a sentence and in the middle', () => {
    const vertices = [
      vertex('src', { isSource: true, feeds: ['map'], backpressure: 0.8 }),
      vertex('map', { operators: [map], busy: 0.97 }),
    ]
    const bottleneck = verdictOf(facts({ vertices }))
    expect(bottleneck.text).toMatch(/^The map after 'numbers' is the bottleneck: busy 0\.97/)
    expect(bottleneck.operator).toBe('map-1d48e035c6')
    const failure = { ...parseFailed, operator: map }
    expect(verdictOf(facts({ status: 'FAILED', failure })).text).toMatch(
      /^Failed in the map after 'numbers', subtask 1:/,
    )
    const stuck = { operator: map, subtask: null, since: NOW - 7_000 }
    expect(verdictOf(facts({ stuck })).text).toBe(
      "No progress in the map after 'numbers': it has been in one call for 7 s.",
    )
    expect(verdictOf(facts({ restarting: true, failure })).text).toContain("because the map after 'numbers' failed:")
  })
})
