import { describe, expect, test } from 'vitest'
import { distanceAt, firstView, growthAt, READABLE_ZOOM, wholeView } from './fit.ts'

const column = (height: number) => ({ width: 360, drawnWidth: 240, height })
const PANE = { width: 460, height: 500 }

describe('the first view of a graph', () => {
  test('a small graph is shown whole, a little enlarged, in the middle of its pane', () => {
    const view = firstView(column(200), { width: 1000, height: 600 })
    expect(view.zoom).toBe(1.2)
    expect(view.x).toBe((1000 - 240 * 1.2) / 2)
  })

  test('a column that is higher than its pane begins at the top in a size that can be read', () => {
    const view = firstView(column(700), PANE)
    expect(view.zoom).toBe(READABLE_ZOOM)
    expect(view.y).toBeGreaterThan(0)
  })

  test('labels at the right stay in the pane, though the cards then stand left of its middle', () => {
    const { x, zoom } = firstView(column(300), PANE)
    expect(x + 360 * zoom).toBeLessThanOrEqual(PANE.width)
    expect(x).toBeLessThan((PANE.width - 240 * zoom) / 2)
  })

  test('the selected card is in sight also at the end of a long column', () => {
    const last = { x: 0, y: 628, width: 240, height: 72 }
    const { y, zoom } = firstView(column(700), PANE, last)
    expect(y + last.y * zoom).toBeGreaterThan(0)
    expect(y + (last.y + last.height) * zoom).toBeLessThanOrEqual(PANE.height)
  })

  test('a card that is in sight anyway does not move the view', () => {
    expect(firstView(column(700), PANE, { x: 0, y: 0, width: 240, height: 72 })).toEqual(firstView(column(700), PANE))
  })

  test('a graph that is too wide, or many panes long, is shown whole', () => {
    const wide = { width: 2000, drawnWidth: 1900, height: 400 }
    expect(firstView(wide, PANE)).toEqual(wholeView(wide, PANE))
    expect(firstView(column(5_000), PANE)).toEqual(wholeView(column(5_000), PANE))
  })
})

describe('the whole graph', () => {
  test.each([column(100), column(700), column(9_000), { width: 3000, drawnWidth: 2800, height: 500 }])(
    'is in the pane with all that it has: %j',
    picture => {
      const { x, y, zoom } = wholeView(picture, PANE)
      expect(x).toBeGreaterThanOrEqual(0)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(x + picture.width * zoom).toBeLessThanOrEqual(PANE.width)
      expect(y + picture.height * zoom).toBeLessThanOrEqual(PANE.height)
    },
  )

  test('of nothing in no room is still a view', () => {
    const { x, y, zoom } = wholeView({ width: 0, drawnWidth: 0, height: 0 }, { width: 0, height: 0 })
    expect([x, y, zoom].every(Number.isFinite)).toBe(true)
    expect(zoom).toBeGreaterThan(0)
  })
})

describe('from far away', () => {
  test('few operators keep their names, in a size that can be read; of many the blocks are left', () => {
    expect([1, 0.9, 0.49, 0.31, 0.2].map(zoom => distanceAt(zoom, 13))).toEqual([0, 1, 2, 2, 3])
    expect([1, 0.9, 0.49, 0.31, 0.2].map(zoom => distanceAt(zoom, 500))).toEqual([0, 1, 2, 3, 3])
    for (const zoom of [0.9, 0.6, 0.31, 0.25]) expect(growthAt(zoom, 13) * 10 * zoom).toBeGreaterThanOrEqual(9.9)
    expect(growthAt(1, 13)).toBe(1)
    expect(growthAt(0.1, 500)).toBe(2.8)
  })
})
