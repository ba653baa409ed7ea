/** The key that commands are given with, as it is written on this kind of machine. */
export function commandKeyWord(platform: string): string {
  return /mac|iphone|ipad/i.test(platform) ? '⌘' : 'Ctrl'
}

/** How the keys of the palette are written on this kind of machine. */
export function commandKey(platform: string): string {
  const word = commandKeyWord(platform)
  return word === '⌘' ? '⌘K' : `${word} K`
}
