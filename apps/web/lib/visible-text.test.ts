import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleText } from './visible-text.ts'

test('control characters are shown by their codes, tabs and line feeds stay', () => {
  expect(visibleText('a\u001b[31mred\u0007\r\n\tb\u007f')).toBe('a\\x1b[31mred\\x07\\r\n\tb\\x7f')
})

test('what turns or hides text is named', () => {
  expect(visibleText('user\u202egnp.exe\u200b\ufeff\u0085')).toBe('user\\u{202e}gnp.exe\\u{200b}\\u{feff}\\x85')
})

test('half of a surrogate pair is shown as one that is missing, a whole one stays', () => {
  expect(visibleText('\ud83d 😀')).toBe('\ufffd 😀')
})

const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)) })

test('any text becomes one that hides nothing, and is then left as it is', () => {
  fc.assert(
    fc.property(anyText, text => {
      const shown = visibleText(text)
      expect(shown).toMatch(/^(?:[\t\n]|[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069])*$/u)
      expect(visibleText(shown)).toBe(shown)
    }),
  )
})

test('plain text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      expect(visibleText(text)).toBe(text)
    }),
  )
})
