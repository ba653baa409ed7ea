import type { Schema } from './openapi-types.ts'

/** One field of a body, as a row of a table; nested fields follow theirs with one more level. */
export interface SchemaRow {
  /** The path to the field, unique in its table: `vertices[].subtasks[].index`. */
  readonly key: string
  readonly name: string
  readonly level: number
  /** In words: `string`, `integer or null`, `array of object`, `"a" | "b"`. */
  readonly type: string
  readonly required: boolean
  /** Bounds and default: `1 to 200 characters`, `default 200`. */
  readonly bounds: string
  readonly description: string
}

type Resolve = (name: string) => Schema | undefined

/** Deeper fields are left to the schema that they name. */
const LEVELS_MAX = 5

/** The fields of a body, from the outside in. Empty for one that has none (a text, a file, any JSON). */
export function schemaRows(schema: Schema, resolve: Resolve): readonly SchemaRow[] {
  const rows: SchemaRow[] = []
  addFields(schema, '', 0, new Set(), rows, resolve)
  return rows
}

function addFields(
  schema: Schema,
  path: string,
  level: number,
  above: ReadonlySet<string>,
  rows: SchemaRow[],
  resolve: Resolve,
): void {
  if (level > LEVELS_MAX) return
  const { target, seen } = follow(schema, above, resolve)
  if (target === null) return
  const required = new Set(target.required ?? [])
  for (const [name, field] of Object.entries(target.properties ?? {})) {
    const key = path === '' ? name : `${path}.${name}`
    rows.push({
      key,
      name,
      level,
      type: typeOf(field),
      required: required.has(name),
      bounds: boundsOf(field),
      description: descriptionOf(field),
    })
    addFields(field, key, level + 1, seen, rows, resolve)
  }
}

/** The object whose fields a schema shows: itself, what it refers to, the items of an array, the one that is not null. */
function follow(
  schema: Schema,
  above: ReadonlySet<string>,
  resolve: Resolve,
): { readonly target: Schema | null; readonly seen: ReadonlySet<string> } {
  if (schema.$ref !== undefined) {
    const name = refName(schema.$ref)
    const target = resolve(name)
    // A schema that holds itself is shown once.
    if (target === undefined || above.has(name)) return { target: null, seen: above }
    return follow(target, new Set([...above, name]), resolve)
  }
  if (schema.items !== undefined) return follow(schema.items, above, resolve)
  if (schema.properties !== undefined) return { target: schema, seen: above }
  const others = alternatives(schema).filter(option => option.type !== 'null')
  return others.length === 1 ? follow(others[0]!, above, resolve) : { target: null, seen: above }
}

function alternatives(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? []
}

export function refName(ref: string): string {
  return ref.split('/').at(-1) ?? ref
}

/** What a value is, in words. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return refName(schema.$ref)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const options = alternatives(schema)
  if (options.length > 0) return [...new Set(options.map(typeOf))].join(' or ')
  if (schema.items !== undefined) return `array of ${typeOf(schema.items)}`
  if (Array.isArray(schema.type)) return schema.type.join(' or ')
  if (schema.type === 'string' && schema.format === 'date-time') return 'time (ISO 8601)'
  if (schema.type === 'string' && schema.format === 'binary') return 'file'
  if (schema.type === 'object' && schema.properties === undefined) return 'object of any fields'
  return typeof schema.type === 'string' ? schema.type : 'any JSON'
}

function descriptionOf(schema: Schema): string {
  return (
    schema.description ?? alternatives(schema).find(({ description }) => description !== undefined)?.description ?? ''
  )
}

/** Bounds that are there only because a number has to end somewhere say nothing. */
function isMeant(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
}

/** What holds for a value beside its type. */
export function boundsOf(schema: Schema): string {
  const parts: string[] = []
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema
  parts.push(rangeText(minimum, maximum, ''), rangeText(minLength, maxLength, ' characters'))
  parts.push(rangeText(minItems, maxItems, ' items'))
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`)
  return parts.filter(Boolean).join(', ')
}

function rangeText(least: number | undefined, most: number | undefined, unit: string): string {
  const low = isMeant(least) ? least.toLocaleString('en') : null
  const high = isMeant(most) ? most.toLocaleString('en') : null
  if (low !== null && high !== null) return `${low} to ${high}${unit}`
  if (low !== null) return low === '0' && unit !== '' ? '' : `at least ${low}${unit}`
  return high === null ? '' : `at most ${high}${unit}`
}
