import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COLUMNS_MAX, columnsOf, compareValues, inShownOrder, textOf, valueIn } from './row-columns.ts'

const summary = (rows: readonly unknown[]) =>
  columnsOf(rows).columns.map(({ name, type, isOptional }) => `${name}: ${type}${isOptional ? '?' : ''}`)

test('the fields of objects are columns in the order in which they come', () => {
  expect(
    summary([
      { user: 'a', pages: 1 },
      { user: 'b', pages: 2, ok: true },
    ]),
  ).toEqual(['user: string', 'pages: number', 'ok: boolean?'])
})

test('null makes a column optional and does not change its type', () => {
  expect(summary([{ a: null }, { a: 'x' }])).toEqual(['a: string?'])
  expect(summary([{ a: null }])).toEqual(['a: null'])
})

test('different kinds of value are mixed, nested ones are told apart', () => {
  expect(
    summary([
      { a: 1, b: [1], c: {} },
      { a: '1', b: [], c: { d: 1 } },
    ]),
  ).toEqual(['a: mixed', 'b: array', 'c: object'])
})

test('rows that are no objects stand in one column, also beside objects that have a field of its name', () => {
  expect(summary([1, 2])).toEqual(['value: number'])
  const { columns } = columnsOf([7, { value: 'x' }])
  expect(columns.map(({ id }) => id)).toEqual(['value', '.value'])
  expect(columns.map(column => valueIn(7, column))).toEqual([7, undefined])
  expect(columns.map(column => valueIn({ value: 'x' }, column))).toEqual([undefined, 'x'])
})

test('no rows have no columns, an object without fields has a cell', () => {
  expect(summary([])).toEqual([])
  expect(summary([{}])).toEqual(['value: object'])
})

test('names from the data cannot make more columns than a page can hold', () => {
  const row = Object.fromEntries(Array.from({ length: COLUMNS_MAX + 5 }, (_, index) => [`k${index}`, index]))
  expect(columnsOf([row])).toMatchObject({ leftOut: 5, columns: { length: COLUMNS_MAX } })
})

test('what is inherited is not a field', () => {
  expect(valueIn({}, { name: 'toString', isField: true })).toBeUndefined()
})

test('every value of every row stands in some column', () => {
  const row = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'value'), fc.jsonValue()))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), rows => {
      const { columns, leftOut } = columnsOf(rows)
      for (const each of rows) {
        const cells = columns.filter(column => valueIn(each, column) !== undefined).length
        const isObject = typeof each === 'object' && each !== null && !Array.isArray(each)
        if (leftOut === 0) expect(cells).toBe(isObject ? Math.max(1, Object.keys(each).length) : 1)
      }
      expect(new Set(columns.map(({ id }) => id)).size).toBe(columns.length)
    }),
  )
})

test('texts stand as they are, the rest as JSON', () => {
  expect(['null', null, undefined, 1.5, true, [1, { a: 2 }]].map(textOf)).toEqual([
    'null',
    'null',
    '',
    '1.5',
    'true',
    '[1,{"a":2}]',
  ])
})

test('values sort by number, then by text, and what is not there comes last both ways', () => {
  const values = ['b', 10, null, 9, 'a', undefined]
  expect([...values].sort((a, b) => compareValues(a, b, false))).toEqual([9, 10, 'a', 'b', null, undefined])
  expect([...values].sort((a, b) => compareValues(a, b, true))).toEqual(['b', 'a', 10, 9, null, undefined])
})

test('columns keep their places while rows come and go, and new ones come behind the one that they follow', () => {
  const ids = (row: object, shown: string[]) => inShownOrder(columnsOf([row]).columns, shown).map(({ name }) => name)
  expect(ids({ a: 1, c: 3, b: 2 }, ['.a', '.b', '.c'])).toEqual(['a', 'b', 'c'])
  expect(ids({ a: 1, x: 0, b: 2 }, ['.b', '.a'])).toEqual(['b', 'a', 'x'])
  expect(ids({ x: 0, y: 0, b: 2 }, ['.a', '.b'])).toEqual(['x', 'y', 'b'])
})

test('the shown order loses and doubles no column', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'))
  fc.assert(
    fc.property(names, names, (now, before) => {
      const { columns } = columnsOf([Object.fromEntries(now.map(name => [name, 1]))])
      const shown = before.map(name => `.${name}`)
      const ordered = inShownOrder(columns, shown).map(({ id }) => id)
      expect([...ordered].sort()).toEqual(columns.map(({ id }) => id).sort())
      expect(ordered.filter(id => shown.includes(id))).toEqual(shown.filter(id => ordered.includes(id)))
    }),
  )
})

test('numbers that are moments by name and size are times, unless one of them cannot be', () => {
  const at = Date.UTC(2026, 10, 22)
  const times = (rows: readonly unknown[]) =>
    columnsOf(rows).columns.flatMap(({ name, isTime }) => (isTime ? name : []))
  expect(times([{ start: at, windowEnd: at + 1, count: at, end: 5 }])).toEqual(['start', 'windowEnd'])
  expect(times([{ start: at }, { start: null }, {}])).toEqual(['start'])
  expect(times([{ start: at }, { start: 0 }])).toEqual([])
  expect(times([{ start: at }, { start: 'later' }])).toEqual([])
  expect(times([at])).toEqual([])
})
