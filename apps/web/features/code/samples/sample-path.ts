/**
 * What to write at a column of a line so that the path stands there as a string: the bare path between quotes that are
 * open there, a string of its own elsewhere. Columns count from 1.
 */
export function insertionOf(path: string, line: string, column: number): string {
  const quote = openQuote(line.slice(0, column - 1))
  return quote === null ? `'${escaped(path, "'")}'` : escaped(path, quote)
}

/** The quote that is open at the end of a beginning of a line; null where there is none. */
export function openQuote(before: string): string | null {
  let open: string | null = null
  for (let at = 0; at < before.length; at++) {
    const letter = before[at]!
    if (open !== null && letter === '\\') at++
    else if (letter === open) open = null
    else if (open === null && (letter === "'" || letter === '"' || letter === '`')) open = letter
    else if (open === null && letter === '/' && before[at + 1] === '/') return null
  }
  return open
}

function escaped(path: string, quote: string): string {
  const plain = path.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
  return quote === '`' ? plain.replaceAll('${', '\\${') : plain
}

/** A name for pasted lines that no sample has yet: `sample.txt`, `sample-2.txt`. */
export function freeName(taken: readonly string[], ending: string): string {
  const names = new Set(taken)
  for (let number = 1; ; number++) {
    const name = number === 1 ? `sample${ending}` : `sample-${number}${ending}`
    if (!names.has(name)) return name
  }
}

/** What pasted lines look like, by their first one. */
export function endingOf(text: string): '.ndjson' | '.csv' | '.txt' {
  const first = text.trimStart().split('\n', 1)[0]!.trim()
  if (/^[{[]/.test(first)) {
    try {
      JSON.parse(first)
      return '.ndjson'
    } catch {
      return '.txt'
    }
  }
  return /^[\w "]+([,;])[\w "]+(\1[\w "]+)*$/.test(first) ? '.csv' : '.txt'
}
