import { describe, expect, test } from 'vitest'
import { MetricsHistory } from './metrics-history.ts'

const T = 72_000 * 1_000
const point = (rate: number | null) => new Map([['rate', rate]])

function filled(seconds: number, rate: (second: number) => number | null = s => s): MetricsHistory {
  const history = new MetricsHistory()
  for (let s = 0; s < seconds; s++) history.add('job', T + s * 1000 + 500, point(rate(s)))
  return history
}

describe('the history of a job', () => {
  test('begins with its first second', () => {
    expect(filled(3).read('job', '5m')).toEqual({ from: T, stepMs: 1_000, values: { rate: [0, 1, 2] } })
  })

  test('has nothing of a job that it does not know', () => {
    expect(new MetricsHistory().read('job', '30m')).toEqual({ from: 0, stepMs: 6_000, values: {} })
  })

  test('keeps the latest 300 points of each range, the wider ones as means', () => {
    const history = filled(2_000)
    const narrow = history.read('job', '5m')
    expect(narrow.from).toBe(T + 1_700_000)
    expect(narrow.values.rate).toHaveLength(300)
    expect(narrow.values.rate!.at(-1)).toBe(1_999)
    const wide = history.read('job', '30m')
    expect(wide.values.rate).toHaveLength(300)
    // 1,998 and 1,999 have come of the last six seconds.
    expect(wide.values.rate!.slice(-2)).toEqual([1_994.5, 1_998.5])
    const widest = history.read('job', '6h')
    expect(widest).toMatchObject({ from: T, stepMs: 72_000 })
    expect(widest.values.rate).toHaveLength(28)
    expect(widest.values.rate![0]).toBe(35.5)
  })

  test('has gaps where nothing was known, but bridges one second that was missed', () => {
    const history = new MetricsHistory()
    for (const [second, rate] of [
      [0, 5],
      [2, 6],
      [3, null],
      [6, 7],
    ] as const) {
      history.add('job', T + second * 1000 + 500, point(rate))
    }
    expect(history.read('job', '5m').values.rate).toEqual([5, 5, 6, null, null, null, 7])
  })

  test('a pause longer than the range leaves nothing of before', () => {
    const history = filled(10)
    history.add('job', T + 400_500, point(1))
    const { values } = history.read('job', '5m')
    expect(values.rate).toHaveLength(300)
    expect(values.rate!.filter(value => value !== null)).toEqual([1])
  })

  test('survives a clock that is set back', () => {
    const history = filled(10)
    history.add('job', T + 5_500, point(99))
    expect(history.read('job', '5m').values.rate!.at(-1)).toBe(9)
    history.add('job', T - 1_000_000, point(99))
    expect(history.read('job', '5m').values.rate).toEqual([99])
  })

  test('forgets the jobs that ended first when there are too many', () => {
    const history = new MetricsHistory({ jobs: 2 })
    history.add('a', T, point(1))
    history.add('b', T, point(1))
    history.add('a', T + 60_000, point(1))
    history.add('c', T + 60_000, point(1))
    expect(['a', 'b', 'c'].map(job => history.read(job, '5m').values.rate?.length ?? 0)).toEqual([61, 0, 1])
  })

  test('keeps the past of the jobs that run when there are more of them than it may hold', () => {
    const history = new MetricsHistory({ jobs: 2 })
    const second = (s: number, jobs: readonly string[]): void => {
      for (const job of jobs) history.add(job, T + s * 1000 + 500, point(1))
    }
    for (let s = 0; s < 10; s++) second(s, ['a', 'b', 'c'])
    expect(['a', 'b', 'c'].map(job => history.read(job, '5m').values.rate?.length ?? 0)).toEqual([10, 10, 0])
    for (let s = 10; s < 20; s++) second(s, ['b', 'c'])
    expect(['a', 'b', 'c'].map(job => history.read(job, '5m').values.rate?.length ?? 0)).toEqual([0, 20, 6])
  })

  test('keeps no more series than it may', () => {
    const history = new MetricsHistory({ seriesTotal: 3, seriesPerJob: 2 })
    const wide = new Map([
      ['x', 1],
      ['y', 1],
      ['z', 1],
    ])
    history.add('a', T, wide)
    expect(Object.keys(history.read('a', '5m').values)).toEqual(['x', 'y'])
    history.add('b', T + 60_000, wide)
    expect(Object.keys(history.read('b', '5m').values)).toEqual(['x', 'y'])
    expect(history.read('a', '5m').values).toEqual({})
  })
})
