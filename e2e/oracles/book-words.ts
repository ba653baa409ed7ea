import { readFileSync } from 'node:fs'

/** How often each word stands in a text file: what examples/book-words.ts has to end with. */
export function bookWords(path: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of readFileSync(path, 'utf8')
    .toLowerCase()
    .matchAll(/[a-z']+/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
