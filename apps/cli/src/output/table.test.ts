import { describe, expect, it } from 'vitest'
import { table } from './table.ts'

describe('a table', () => {
  it('is as wide as its widest cells, with numbers to the right and no blanks at the ends', () => {
    expect(
      table(
        [{ title: 'NAME' }, { title: 'N', align: 'right' }, { title: 'X' }],
        [
          ['a', '1', ''],
          ['long name', '100', 'y'],
        ],
      ),
    ).toEqual(['NAME         N  X', 'a            1', 'long name  100  y'])
  })

  it('does not count colours', () => {
    const [, first] = table(
      [{ title: 'S' }, { title: 'T' }],
      [
        ['\u001b[32mok\u001b[39m', 'x'],
        ['long', 'y'],
      ],
    )
    expect(first).toBe('\u001b[32mok\u001b[39m    x')
  })

  it('keeps each row on a line', () => {
    expect(table([{ title: 'S' }], [['two\n  lines']])).toEqual(['S', 'two lines'])
  })
})
