/** The name of a file that every system takes: `orders-sessions.csv`. */
export function fileNameOf(parts: readonly string[], extension: string): string {
  const name = parts
    .map(part =>
      part
        .normalize('NFKC')
        .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
        .replaceAll(/^[-.]+|[-.]+$/g, '')
        .slice(0, 60),
    )
    .filter(part => part !== '')
    .join('-')
  return `${name === '' ? 'weir' : name}.${extension}`
}
