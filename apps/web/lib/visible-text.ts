/** What a reader cannot see, or what changes how the text around it reads. Tab and line feed are not among it. */
const UNSEEN = /(?![\t\n])[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

/**
 * A text of user code, safe to read: control characters by their codes (`\x1b`), what hides or turns the text around
 * (zero width, direction; not the joiners that emoji and scripts are written with) as `\u{202e}`, half characters as
 * `�`. Tabs and line feeds stay. For text nodes alone: markup is not escaped.
 */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll(UNSEEN, codeOf)
}

function codeOf(character: string): string {
  if (character === '\r') return '\\r'
  const code = character.charCodeAt(0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`
}
