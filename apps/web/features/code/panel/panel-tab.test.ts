import { expect, test } from 'vitest'
import { choiceOf, panelOf } from './panel-tab.ts'

test('without a choice the panel opens for problems and takes no room without any', () => {
  expect(panelOf(null, false)).toBe('none')
  expect(panelOf(null, true)).toBe('problems')
  expect(panelOf('nonsense', true)).toBe('problems')
})

test('what somebody has chosen stays, whatever problems come and go', () => {
  for (const hasProblems of [true, false]) {
    expect(panelOf('none', hasProblems)).toBe('none')
    expect(panelOf('samples', hasProblems)).toBe('samples')
    expect(panelOf('problems', hasProblems)).toBe('problems')
  }
})

test('a choice of what the panel shows anyway is none, so that it goes on opening and closing by itself', () => {
  expect(choiceOf('problems', true)).toBeNull()
  expect(choiceOf('none', false)).toBeNull()
  expect(choiceOf('none', true)).toBe('none')
  expect(choiceOf('problems', false)).toBe('problems')
  expect(choiceOf('output', true)).toBe('output')
})
