/** What the comment at the head of an example says about it. */
export interface TemplateHeader {
  readonly title: string
  readonly sentence: string
  readonly tags: readonly string[]
}

/**
 * Reads the head of an example: `// Title: what it does, in one sentence.` and, on the next line, `// Shows: tag, tag`.
 * Without a title it is made of the file's name.
 */
export function templateHeader(source: string, id: string): TemplateHeader {
  const lines = headComment(source)
  const shows = lines.find(line => line.startsWith('Shows: '))
  const text = lines.filter(line => line !== shows).join(' ')
  const titled = /^([^:.]{1,60}): (.+)$/.exec(text)
  return {
    title: titled?.[1] ?? titleOf(id),
    sentence: firstUpper(titled?.[2] ?? text),
    tags: (shows?.slice('Shows: '.length) ?? '')
      .split(',')
      .map(tag => tag.trim().replace(/\.$/, ''))
      .filter(Boolean),
  }
}

/** The lines of the `//` comment that a file begins with. */
function headComment(source: string): string[] {
  const lines: string[] = []
  for (const line of source.split(/\r?\n/)) {
    const match = /^\/\/\s?(.*)$/.exec(line)
    if (match === null) break
    lines.push(match[1].trim())
  }
  return lines.filter(Boolean)
}

/** `book-words` as `Book words`. */
function titleOf(id: string): string {
  return firstUpper(id.replaceAll('-', ' '))
}

function firstUpper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
