import { ERROR_CODES, type ErrorCode } from '@weir/engine/base/errors'
import { statusOf } from '../problem.ts'
import { escapeHtml } from './page.ts'
import { type JsonSchema, schemaText } from './schema-text.ts'

/** The parts of an OpenAPI document that the page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly tags?: readonly { readonly name: string; readonly description?: string }[]
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> }
}

interface Operation {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema?: JsonSchema
  }[]
  readonly requestBody?: { readonly content?: Content }
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>

/** The reference of the API as HTML, made from its OpenAPI document and the table of error codes. */
export function referencePage(document: ApiDocument): string[] {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const sections = (document.tags ?? []).flatMap(tag => [
    `<h2 id="${escapeHtml(tag.name)}">${escapeHtml(tag.description ?? tag.name)}</h2>`,
    ...operations
      .filter(({ operation }) => operation.tags?.includes(tag.name))
      .map(({ path, method, operation }) => operationHtml(method, path, operation)),
  ])
  return [
    `<h1>${escapeHtml(document.info.title)} API <span class="quiet">${escapeHtml(document.info.version)}</span></h1>`,
    paragraphs(document.info.description ?? ''),
    '<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>',
    ...sections,
    '<h2 id="schemas">Schemas</h2>',
    ...Object.entries(document.components?.schemas ?? {}).map(
      ([name, schema]) =>
        `<details id="${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary>${pre(schemaText(schema))}</details>`,
    ),
    ...errorCodes(),
  ]
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    parameter =>
      `<tr><td><code>${escapeHtml(parameter.name)}</code>${parameter.required === true ? '' : ' (optional)'}</td>` +
      `<td>${escapeHtml(parameter.in)}</td><td><code>${escapeHtml(schemaText(parameter.schema ?? {}))}</code></td></tr>`,
  )
  return [
    `<details><summary><code class="method">${method}</code> <code>${escapeHtml(path)}</code>`,
    `<span class="what">${escapeHtml(operation.summary ?? '')}</span></summary>`,
    paragraphs(operation.description ?? ''),
    parameters.length === 0 ? '' : `<h3>Parameters</h3><table>${parameters.join('')}</table>`,
    ...Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) => {
      return `<h3>Body <span class="quiet">${escapeHtml(type)}</span></h3>${pre(schemaText(schema ?? {}))}`
    }),
    ...Object.entries(operation.responses ?? {}).map(([status, response]) => responseHtml(status, response)),
    '</details>',
  ].join('\n')
}

function responseHtml(status: string, response: { readonly description?: string; readonly content?: Content }): string {
  const known = response.description === 'Default Response' ? '' : (response.description ?? '')
  const bodies = Object.entries(response.content ?? {})
    .filter(([, { schema }]) => schema !== undefined && schema.type !== 'null')
    .map(([type, { schema }]) =>
      type === 'application/json'
        ? pre(schemaText(schema ?? {}))
        : `<p class="quiet">${escapeHtml(type)}: <a href="#Problem">Problem</a></p>`,
    )
  return `<h3>${escapeHtml(status)}</h3>${paragraphs(known)}${bodies.join('')}`
}

function errorCodes(): string[] {
  const rows = (Object.keys(ERROR_CODES) as ErrorCode[]).map(code => {
    const { sentence, retry } = ERROR_CODES[code]
    return (
      `<tr id="${code}"><td><code>${code}</code></td><td>${statusOf(code)}</td><td>${escapeHtml(sentence)}</td>` +
      `<td>${retry === 'later' ? 'may work later' : 'no use in repeating'}</td></tr>`
    )
  })
  return [
    '<h2 id="errors">Error codes</h2>',
    '<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Again?</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table>',
  ]
}

/** Plain text with `code` in backticks, paragraphs by blank lines. */
function paragraphs(text: string): string {
  return text
    .split('\n\n')
    .filter(paragraph => paragraph.trim() !== '')
    .map(paragraph => `<p>${escapeHtml(paragraph).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`)
    .join('\n')
}

function pre(text: string): string {
  return `<pre><code>${escapeHtml(text)}</code></pre>`
}
