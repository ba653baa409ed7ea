/**
 * A text of others (rows, log lines, messages, names) as a terminal may show it: control characters are written out as
 * in code (`\u001b`), since a terminal would obey them: move its cursor, change its title, hide what stands before.
 * The same for characters that turn the direction of what follows. Line breaks and tabs stay.
 */
export function withVisibleControls(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}/gu, character =>
    character === '\n' || character === '\t' ? character : escaped(character),
  )
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
