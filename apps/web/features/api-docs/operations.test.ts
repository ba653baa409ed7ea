import { describe, expect, it } from 'vitest'
import { curlOf, exampleOf } from './curl.ts'
import type { OpenApiDocument, Schema } from './openapi-types.ts'
import { groupsOf, searchGroups } from './operations.ts'
import { boundsOf, schemaRows, typeOf } from './schema-rows.ts'

const DOCUMENT: OpenApiDocument = {
  info: { title: 'T', version: '1' },
  tags: [{ name: 'jobs', description: 'Jobs' }, { name: 'unused' }],
  paths: {
    '/jobs/{id}': {
      get: {
        summary: 'A job',
        description: 'More about `it`.\n\nNeeds the permission `jobs:read`.',
        tags: ['jobs'],
        security: [{ token: [] }],
        parameters: [
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 200 } },
          { name: 'since', in: 'query', required: true, schema: { type: 'string' } },
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        ],
        responses: { '200': { description: 'Default Response' }, '4XX': { description: 'wrong' } },
      },
      delete: { summary: 'Remove', tags: ['jobs'], security: [{ token: [] }] },
    },
    '/health': { get: { summary: 'Alive', description: 'Public.', tags: ['service'], security: [] } },
  },
}
const none = (): undefined => undefined

describe('the requests of a document', () => {
  const groups = groupsOf(DOCUMENT)

  it('stand by tag, without tags that nothing has', () => {
    expect(groups.map(({ name }) => name)).toEqual(['jobs', 'service'])
    expect(groups[0]!.operations.map(({ id }) => id)).toEqual(['get /jobs/{id}', 'delete /jobs/{id}'])
  })

  it('have their right apart from their description', () => {
    const [job] = groups[0]!.operations
    expect(job).toMatchObject({ description: 'More about `it`.', permission: 'jobs:read', isPublic: false })
    expect(groups[1]!.operations[0]).toMatchObject({ description: '', permission: null, isPublic: true })
  })

  it('have the parameters of the path first, required ones before the others', () => {
    expect(groups[0]!.operations[0]!.parameters.map(({ name }) => name)).toEqual(['id', 'since', 'limit'])
  })

  it('say nothing for an answer that nobody described', () => {
    expect(groups[0]!.operations[0]!.answers.map(({ description }) => description)).toEqual(['', 'wrong'])
  })

  it('are found by every word, in any order, in path, method, right and text', () => {
    const ids = (search: string): string[] =>
      searchGroups(groups, search).flatMap(({ operations }) => operations.map(({ id }) => id))
    expect(ids('REMOVE jobs')).toEqual(['delete /jobs/{id}'])
    expect(ids('jobs:read')).toEqual(['get /jobs/{id}'])
    expect(ids('nothing like it')).toEqual([])
    expect(ids('  ')).toHaveLength(3)
  })
})

describe('a body', () => {
  it('is a row for each field, with nested ones after theirs', () => {
    const schema: Schema = {
      type: 'array',
      items: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string', minLength: 1, maxLength: 100, description: 'its name' },
          error: {
            anyOf: [{ type: 'object', properties: { at: { type: 'string', format: 'date-time' } } }, { type: 'null' }],
          },
        },
      },
    }
    expect(schemaRows(schema, none).map(({ key, level, type, required }) => [key, level, type, required])).toEqual([
      ['id', 0, 'string', true],
      ['error', 0, 'object or null', false],
      ['error.at', 1, 'time (ISO 8601)', false],
    ])
    expect(schemaRows(schema, none)[0]!.bounds).toBe('1 to 100 characters')
  })

  it('that holds itself is shown once', () => {
    const node: Schema = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/c/Node' } } } }
    const rows = schemaRows({ $ref: '#/c/Node' }, name => (name === 'Node' ? node : undefined))
    expect(rows.map(({ key }) => key)).toEqual(['children'])
    expect(rows[0]!.type).toBe('array of Node')
  })

  it('does not show bounds that are only the end of all numbers', () => {
    expect(boundsOf({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toBe('at least 0')
    expect(boundsOf({ type: 'integer', minimum: -Number.MAX_SAFE_INTEGER, default: 5 })).toBe('default 5')
  })

  it('names its types in words', () => {
    expect(typeOf({ enum: ['a', 'b'] })).toBe('"a" | "b"')
    expect(typeOf({ type: ['string', 'null'] })).toBe('string or null')
    expect(typeOf({})).toBe('any JSON')
  })
})

describe('the line for a terminal', () => {
  const [job, removal] = groupsOf(DOCUMENT)[0]!.operations
  const [health] = groupsOf(DOCUMENT)[1]!.operations

  it('has a place for what the path takes, and the query that must be there', () => {
    expect(curlOf(job!, 'http://h:1', none)).toBe(
      `curl 'http://h:1/jobs/ID?since=SINCE' \\\n  -H "Authorization: Bearer $WEIR_TOKEN"`,
    )
  })

  it('names the method, and no token where none is needed', () => {
    expect(curlOf(removal!, 'http://h:1', none)).toContain('curl -X DELETE http://h:1/jobs/ID')
    expect(curlOf(health!, 'http://h:1', none)).toBe('curl http://h:1/health')
  })

  it('brings a body that fits', () => {
    const body = (schema: Schema, type = 'application/json') => ({
      ...health!,
      method: 'POST',
      body: { required: true, content: { [type]: { schema } } },
    })
    const named: Schema = {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', default: "a'b" } },
    }
    expect(curlOf(body(named), 'http://h', none)).toContain(`-d '{"name":"a'\\''b"}'`)
    const file: Schema = { type: 'object', required: ['f'], properties: { f: { type: 'string', format: 'binary' } } }
    expect(curlOf(body(file, 'multipart/form-data'), 'http://h', none)).toContain('-F f=@job.ts')
  })

  it('fills bodies by their schemas', () => {
    expect(
      exampleOf({ anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'integer', minimum: 3 } }] }, none),
    ).toEqual([3])
    expect(exampleOf({ type: 'object', properties: { a: { type: 'boolean' }, b: { enum: ['x'] } } }, none)).toEqual({
      a: false,
      b: 'x',
    })
  })
})
