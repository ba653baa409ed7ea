import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsOf, textOf, valueIn } from './row-columns.ts'
import { toCsv, toNdjson } from './row-export.ts'

/** A reader of RFC 4180 that knows nothing of the writer. */
function readCsv(text: string): string[][] {
  const lines: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text)
    if (match === null) throw new Error('not RFC 4180')
    lines.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!)
    if (match[3] === '\r\n') lines.push([])
  }
  lines.pop()
  return lines
}

const csv = (rows: readonly unknown[]): string => toCsv(columnsOf(rows).columns, rows)

test('a CSV file has a header, and quotes where they are needed', () => {
  expect(
    csv([
      { a: 1, b: 'x, "y"', c: [1] },
      { a: null, b: '', c: 'two\nlines' },
    ]),
  ).toBe('a,b,c\r\n1,"x, ""y""",[1]\r\n,"","two\nlines"\r\n')
})

test('what a spreadsheet would run is made a text, numbers stay numbers', () => {
  const cells = ['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '＝1', '\r=1'].map(text => readCsv(csv([text]))[1]![0])
  for (const cell of cells) expect(cell).toMatch(/^'/)
  expect(csv([{ a: -5, '=b': 'a=b' }])).toBe("a,'=b\r\n-5,a=b\r\n")
})

test('every cell reads back, with the apostrophe alone before formulas', () => {
  const rows = fc.array(fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(rows, each => {
      const { columns } = columnsOf(each)
      const [header, ...lines] = readCsv(toCsv(columns, each))
      expect(header).toHaveLength(columns.length)
      expect(lines).toHaveLength(each.length)
      for (const [at, row] of each.entries()) {
        for (const [place, column] of columns.entries()) {
          const value = valueIn(row, column)
          const written = lines[at]![place]!
          const text = value === null ? '' : textOf(value)
          expect([text, `'${text}`]).toContain(written)
          if (typeof value !== 'number') expect(written).not.toMatch(/^\s*[=+\-@]/)
        }
      }
    }),
  )
})

test('NDJSON reads back as the rows, one a line', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), rows => {
      const lines = toNdjson(rows).split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.map(line => JSON.parse(line) as unknown)).toEqual(rows.map(row => JSON.parse(JSON.stringify(row))))
    }),
  )
})
