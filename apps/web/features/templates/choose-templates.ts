import type { Template } from '@weir/proto/web/drafts'

/** Those with the tag (null: any) whose title, sentence, tags or operators hold every word of the search. */
export function chosenTemplates(templates: readonly Template[], search: string, tag: string | null): Template[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return templates.filter(template => {
    if (tag !== null && !template.tags.includes(tag)) return false
    const operators = template.pipeline.operators.map(({ name, type }) => `${name} ${type}`)
    const text = [template.title, template.sentence, ...template.tags, ...operators].join(' ').toLowerCase()
    return words.every(word => text.includes(word))
  })
}

/** All tags there are, the most frequent first. */
export function tagsOf(templates: readonly Template[]): string[] {
  const counts = new Map<string, number>()
  for (const tag of templates.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag)
}
