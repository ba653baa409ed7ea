/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly format?: string
  readonly default?: unknown
}

/** A schema in the notation of TypeScript, which people read faster than JSON Schema. */
export function schemaText(schema: JsonSchema, indent = ''): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? 'unknown'
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return choices.map(choice => schemaText(choice, indent)).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.join(' | ')
  if (schema.type === 'array') return arrayText(schema.items ?? {}, indent)
  if (schema.type === 'object') return objectText(schema, indent)
  if (schema.format === 'date-time') return 'string (ISO 8601)'
  if (schema.format === 'binary') return 'file'
  return typeof schema.type === 'string' ? schema.type : 'unknown'
}

function arrayText(items: JsonSchema, indent: string): string {
  const text = schemaText(items, indent)
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})[]` : `${text}[]`
}

function objectText(schema: JsonSchema, indent: string): string {
  const deeper = `${indent}  `
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const mark = schema.required?.includes(name) ? '' : '?'
    const notes = [
      property.description,
      property.default === undefined ? undefined : `default ${JSON.stringify(property.default)}`,
    ].filter(note => note !== undefined)
    const comment = notes.length === 0 ? '' : `  // ${notes.join('; ')}`
    const text = schemaText(property, deeper)
    // A comment after a long text would be out of sight: it goes before.
    return text.includes('\n') && comment !== ''
      ? `${deeper}${comment.trim()}\n${deeper}${name}${mark}: ${text}`
      : `${deeper}${name}${mark}: ${text}${comment}`
  })
  const others = schema.additionalProperties
  if (typeof others === 'object' && Object.keys(others).length > 0) {
    lines.push(`${deeper}[name]: ${schemaText(others, deeper)}`)
  }
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}
