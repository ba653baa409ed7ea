import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RowPublisher } from './row-publisher.ts'

type Sent = [operator: string, subtask: number, rows: unknown[]]

function publisher(): { rows: RowPublisher; sent: Sent[] } {
  const sent: Sent[] = []
  return { rows: new RowPublisher((...message) => sent.push(message)), sent }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('published rows', () => {
  it('go together after a moment, by operator and subtask', () => {
    const { rows, sent } = publisher()
    rows.add('print', 0, 'a')
    rows.add('print', 1, 'b')
    rows.add('print', 0, 'c')
    expect(sent).toEqual([])
    vi.advanceTimersByTime(100)
    expect(sent).toEqual([
      ['print', 0, ['a', 'c']],
      ['print', 1, ['b']],
    ])
    vi.advanceTimersByTime(1_000)
    expect(sent).toHaveLength(2)
    rows.add('print', 0, 'd')
    vi.advanceTimersByTime(100)
    expect(sent).toHaveLength(3)
  })

  it('go at once when there are many, or when they are flushed', () => {
    const { rows, sent } = publisher()
    for (let i = 0; i < 200; i++) rows.add('print', 0, i)
    expect(sent.map(([, , list]) => list.length)).toEqual([200])
    rows.add('print', 0, 'last')
    rows.flush()
    expect(sent[1]).toEqual(['print', 0, ['last']])
    vi.advanceTimersByTime(1_000)
    expect(sent).toHaveLength(2)
  })

  it('are no more in a second than a person could look at', () => {
    const { rows, sent } = publisher()
    for (let i = 0; i < 50_000; i++) rows.add('print', 0, i)
    rows.flush()
    const count = () => sent.reduce((sum, [, , list]) => sum + list.length, 0)
    expect(count()).toBe(2_000)
    vi.advanceTimersByTime(1_000)
    rows.add('print', 0, 'later')
    rows.flush()
    expect(count()).toBe(2_001)
  })

  it('are plain JSON, whatever is in them', () => {
    const { rows, sent } = publisher()
    const circle: { name: string; self?: unknown } = { name: 'circle' }
    circle.self = circle
    const list = [
      { big: 10n, bad: Number.NaN, far: Number.NEGATIVE_INFINITY, fn: () => 1, none: undefined },
      new Map([['k', new Set([1])]]),
      circle,
      undefined,
      () => 1,
      Symbol('s'),
      5n,
      null,
      'text',
    ]
    for (const row of list) rows.add('collect', 0, row)
    rows.flush()
    const shown = sent[0][2]
    expect(structuredClone(shown)).toEqual(shown)
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown)
    expect(shown[0]).toEqual({ big: '10n', bad: 'NaN', far: '-Infinity' })
    expect(shown[1]).toEqual([['k', [1]]])
    expect(shown[2]).toMatch(/cannot be shown: .*circular/i)
    expect(shown.slice(3)).toEqual(['undefined', '() => 1', 'Symbol(s)', '5n', null, 'text'])
  })

  it('are as they were when they were published', () => {
    const { rows, sent } = publisher()
    const row = { count: 1 }
    rows.add('collect', 0, row)
    row.count = 2
    rows.flush()
    expect(sent[0][2]).toEqual([{ count: 1 }])
  })

  it('show the beginning of what is too large', () => {
    const { rows, sent } = publisher()
    rows.add('collect', 0, { text: 'x'.repeat(1_000_000) })
    rows.flush()
    expect(sent[0][2][0]).toMatch(/^\{"text":"xxx/)
    expect((sent[0][2][0] as string).length).toBeLessThan(70_000)
  })
})
