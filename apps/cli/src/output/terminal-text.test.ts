import { expect, test } from 'vitest'
import { withVisibleControls } from './terminal-text.ts'

test('a text that would clear the screen, set the title or go back over a line is only shown', () => {
  expect(withVisibleControls('\u001b[2J\u001b]0;title\u0007good\rbad')).toBe(
    '\\u001b[2J\\u001b]0;title\\u0007good\\u000dbad',
  )
  expect(withVisibleControls('\u009b31m\u007f\u0000\b')).toBe('\\u009b31m\\u007f\\u0000\\u0008')
})

test('so is what turns the direction of a text', () => {
  expect(withVisibleControls('user\u202egnp.exe')).toBe('user\\u202egnp.exe')
})

test('line breaks, tabs and all languages stay as they are', () => {
  const text = 'a\tb\nGrüße, 世界, שלום 👩‍🚀'
  expect(withVisibleControls(text)).toBe(text)
})
