const NARROW = /[iljtfrI.,:;'`|!()[\]{}\s/-]/
const WIDE = /[mwMW@%—]/
const UPPER = /[A-Z0-9_+=<>~#&]/

/**
 * About how wide a text is in the sans font, in px at 13 px semibold. An estimate by classes of letters: layout must
 * not wait for fonts, and gives the same picture on every machine. It errs to the wide side.
 */
export function sansWidth(text: string, sizePx = 13): number {
  let em = 0
  for (const letter of text)
    em += NARROW.test(letter) ? 0.34 : WIDE.test(letter) ? 0.9 : UPPER.test(letter) ? 0.68 : 0.58
  return em * sizePx
}

/** How wide a text is in the mono font, in px. */
export function monoWidth(text: string, sizePx = 11): number {
  return [...text].length * sizePx * 0.602
}

/** A text of at most `letters` letters; what was cut is an ellipsis. */
export function cut(text: string, letters: number): string {
  const all = [...text]
  return all.length <= letters ? text : `${all.slice(0, letters - 1).join('')}…`
}

/** A text of at most `widthPx` in the sans font; what was cut is an ellipsis. */
export function cutToWidth(text: string, widthPx: number, sizePx: number): string {
  const all = [...text]
  if (sansWidth(text, sizePx) <= widthPx) return text
  let letters = all.length
  while (letters > 1 && sansWidth(`${all.slice(0, letters - 1).join('')}…`, sizePx) > widthPx) letters--
  return `${all
    .slice(0, letters - 1)
    .join('')
    .trimEnd()}…`
}
