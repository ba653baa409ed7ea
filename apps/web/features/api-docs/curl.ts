import type { OpenApiParameter, Schema } from './openapi-types.ts'
import type { Operation } from './operations.ts'

type Resolve = (name: string) => Schema | undefined

/** Deeper parts of an example would only be noise. */
const DEPTH_MAX = 4

/** A request as a line for the terminal, with made-up values where it takes some. `base` has no slash at its end. */
export function curlOf(operation: Operation, base: string, resolve: Resolve): string {
  const parts = [
    `curl${operation.method === 'GET' ? '' : ` -X ${operation.method}`} ${quoted(base + pathOf(operation))}`,
  ]
  if (!operation.isPublic) parts.push('-H "Authorization: Bearer $WEIR_TOKEN"')
  if (operation.body !== null) parts.push(...bodyOf(operation.body, resolve))
  return parts.join(' \\\n  ')
}

function pathOf({ path, parameters }: Operation): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => placeholder(name))
  const query = parameters
    .filter(parameter => parameter.in === 'query' && parameter.required === true)
    .map(parameter => `${parameter.name}=${encodeURIComponent(String(queryValue(parameter)))}`)
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

function placeholder(name: string): string {
  return name === 'id' ? 'ID' : name.toUpperCase()
}

function queryValue({ name, schema }: OpenApiParameter): unknown {
  return (
    schema?.default ?? schema?.enum?.[0] ?? (schema?.type === 'integer' ? (schema.minimum ?? 0) : name.toUpperCase())
  )
}

function bodyOf(body: NonNullable<Operation['body']>, resolve: Resolve): string[] {
  const form = body.content['multipart/form-data']
  if (form?.schema !== undefined) {
    const { properties = {}, required = [] } = form.schema
    return Object.entries(properties)
      .filter(([name]) => required.includes(name))
      .map(([name, field]) => (field.format === 'binary' ? `-F ${name}=@job.ts` : `-F ${name}=…`))
  }
  const json = body.content['application/json']
  if (json?.schema !== undefined) {
    const example = exampleOf(json.schema, resolve, 0)
    if (example === null) return []
    return [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(example))}`]
  }
  return [`--data-binary @file`]
}

/** A value that fits a schema: its required fields, or all of them where none is required. */
export function exampleOf(schema: Schema, resolve: Resolve, depth = 0): unknown {
  if (depth > DEPTH_MAX) return null
  if (schema.$ref !== undefined) {
    const target = resolve(schema.$ref.split('/').at(-1) ?? '')
    return target === undefined ? {} : exampleOf(target, resolve, depth + 1)
  }
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  if (schema.enum !== undefined) return schema.enum[0]
  const option = (schema.anyOf ?? schema.oneOf ?? []).find(({ type }) => type !== 'null')
  if (option !== undefined) return exampleOf(option, resolve, depth)
  const type = Array.isArray(schema.type) ? schema.type.find(name => name !== 'null') : schema.type
  switch (type) {
    case 'object': {
      const { properties = {}, required = [] } = schema
      const names = required.length > 0 ? required : Object.keys(properties)
      return Object.fromEntries(names.map(name => [name, exampleOf(properties[name] ?? {}, resolve, depth + 1)]))
    }
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items, resolve, depth + 1)]
    case 'integer':
    case 'number':
      return schema.minimum !== undefined && schema.minimum > 0 ? schema.minimum : 0
    case 'boolean':
      return false
    case 'string':
      return schema.format === 'date-time' ? '2026-01-01T00:00:00.000Z' : '…'
    default:
      return null
  }
}

/** In single quotes, as a shell reads them back. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
