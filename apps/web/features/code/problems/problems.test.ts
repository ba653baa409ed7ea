import type { SourceProblem } from '@weir/proto/web/drafts'
import { expect, test } from 'vitest'
import {
  countsOf,
  firstError,
  mergeProblems,
  nextProblem,
  operatorProblems,
  subjectOf,
  type TypeScriptProblem,
} from './problems.ts'

const ts = (line: number, message: string, more: Partial<TypeScriptProblem> = {}): TypeScriptProblem => ({
  ...{ severity: 'error', message, code: 2339, line, column: 3, endLine: line, endColumn: 9 },
  ...more,
})
const jm = (line: number | null, message: string, more: Partial<SourceProblem> = {}): SourceProblem => ({
  ...{ severity: 'error', message, line, column: line === null ? null : 5, operator: null },
  ...more,
})
const messages = (...lists: Parameters<typeof mergeProblems>) => mergeProblems(...lists).map(({ message }) => message)

test('both lists are one, from top to bottom, with problems of the whole first', () => {
  expect(messages([ts(9, 'c'), ts(2, 'a')], [jm(5, 'b'), jm(null, 'whole')])).toEqual(['whole', 'a', 'b', 'c'])
})

test('on one place errors stand before warnings', () => {
  const list = [jm(5, 'warning', { severity: 'warning' }), jm(5, 'error'), jm(5, 'info', { severity: 'info' })]
  expect(messages([], list)).toEqual(['error', 'warning', 'info'])
})

test('the same sentence on the same line stands once', () => {
  expect(messages([ts(3, 'no such import')], [jm(3, 'no such import'), jm(4, 'no such import')])).toEqual([
    'no such import',
    'no such import',
  ])
})

test('a syntax error is told by TypeScript alone, a type error does not hide what the JobManager says', () => {
  const syntax = ts(3, "';' expected.", { code: 1005 })
  expect(messages([syntax], [jm(3, 'Expected ";"'), jm(4, 'another')])).toEqual(["';' expected.", 'another'])
  expect(messages([ts(3, 'wrong type')], [jm(3, 'no sink')])).toEqual(['wrong type', 'no sink'])
})

test('a name that is not there is told once', () => {
  const missing = ts(3, "Cannot find name 'x'.", { code: 2304 })
  expect(messages([missing], [jm(3, "ReferenceError: 'x' is not defined"), jm(4, "'y' is not defined")])).toEqual([
    "Cannot find name 'x'.",
    "'y' is not defined",
  ])
})

test('a refused import is told in the words of the JobManager; until they are there, in those of TypeScript', () => {
  const missing = ts(1, "Cannot find module 'node:fs'.", { code: 2307 })
  expect(messages([missing], [])).toEqual(["Cannot find module 'node:fs'."])
  expect(messages([missing], [jm(1, '"node:fs" is a module of Node; use fileSource()')])).toEqual([
    '"node:fs" is a module of Node; use fileSource()',
  ])
  expect(messages([missing], [jm(2, 'something else')])).toHaveLength(2)
})

test('an operator that is used in a wrong way is told once, in the words that say what to do', () => {
  const misuse = jm(4, 'Operator "window": window() works on a keyed stream; put .keyBy(record => …) before it', {
    column: 3,
  })
  const missing = ts(4, "Property 'window' does not exist on type 'OperatorStream<Click>'.")
  const unfit = ts(4, "Argument of type 'P' is not assignable to parameter …", { code: 2345, column: 11 })
  expect(messages([missing, unfit], [misuse])).toEqual([misuse.message])
  expect(messages([missing], [])).toEqual([missing.message])
  const before = ts(4, "Property 'pagee' does not exist", { column: 1 })
  const unrelated = ts(4, "Type 'string' is not assignable to type 'number'.", { code: 2322, column: 20 })
  expect(messages([before, unrelated], [misuse])).toEqual([before.message, misuse.message, unrelated.message])
})

