import type { Distance } from './graph-context.ts'
import type { GraphLayout, PlacedNode } from './layout.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Where the upper left corner of the picture stands in the pane, in px of the screen, and how large it is. */
export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** What floats over the pane counts as its border. */
const BORDER = { top: 48, bottom: 52, side: 16 } as const
const ZOOM_MAX = 1.2
/** The smallest text on a card has 11 px: below this zoom it cannot be read. */
export const READABLE_ZOOM = 1
/** A column so many panes high is shown in part, at a size that can be read; a longer one as a whole. */
const PANES_HIGH_MAX = 2.5

type Picture = Pick<GraphLayout, 'width' | 'height' | 'drawnWidth'>

/** All of the picture, as large as it fits. */
export function wholeView(picture: Picture, pane: Size): View {
  const { width, height } = inside(pane)
  const zoom = Math.min(ZOOM_MAX, width / Math.max(1, picture.width), height / Math.max(1, picture.height))
  const y = BORDER.top + Math.max(0, (height - picture.height * zoom) / 2)
  return { x: leftOf(picture, pane, zoom), y, zoom }
}

/**
 * What a graph is shown as before anybody has chosen a part: all of it, where that can be read; else, if it is a column
 * not too long, its beginning at full size, or the part around `focus`. Whatever is too wide or too long is shown whole.
 */
export function firstView(picture: Picture, pane: Size, focus: PlacedNode | null = null): View {
  const whole = wholeView(picture, pane)
  const { width, height } = inside(pane)
  const isColumn = picture.width <= width && picture.height <= height * PANES_HIGH_MAX
  if (whole.zoom >= READABLE_ZOOM || !isColumn) return whole
  const below = focus === null ? 0 : focus.y + focus.height - height
  return {
    x: leftOf(picture, pane, READABLE_ZOOM),
    y: BORDER.top - Math.max(0, Math.min(below, picture.height - height)),
    zoom: READABLE_ZOOM,
  }
}

/** Cards stand in the middle, unless their labels, which lie to the right, would leave the pane. */
function leftOf(picture: Picture, pane: Size, zoom: number): number {
  const middle = (pane.width - picture.drawnWidth * zoom) / 2
  const rightmost = pane.width - BORDER.side - picture.width * zoom
  return Math.max(Math.min(middle, rightmost), Math.min(BORDER.side, middle))
}

function inside(pane: Size): Size {
  return {
    width: Math.max(1, pane.width - 2 * BORDER.side),
    height: Math.max(1, pane.height - BORDER.top - BORDER.bottom),
  }
}

/** Below these zooms a card has less on it: what is left keeps a size that can be read, by growing. */
const DISTANCES = [READABLE_ZOOM - 0.05, 0.5, 0.36] as const
/** A graph of so few operators keeps their names for longer: to draw them costs little, and blocks alone say nothing. */
const FEW_OPERATORS = 80
const NAMED_FROM = 0.24
const GROWTH_MAX = 2.8
const GROWTH_OF_FEW_MAX = 4

/** How far away a graph is at a zoom: 0 near; see `Distance`. */
export function distanceAt(zoom: number, operators: number): Distance {
  const limits = [DISTANCES[0], DISTANCES[1], operators <= FEW_OPERATORS ? NAMED_FROM : DISTANCES[2]]
  return limits.filter(limit => zoom < limit).length as Distance
}

/** How many times its size what is left on a card has, in steps of a tenth. */
export function growthAt(zoom: number, operators: number): number {
  if (zoom >= DISTANCES[0]) return 1
  return Math.min(operators <= FEW_OPERATORS ? GROWTH_OF_FEW_MAX : GROWTH_MAX, Math.ceil(10 / zoom) / 10)
}
