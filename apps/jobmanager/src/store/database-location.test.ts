import { expect, test } from 'vitest'
import { postgresLocation } from './database-location.ts'

test('a location is named by host, port and database, never with its password', () => {
  const location = postgresLocation(
    'postgresql://weir:hunter2@db.internal:6543/meta%20data?schema=weir&sslmode=require',
  )
  expect(location).toMatchObject({
    name: 'PostgreSQL at db.internal:6543, database "meta data"',
    schema: 'weir',
    url: 'postgresql://weir:hunter2@db.internal:6543/meta%20data?sslmode=require',
  })
  expect(`${location.name} ${location.remedy}`).not.toContain('hunter2')
})

test('what is left out has the defaults of PostgreSQL', () => {
  expect(postgresLocation('postgres://ada@localhost').name).toBe('PostgreSQL at localhost:5432, database "ada"')
  expect(postgresLocation('postgres://ada@localhost/?host=/run/pg').name).toBe(
    'PostgreSQL at /run/pg:5432, database "ada"',
  )
})

test.each([
  ['not a URL', 'hunter2@db', 'DATABASE_URL is not a URL'],
  ['another database', 'mysql://weir:hunter2@db/x', 'begins with mysql://'],
  ['a schema that is no name', 'postgres://weir:hunter2@db/x?schema=a";--', 'is not a plain name'],
])('%s is refused without its password', (_, url, message) => {
  expect(() => postgresLocation(url)).toThrow(message)
  expect(() => postgresLocation(url)).not.toThrow('hunter2')
})
