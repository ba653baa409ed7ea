/**
 * How well an entry of the palette fits a search: 0 is not at all. Every word of the search must stand in one of the
 * entry's words; the first of them is its name. A name that begins with the search comes first.
 */
export function paletteScore(search: string, words: readonly string[]): number {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  const texts = words.map(text => text.toLowerCase())
  const name = texts[0] ?? ''
  if (!wanted.every(word => texts.some(text => text.includes(word)))) return 0
  const whole = wanted.join(' ')
  if (name.startsWith(whole)) return 1
  if (wanted.every(word => new RegExp(`(^|[^a-z0-9])${escaped(word)}`).test(name))) return 0.8
  return wanted.every(word => name.includes(word)) ? 0.6 : 0.4
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