test('a method that is not there is told by TypeScript alone, without what follows from it', () => {
  const missing = ts(4, "Property 'map' does not exist on type 'SinkOperator'.", { column: 26 })
  const thrown = jm(4, 'TypeError: map is not a function; correct the file there and give it again', { column: 26 })
  const implicit = ts(4, "Parameter 'x' implicitly has an 'any' type.", { code: 7006, column: 30 })
  expect(messages([missing, implicit], [thrown])).toEqual([missing.message])
  expect(messages([implicit], [])).toEqual([implicit.message])
  expect(messages([], [thrown])).toEqual([thrown.message])
})

test("a problem is put under its operator's name, unless it says that itself", () => {
  const [problem] = mergeProblems([], [jm(4, 'nobody takes the records of operator "map"', { operator: 'map-1' })])
  expect(subjectOf(problem!, 'map')).toBe('')
  expect(subjectOf(problem!, 'total')).toBe('total: ')
  expect(subjectOf(problem!, undefined)).toBe('')
})

test('a warning of the JobManager is kept on a line with a syntax error', () => {
  const syntax = ts(3, 'expected', { code: 1005 })
  expect(messages([syntax], [jm(3, 'slow', { severity: 'warning' })])).toEqual(['expected', 'slow'])
})

test('errors, warnings and notes are counted each', () => {
  const all = mergeProblems(
    [ts(1, 'a'), ts(2, 'b', { severity: 'warning' })],
    [jm(3, 'c'), jm(4, 'd', { severity: 'info' })],
  )
  expect(countsOf(all)).toEqual({ errors: 2, warnings: 1, notes: 1 })
})

test('the first error is the topmost one that has a place', () => {
  const all = mergeProblems([ts(9, 'later')], [jm(null, 'whole'), jm(2, 'warn', { severity: 'warning' })])
  expect(firstError(all)?.message).toBe('later')
  expect(firstError(mergeProblems([], [jm(null, 'whole')]))?.message).toBe('whole')
  expect(firstError(mergeProblems([], [jm(2, 'warn', { severity: 'warning' })]))).toBeUndefined()
})

test('the next problem comes after the caret, and after the last the first again', () => {
  const all = mergeProblems([ts(2, 'a'), ts(9, 'b')], [jm(null, 'whole')])
  expect(nextProblem(all, 1, 1)?.message).toBe('a')
  expect(nextProblem(all, 2, 3)?.message).toBe('b')
  expect(nextProblem(all, 9, 3)?.message).toBe('a')
  expect(nextProblem(all, 9, 3, -1)?.message).toBe('a')
  expect(nextProblem(all, 2, 3, -1)?.message).toBe('b')
  expect(nextProblem(mergeProblems([], [jm(null, 'whole')]), 1, 1)).toBeUndefined()
})

const CURRENT = { operatorAt: () => 'map', isOfGraph: true, isOfText: true }

test('while the graph is of an older text, a name that the JobManager gives is not taken for one of its cards', () => {
  const all = mergeProblems([], [jm(8, 'named', { operator: 'map-2' }), jm(null, 'no place', { operator: 'map-3' })])
  const cards = (facts: Partial<typeof CURRENT>) =>
    operatorProblems(all, { ...CURRENT, ...facts }).map(({ operator }) => operator)
  expect(cards({})).toEqual(['map-3', 'map-2'])
  expect(cards({ isOfGraph: false })).toEqual(['map'])
})

test('while the answer is of an older text, its lines are not looked up in the new one; those of TypeScript are', () => {
  const all = mergeProblems([ts(3, 'types')], [jm(8, 'older')])
  const found = operatorProblems(all, { ...CURRENT, isOfGraph: false, isOfText: false })
  expect(found.map(({ message }) => message)).toEqual(['types'])
})

test('a type error stands on the operator in whose text it is; hints and errors elsewhere on none', () => {
  const all = mergeProblems(
    [ts(5, 'inside'), ts(6, 'a warning', { severity: 'warning' }), ts(50, 'elsewhere')],
    [jm(8, 'named', { operator: 'sink', severity: 'warning' })],
  )
  const found = operatorProblems(all, { ...CURRENT, operatorAt: line => (line < 10 ? 'map' : null) })
  expect(found.map(({ operator, message }) => [operator, message])).toEqual([
    ['map', 'inside'],
    ['sink', 'named'],
  ])
})
