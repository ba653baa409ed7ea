import type { EdgeView } from '@weir/proto/web/pipeline'
import { describe, expect, test } from 'vitest'
import { downwardPath } from './edge-path.ts'
import { edgeWords, inputNumbers, keyText } from './edge-text.ts'
import { edgeWidth } from './edge-width.ts'
import { cut, cutToWidth, sansWidth } from './text-width.ts'

const plain: EdgeView = {
  id: 'a->b',
  from: 'a',
  to: 'b',
  partitioner: 'rebalance',
  key: null,
  output: null,
  input: 0,
  chained: false,
}

describe('words on an edge', () => {
  test.each([
    ['click => click.userId', 'userId'],
    ['(click) => click.user.id', 'user.id'],
    ['(click: Click) => click.userId', 'userId'],
    ['click => click.a + click.b', 'a + b'],
    ['word  =>\n word', 'word'],
    ['click => other.userId', 'other.userId'],
    ['click => my.click.id', 'my.click.id'],
    ['$ => $.id', 'id'],
    ['(click) => { return click.userId; }', 'userId'],
    ['({ id }) => id', '({ id }) => id'],
    ['function (click) { return click.id }', 'function (click…'],
  ])('the key selector %j reads %j', (selector, text) => {
    expect(keyText(selector)).toBe(text)
  })

  test('a long selector is cut', () => {
    expect(keyText('record => record.country.toLowerCase() + record.city')).toBe('country.toLower…')
  })

  test('the tag of a side output comes before the partitioner', () => {
    expect(edgeWords({ ...plain, output: 'late' })).toBe('late · rebalance')
  })

  test('chained operators hand over by a call, whatever the partitioner is', () => {
    expect(edgeWords({ ...plain, partitioner: 'forward', chained: true })).toBe('chained')
  })

  test('edges of an operator with two inputs say which one they come into; others do not', () => {
    const edges = [
      { ...plain, id: 'a->j', to: 'j' },
      { ...plain, id: 'b->j', to: 'j', input: 1 },
      { ...plain, id: 'c->j', to: 'j', input: 1 },
      plain,
    ]
    expect([...inputNumbers(edges)]).toEqual([
      ['a->j', 1],
      ['b->j', 2],
      ['c->j', 2],
    ])
  })

  test('cut counts letters, not code units', () => {
    expect(cut('🌊🌊🌊', 3)).toBe('🌊🌊🌊')
    expect(cut('🌊🌊🌊', 2)).toBe('🌊…')
  })
})

describe('a name that is too long for its card', () => {
  test('is cut so that it fits with its ellipsis', () => {
    const text = cutToWidth('total of each product', 150, 21)
    expect(text).toMatch(/^total of .*…$/)
    expect(sansWidth(text, 21)).toBeLessThanOrEqual(150)
  })

  test('stays when it fits, and is never nothing at all', () => {
    expect(cutToWidth('map', 150, 21)).toBe('map')
    expect(cutToWidth('WWWW', 1, 21)).toBe('…')
  })
})

describe('width of an edge', () => {
  test('grows with each factor of ten and stays bounded', () => {
    const widths = [0, 10, 100, 1_000, 10_000, 100_000, 1_000_000].map(edgeWidth)
    for (const [at, width] of widths.entries()) if (at > 0) expect(width).toBeGreaterThan(widths[at - 1]!)
    expect(edgeWidth(Number.MAX_VALUE)).toBeLessThanOrEqual(9)
  })

  test('unknown, zero and nonsense are as thin as it gets', () => {
    expect(edgeWidth(null)).toBe(edgeWidth(0))
    expect(edgeWidth(Number.NaN)).toBe(edgeWidth(0))
  })
})

describe('the line of an edge', () => {
  test('leaves and arrives vertically', () => {
    expect(
      downwardPath([
        { x: 10, y: 0 },
        { x: 100, y: 60 },
      ]),
    ).toBe('M10,0 C10,20 100,40 100,60')
  })

  test('does not swing out at a turning point', () => {
    const path = downwardPath([
      { x: 0, y: 0 },
      { x: 50, y: 30 },
      { x: 0, y: 60 },
    ])
    expect(path).toBe('M0,0 C0,10 50,20 50,30 C50,40 0,50 0,60')
  })

  test('of nothing is nothing', () => {
    expect(downwardPath([])).toBe('')
  })
})
