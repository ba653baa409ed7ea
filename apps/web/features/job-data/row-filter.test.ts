import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { columnsOf } from './row-columns.ts'
import {
  type Condition,
  findsText,
  formatCondition,
  formatConditions,
  fulfils,
  parseCondition,
  parseConditions,
} from './row-filter.ts'

const ROWS = [
  { id: 1, country: 'DE', referrer: null, pages: 9 },
  { id: 2, country: 'US', referrer: 'null', pages: 10 },
  { id: 3, country: 'us', pages: 11.5, ok: true },
]

function found(text: string): number[] {
  const condition = parseCondition(text)
  if (condition === null) throw new Error(`${text} is no condition`)
  const { columns } = columnsOf(ROWS)
  return ROWS.filter(row => fulfils(row, condition, columns)).map(({ id }) => id)
}

describe('a condition', () => {
  it.each<[string, number[]]>([
    ['pages > 9', [2, 3]],
    ['pages>=10', [2, 3]],
    ['pages ≥ 10', [2, 3]],
    ['pages < 1e1', [1]],
    ['pages = 10.0', [2]],
    ['pages != 10', [1, 3]],
    ['country = DE', [1]],
    ['country = "DE"', [1]],
    ['country ~ us', [2, 3]],
    ['country > "DE"', [2, 3]],
    ['referrer = null', [1]],
    ['referrer = "null"', [2]],
    ['referrer = missing', [3]],
    ['referrer != missing', [1, 2]],
    ['referrer ~ null', [2]],
    ['ok = true', [3]],
    ['ok = "true"', []],
    ['pages > many', []],
    ['nothing = missing', [1, 2, 3]],
    ['nothing > 1', []],
  ])('%s', (text, ids) => {
    expect(found(text)).toEqual(ids)
  })

  it.each(['', 'pages', 'pages >', '> 10', 'two words', 'a b = c', 'name = "not closed', '"name = 1'])(
    '%j is a search',
    text => {
      expect(parseCondition(text)).toBeNull()
    },
  )

  it('takes a column of any name in quotes', () => {
    expect(parseCondition('"a \\"b\\" > c" = x y')).toEqual({
      column: 'a "b" > c',
      operator: '=',
      value: 'x y',
      isQuoted: false,
    })
  })

  it('of a row that is no object is about its value', () => {
    const { columns } = columnsOf([5, 50])
    expect(fulfils(50, parseCondition('value > 10')!, columns)).toBe(true)
    expect(fulfils(5, parseCondition('value > 10')!, columns)).toBe(false)
  })
})

const condition: fc.Arbitrary<Condition> = fc.record({
  column: fc.string({ minLength: 1 }),
  operator: fc.constantFrom('=', '!=', '>', '>=', '<', '<=', '~'),
  value: fc.string(),
  isQuoted: fc.constant(true),
})

test('conditions read back from the address as they were written', () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 4 }), conditions => {
      expect(parseConditions(formatConditions(conditions) ?? '')).toEqual(conditions)
    }),
  )
})

test('whatever is typed, what is read as a condition is written as the same one', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('=', '≥', '<', '~', '!='), fc.string(), (left, sign, right) => {
      const read = parseCondition(`${left}${sign}${right}`)
      if (read !== null) expect(parseCondition(formatCondition(read))).toEqual(read)
    }),
  )
})

test('each row either fulfils a condition or its opposite', () => {
  fc.assert(
    fc.property(fc.jsonValue(), condition, fc.boolean(), (row, { column, value }, isQuoted) => {
      const { columns } = columnsOf([row])
      const is = fulfils(row, { column, operator: '=', value, isQuoted }, columns)
      const isNot = fulfils(row, { column, operator: '!=', value, isQuoted }, columns)
      expect(is).toBe(!isNot)
    }),
  )
})

test('a search finds values in any case and at any depth, and no names of fields', () => {
  const row = { Name: 'Anna', tags: [{ city: 'Köln' }], age: 42, none: null }
  expect(['anna', 'KÖLN', '42', 'null'].map(text => findsText(row, text))).toEqual([true, true, true, true])
  expect(['name', 'city', 'x'].map(text => findsText(row, text))).toEqual([false, false, false])
  expect(findsText('plain', 'LAI')).toBe(true)
})
