/**
 * A message as a sentence of a page: messages of errors begin lower case, since they follow a place or a name elsewhere.
 * What begins with a piece of code (`config.path`, `map(3)`) stays as it is.
 */
export function sentenceCase(message: string): string {
  return /^[a-z][a-z-]*(?=[\s,;:]|$)/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message
}
