const MARK = '\n//# sourceMappingURL=data:application/json;base64,'

/** The bundle with its source map, as one text: the common form of an inline source map. */
export function toStoredBundle(bundle: string, sourceMap: string): string {
  return sourceMap === '' ? bundle : `${bundle}${MARK}${Buffer.from(sourceMap).toString('base64')}`
}

export function fromStoredBundle(text: string): { bundle: string; sourceMap: string } {
  const at = text.lastIndexOf(MARK)
  if (at < 0) return { bundle: text, sourceMap: '' }
  return { bundle: text.slice(0, at), sourceMap: Buffer.from(text.slice(at + MARK.length), 'base64').toString('utf8') }
}
