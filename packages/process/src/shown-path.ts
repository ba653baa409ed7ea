import { isAbsolute, relative, sep } from 'node:path'

/** A path as a person in a folder reads it best: relative where it lies within, absolute elsewhere. */
export function shownPath(path: string, folder: string = process.cwd()): string {
  const way = relative(folder, path)
  if (way === '') return '.'
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? path : way
}
