import { WeirError } from '@weir/engine/base/errors'
import { expect, test } from 'vitest'
import { databaseError, isFatal } from './database-error.ts'

const database = { name: 'PostgreSQL at db:5432', remedy: 'Start it.' }

test('a refused connection to several addresses says so once, with the database and what to do', () => {
  const refused = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  const error = databaseError(new AggregateError([refused(), refused()], ''), database)
  expect(error).toMatchObject({
    code: 'DATABASE',
    message: 'metadata database, PostgreSQL at db:5432: connect ECONNREFUSED 127.0.0.1:5432. Start it.',
  })
})

test("of Prisma's many lines the last tells what happened", () => {
  const thrown = new Error('\nInvalid `prisma.job.create()` invocation:\n\n\nServer has closed the connection.')
  expect(databaseError(thrown, database).message).toContain(': Server has closed the connection. Start it.')
})

test.each([
  ['P2002', 'CONFLICT'],
  ['P2003', 'NOT_FOUND'],
  ['P2025', 'NOT_FOUND'],
  ['P2028', 'DATABASE'],
])("Prisma's %s is %s", (prisma, code) => {
  expect(databaseError(Object.assign(new Error('x'), { code: prisma }), database).code).toBe(code)
})

test('a WeirError stays what it is', () => {
  const error = new WeirError('FENCED', 'x')
  expect(databaseError(error, database)).toBe(error)
})

test('a trap of WebAssembly is fatal however deep it is wrapped, an ordinary error is not', () => {
  const trap = Object.assign(new Error('unreachable'), { name: 'RuntimeError' })
  expect(isFatal(databaseError(new Error('x', { cause: trap }), database))).toBe(true)
  expect(isFatal(databaseError(new Error('x'), database))).toBe(false)
  expect(isFatal('x')).toBe(false)
})
