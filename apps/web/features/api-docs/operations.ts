import type { Content, OpenApiDocument, OpenApiParameter } from './openapi-types.ts'

/** One request that can be made, with all that is said about it. */
export interface Operation {
  /** Stable, for the address: `post /jobs/submit`. */
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  /** Nobody needs to be logged in. */
  readonly isPublic: boolean
  /** The right that it takes, where the description names one. */
  readonly permission: string | null
  readonly parameters: readonly OpenApiParameter[]
  readonly body: { readonly required: boolean; readonly content: Content } | null
  readonly answers: readonly Answer[]
}

export interface Answer {
  /** `200`, `4XX`. */
  readonly status: string
  readonly description: string
  readonly content: Content
}

export interface OperationGroup {
  readonly name: string
  readonly description: string
  readonly operations: readonly Operation[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
/** What the framework writes where nobody has said anything. */
const NO_DESCRIPTION = 'Default Response'
const WHERE_ORDER = ['path', 'query', 'header', 'cookie']

/** The operations of a document by tag, in the document's order. */
export function groupsOf(document: OpenApiDocument): readonly OperationGroup[] {
  const byTag = new Map<string, Operation[]>()
  for (const { name } of document.tags ?? []) byTag.set(name, [])
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const source = methods[method]
      if (source === undefined) continue
      const tag = source.tags?.[0] ?? 'other'
      const list = byTag.get(tag) ?? []
      byTag.set(tag, list)
      const { description, permission } = splitDescription(source.description ?? '')
      list.push({
        id: `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        summary: source.summary ?? '',
        description,
        permission,
        isPublic: source.security?.length === 0,
        parameters: [...(source.parameters ?? [])].sort(
          (a, b) => WHERE_ORDER.indexOf(a.in) - WHERE_ORDER.indexOf(b.in) || Number(b.required) - Number(a.required),
        ),
        body:
          source.requestBody?.content === undefined
            ? null
            : { required: source.requestBody.required === true, content: source.requestBody.content },
        answers: Object.entries(source.responses ?? {}).map(([status, answer]) => ({
          status,
          description: answer.description === NO_DESCRIPTION ? '' : (answer.description ?? ''),
          content: answer.content ?? {},
        })),
      })
    }
  }
  const said = new Map((document.tags ?? []).map(({ name, description }) => [name, description ?? '']))
  return [...byTag]
    .filter(([, operations]) => operations.length > 0)
    .map(([name, operations]) => ({ name, description: said.get(name) ?? '', operations }))
}

/** The last paragraphs of a description name the right or that it is public; these are shown apart. */
function splitDescription(text: string): { readonly description: string; readonly permission: string | null } {
  let permission: string | null = null
  const paragraphs = text.split('\n\n').filter(paragraph => {
    const right = /^Needs the permission `([^`]+)`\.$/.exec(paragraph)
    if (right !== null) permission = right[1]!
    return right === null && paragraph !== 'Public.'
  })
  return { description: paragraphs.join('\n\n'), permission }
}

/** Those groups and operations that hold every word of the search in path, method or what is said about them. */
export function searchGroups(groups: readonly OperationGroup[], search: string): readonly OperationGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return groups
  return groups
    .map(group => ({
      ...group,
      operations: group.operations.filter(({ method, path, summary, description, permission }) => {
        const text = [method, path, summary, description, permission, group.name].join(' ').toLowerCase()
        return words.every(word => text.includes(word))
      }),
    }))
    .filter(({ operations }) => operations.length > 0)
}
