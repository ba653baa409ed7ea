import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, parseTokens } from './token-contrast.ts'

const tokens = parseTokens(readFileSync(new URL('./tokens.css', import.meta.url), 'utf8'))
const THEMES = ['light', 'dark'] as const

const GROUNDS = ['--bg', '--surface', '--surface-hover', '--sunken', '--floating', '--canvas']
const TEXTS = ['--text', '--text-2', '--text-3']

/** Which text stands on which ground, beside the plain ones. */
const PAIRS: readonly (readonly [text: string, ground: string])[] = [
  ...TEXTS.flatMap(text => GROUNDS.map(ground => [text, ground] as const)),
  ...['--text', '--text-2'].flatMap(text =>
    ['--pressed', '--quiet-soft', '--ok-soft', '--warn-soft', '--err-soft', '--bp-soft', '--accent-soft'].map(
      ground => [text, ground] as const,
    ),
  ),
  ...['--bg', '--surface', '--surface-hover', '--sunken', '--floating', '--accent-soft'].map(
    ground => ['--accent-text', ground] as const,
  ),
  ['--on-accent', '--accent'],
  ['--on-accent', '--accent-hover'],
  ['--surface', '--err-text'],
  ...['ok', 'warn', 'err'].flatMap(tone =>
    ['--surface', '--surface-hover', '--floating', '--bg', `--${tone}-soft`].map(
      ground => [`--${tone}-text`, ground] as const,
    ),
  ),
  ...['--surface', '--surface-hover', '--bp-soft'].map(ground => ['--bp-text', ground] as const),
  ['--busy-text', '--surface'],
  ['--text', '--busy-soft'],
  ['--skew-text', '--skew-soft'],
  ...['a', 'b', 'c', 'd', 'e'].map(job => ['--text', `--job-${job}`] as const),
  ...['kw', 'str', 'num', 'fn', 'type', 'com'].flatMap(kind =>
    ['--surface', '--code-line'].map(ground => [`--code-${kind}`, ground] as const),
  ),
  ['--text-3', '--quiet-soft'],
]

/** What is no text but must be seen: shapes, outlines of controls, the ring of focus. */
const SHAPES: readonly (readonly [shape: string, ground: string])[] = [
  ...['ok', 'warn', 'err', 'quiet'].map(tone => [`--${tone}-mark`, '--surface'] as const),
  ['--control-line', '--surface'],
  ['--control-line', '--bg'],
  ['--accent', '--surface'],
  ['--accent', '--bg'],
  ['--busy', '--surface'],
  ['--bp', '--surface'],
  ...['a', 'b', 'c', 'd', 'e'].map(job => [`--job-${job}-mark`, '--surface'] as const),
]

describe('the tokens', () => {
  it('have a light and a dark value for every colour', () => {
    expect(tokens.size).toBeGreaterThan(60)
    expect(tokens.get('--text')).toEqual({ light: '#14181c', dark: '#e9edf0' })
  })

  it('computes the contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21)
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  })
})

describe.each(THEMES)('in the %s theme', theme => {
  const colour = (name: string): string => {
    const token = tokens.get(name)
    if (token === undefined) throw new Error(`there is no colour ${name}`)
    return token[theme]
  }

  it.each(PAIRS)('%s reads on %s (4.5 : 1)', (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(SHAPES)('%s is seen on %s (3 : 1)', (shape, ground) => {
    expect(contrast(colour(shape), colour(ground))).toBeGreaterThanOrEqual(3)
  })
})
