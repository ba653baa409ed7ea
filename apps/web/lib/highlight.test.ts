import fc from 'fast-check'
import { expect, test } from 'vitest'
import { highlight } from './highlight.ts'

function joined(source: string): string {
  return highlight(source)
    .map(line => line.map(({ text }) => text).join(''))
    .join('\n')
}

test('the pieces joined are the source', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('\n', '//', '/*', '*/', "'", '"', '`', '\\', 'const ', 'map(', '10_000', ' => '),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
      const source = pieces.join('')
      expect(joined(source)).toBe(source)
    }),
  )
})

test('words get their kind', () => {
  const kinds = highlight("const env = new Env('x', 1_000) // start")
    .flat()
    .filter(({ kind }) => kind !== 'plain')
  expect(kinds).toEqual([
    { kind: 'keyword', text: 'const' },
    { kind: 'keyword', text: 'new' },
    { kind: 'type', text: 'Env' },
    { kind: 'string', text: "'x'" },
    { kind: 'number', text: '1_000' },
    { kind: 'comment', text: '// start' },
  ])
})

test('a comment over several lines colours each of them', () => {
  expect(highlight('/* a\nb */ c').map(line => line[0])).toEqual([
    { kind: 'comment', text: '/* a' },
    { kind: 'comment', text: 'b */' },
  ])
})

test('what is called is told from what is not', () => {
  expect(highlight('stream.map(x)')[0]).toEqual([
    { kind: 'plain', text: 'stream' },
    { kind: 'plain', text: '.' },
    { kind: 'call', text: 'map' },
    { kind: 'plain', text: '(' },
    { kind: 'plain', text: 'x' },
    { kind: 'plain', text: ')' },
  ])
})
